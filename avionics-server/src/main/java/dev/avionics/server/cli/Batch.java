package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many lines, some of them at once, their answers in order.
 *
 * <p>Lines are read ahead as far as the window goes, so that one slow line does not keep the others waiting, and a file of
 * any length fits.
 */
final class Batch {
    /** Lines that may be answered while an earlier one is not, for each that may run at once. */
    private static final int AHEAD = 8;

    private final Lines lines;
    private final Function<Lines.Line, CompletableFuture<Result>> work;
    private final Semaphore running;
    private final BlockingQueue<Pending> window;

    /**
     * What became of a line.
     *
     * @param json the line to print
     * @param failed whether it is an error
     */
    record Result(String json, boolean failed) {}

    /** How many lines were handled, and how many of them failed. */
    record Tally(long all, long failed) {}

    /**
     * A line that is ready in its turn.
     *
     * @param json the line to print
     * @param tally this line included
     * @param endOffset how many bytes of the input end with it
     */
    record Ready(String json, Tally tally, long endOffset) {}

    private record Pending(@Nullable CompletableFuture<Result> result, long endOffset) {}

    /**
     * @param work answers a line; its future never fails
     * @param parallel how many at once
     */
    Batch(Lines lines, Function<Lines.Line, CompletableFuture<Result>> work, int parallel) {
        this.lines = requireNonNull(lines, "lines");
        this.work = requireNonNull(work, "work");
        running = new Semaphore(parallel);
        window = new ArrayBlockingQueue<>(parallel * AHEAD);
    }

    /**
     * Runs to the end of the lines.
     *
     * @param out takes each answer as soon as it is its turn; what it throws ends the batch
     * @throws IOException if the lines cannot be read
     */
    Tally run(Consumer<Ready> out) throws IOException, InterruptedException {
        CompletableFuture<@Nullable Void> reading = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(reading), "avionics-batch");
        reader.setDaemon(true);
        reader.start();
        Tally tally = new Tally(0, 0);
        try {
            for (Pending next = window.take(); next.result != null; next = window.take()) {
                Result result = next.result.join();
                tally = new Tally(tally.all + 1, tally.failed + (result.failed ? 1 : 0));
                out.accept(new Ready(result.json, tally, next.endOffset));
            }
        } finally {
            reader.interrupt();
        }
        try {
            reading.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
        return tally;
    }

    private void read(CompletableFuture<@Nullable Void> reading) {
        try {
            try {
                for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
                    running.acquire();
                    CompletableFuture<Result> result = work.apply(line);
                    CompletableFuture<Result> unused = result.whenComplete((done, error) -> running.release());
                    window.put(new Pending(result, line.endOffset()));
                }
                reading.complete(null);
            } catch (IOException | RuntimeException e) {
                reading.completeExceptionally(e);
            }
            window.put(new Pending(null, 0));
        } catch (InterruptedException e) {
            // The batch is over before its lines are.
            reading.complete(null);
        }
    }
}
