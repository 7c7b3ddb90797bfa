package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Text that comes through standard input beside a prompt. Read in the background, because many a program is started with
 * a standard input that nobody ever writes to or closes.
 */
final class PipedInput {
    /** How long a first byte may take if nobody insists on it. */
    static final long PATIENCE_MILLIS = 1000;

    private final Console console;
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<String> whole = new CompletableFuture<>();

    PipedInput(Console console) {
        this.console = requireNonNull(console, "console");
        Thread reader = new Thread(this::read, "avionics-stdin");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        InputStream in = console.in();
        try {
            int first = in.read();
            begun.complete(first >= 0);
            if (first < 0) {
                whole.complete("");
                return;
            }
            byte[] rest = in.readAllBytes();
            byte[] all = new byte[rest.length + 1];
            all[0] = (byte) first;
            System.arraycopy(rest, 0, all, 1, rest.length);
            whole.complete(new String(all, StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A standard input that was closed by whoever started the program.
            begun.complete(false);
            whole.completeExceptionally(new UncheckedIOException("standard input cannot be read", e));
        }
    }

    /**
     * The text; empty if there is none.
     *
     * @param insist whether to wait for its first byte as long as it takes
     */
    String text(boolean insist) throws InterruptedException {
        try {
            if (insist || begun.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return whole.join();
            }
            return "";
        } catch (TimeoutException e) {
            console.note("nothing came through standard input; going on without it (a last argument - waits for it)");
            return "";
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
