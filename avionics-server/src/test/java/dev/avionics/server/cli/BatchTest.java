package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BatchTest {
    private record Asked(String text, CompletableFuture<Batch.Result> result, AtomicInteger running) {
        void answer(String json) {
            running.decrementAndGet();
            result.complete(new Batch.Result(json, false));
        }

        void fail(String json) {
            running.decrementAndGet();
            result.complete(new Batch.Result(json, true));
        }
    }

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final AtomicInteger running = new AtomicInteger();

    private CompletableFuture<Batch.Result> work(Lines.Line line) {
        CompletableFuture<Batch.Result> result = new CompletableFuture<>();
        running.incrementAndGet();
        asked.add(new Asked(line.text(), result, running));
        return result;
    }

    private Asked next() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a line that is asked").isNotNull();
        return next;
    }

    private static InputStream input(int lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append(i).append('\n');
        }
        return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void run_answersOutOfOrder_printsThemInOrder() throws Exception {
        Batch batch = new Batch(new Lines(input(3)), this::work, 3);
        List<String> out = new ArrayList<>();
        CompletableFuture<Batch.Tally> tally = run(batch, out);
        Asked first = next();
        Asked second = next();
        Asked third = next();

        third.answer("c");
        second.fail("b");
        first.answer("a");

        assertThat(tally.get(10, TimeUnit.SECONDS)).isEqualTo(new Batch.Tally(3, 1));
        assertThat(out).containsExactly("a", "b", "c");
    }

    @Test
    void run_moreLinesThanAllowedAtOnce_keepsToTheLimit() throws Exception {
        int lines = 50;
        Batch batch = new Batch(new Lines(input(lines)), this::work, 2);
        List<String> out = new ArrayList<>();
        CompletableFuture<Batch.Tally> tally = run(batch, out);

        for (int i = 0; i < lines; i++) {
            Asked next = next();
            assertThat(running.get()).isLessThanOrEqualTo(2);
            next.answer(next.text());
        }

        assertThat(tally.get(10, TimeUnit.SECONDS)).isEqualTo(new Batch.Tally(lines, 0));
        assertThat(out).hasSize(lines).startsWith("0", "1", "2").endsWith("49");
    }

    @Test
    void run_firstLineSlow_readsOnlyAsFarAsTheWindow() throws Exception {
        AtomicInteger handed = new AtomicInteger();
        CompletableFuture<Batch.Result> slow = new CompletableFuture<>();
        CompletableFuture<Void> full = new CompletableFuture<>();
        Batch batch = new Batch(
                new Lines(input(1000)),
                line -> {
                    if (handed.incrementAndGet() == 17) {
                        full.complete(null);
                    }
                    return line.number() == 1
                            ? slow
                            : CompletableFuture.completedFuture(new Batch.Result(line.text(), false));
                },
                2);
        List<String> out = new ArrayList<>();
        CompletableFuture<Batch.Tally> tally = run(batch, out);
        full.get(10, TimeUnit.SECONDS);

        // One is waited for, sixteen stand in the window, and one more may wait at its door.
        assertThat(handed.get()).isLessThanOrEqualTo(18);
        assertThat(out).isEmpty();
        slow.complete(new Batch.Result("0", false));

        assertThat(tally.get(10, TimeUnit.SECONDS)).isEqualTo(new Batch.Tally(1000, 0));
        assertThat(handed.get()).isEqualTo(1000);
        assertThat(out).hasSize(1000);
    }

    @Test
    void run_inputThatBreaks_printsWhatWasReadAndTells() {
        InputStream broken = new InputStream() {
            private final InputStream good = input(2);

            @Override
            public int read() throws IOException {
                int next = good.read();
                if (next < 0) {
                    throw new IOException("disk gone");
                }
                return next;
            }
        };
        List<String> out = new ArrayList<>();
        Batch batch = new Batch(
                new Lines(broken), line -> CompletableFuture.completedFuture(new Batch.Result(line.text(), false)), 2);

        assertThatThrownBy(() -> batch.run(ready -> out.add(ready.json())))
                .isInstanceOf(IOException.class)
                .hasMessage("disk gone");
        assertThat(out).containsExactly("0", "1");
    }

    @Test
    void run_outputThatBreaks_endsTheBatch() {
        Batch batch = new Batch(
                new Lines(input(100_000)),
                line -> CompletableFuture.completedFuture(new Batch.Result(line.text(), false)),
                2);

        assertThatThrownBy(() -> batch.run(ready -> {
                    throw new BrokenOutputException(new IOException("Broken pipe"));
                }))
                .isInstanceOf(BrokenOutputException.class);
    }

    private static CompletableFuture<Batch.Tally> run(Batch batch, List<String> out) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return batch.run(ready -> out.add(ready.json()));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
