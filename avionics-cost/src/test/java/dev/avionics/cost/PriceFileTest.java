package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.call.Scheduler;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceFileTest {
    /** Runs what is due when it is told to. */
    private static final class HandScheduler implements Scheduler {
        private final List<Runnable> due = new ArrayList<>();
        private final List<Duration> delays = new ArrayList<>();

        @Override
        public Handle schedule(Runnable task, Duration delay) {
            due.add(task);
            delays.add(delay);
            return () -> due.remove(task);
        }

        void pass() {
            List<Runnable> now = List.copyOf(due);
            due.clear();
            now.forEach(Runnable::run);
        }
    }

    @TempDir
    private Path folder;

    private Path path;
    private final HandScheduler scheduler = new HandScheduler();

    @BeforeEach
    void aFile() throws IOException {
        path = folder.resolve("prices.json");
        write("7");
    }

    private void write(String input) throws IOException {
        Files.writeString(path, text(input, input));
    }

    private static String text(String input, String output) {
        return "{\"unit\": \"usd-per-million-tokens\", \"asOf\": \"2026-11-26\", \"prices\": [{\"provider\": \"openai\","
                + " \"model\": \"gpt-4o\", \"input\": " + input + ", \"output\": " + output + "}]}";
    }

    private PriceFile watched() throws IOException {
        return PriceFile.builder(path)
                .watch(Duration.ofSeconds(5), scheduler)
                .executor(Runnable::run)
                .open();
    }

    private static BigDecimal input(PriceFile file) {
        return CostCalculator.builder()
                .prices(file)
                .build()
                .pricing("openai", "gpt-4o")
                .orElseThrow()
                .rates()
                .input();
    }

    @Test
    @Tag("row-160")
    void get_priceOfTheFile_comesBeforeTheBundledOne_andOthersStay() throws IOException {
        try (PriceFile file = PriceFile.builder(path).open()) {
            assertThat(input(file)).isEqualByComparingTo("7");
            assertThat(file.get().quote("openai", "gpt-4", BundledPricesTest.DAY))
                    .isPresent();
            assertThat(file.lastError()).isEmpty();
        }
    }

    @Test
    void get_onAnotherBase_knowsThatOnly() throws IOException {
        try (PriceFile file = PriceFile.builder(path).base(PriceBook.empty()).open()) {
            assertThat(file.get().quote("openai", "gpt-4", BundledPricesTest.DAY))
                    .isEmpty();
        }
    }

    @Test
    void watch_changedFile_isTakenUpByACalculatorThatRuns() throws IOException {
        try (PriceFile file = watched()) {
            CostCalculator calculator = CostCalculator.builder().prices(file).build();
            write("8");
            assertThat(calculator.calculate("openai", "gpt-4o", 1_000_000, 0).cost())
                    .isEqualTo(Cost.of(new BigDecimal("7")));

            scheduler.pass();

            assertThat(calculator.calculate("openai", "gpt-4o", 1_000_000, 0).cost())
                    .isEqualTo(Cost.of(new BigDecimal("8")));
            assertThat(scheduler.delays).containsOnly(Duration.ofSeconds(5)).hasSize(2);
        }
    }

    @Test
    void watch_badFile_leavesTheOldPricesAndSaysSo_untilItIsGoodAgain() throws IOException {
        try (PriceFile file = watched()) {
            Files.writeString(path, "{\"prices\": [");
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("7");
            assertThat(file.lastError())
                    .hasValueSatisfying(why -> assertThat(why).startsWith(path + ": prices: "));

            Files.delete(path);
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("7");
            assertThat(file.lastError())
                    .hasValueSatisfying(why -> assertThat(why).startsWith(path + ": cannot be read: "));

            write("-1");
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("7");
            assertThat(file.lastError())
                    .hasValueSatisfying(why -> assertThat(why).startsWith(path + ": prices[0].input: -1 (expected: "));

            write("9");
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("9");
            assertThat(file.lastError()).isEmpty();
        }
    }

    @Test
    void watch_goodTextAgainAfterABadOne_clearsTheError() throws IOException {
        try (PriceFile file = watched()) {
            Files.writeString(path, "nonsense");
            scheduler.pass();
            write("7");
            scheduler.pass();

            assertThat(file.lastError()).isEmpty();
        }
    }

    @Test
    void watch_sameText_keepsTheSameBook() throws IOException {
        try (PriceFile file = watched()) {
            PriceBook before = file.get();
            scheduler.pass();
            assertThat(file.get()).isSameAs(before);
        }
    }

    @Test
    void reload_byHand_needsNoScheduler() throws IOException {
        try (PriceFile file = PriceFile.builder(path).open()) {
            write("8");
            file.reload();
            assertThat(input(file)).isEqualByComparingTo("8");
        }
    }

    @Test
    void watch_executorThatRefuses_looksAgainLater() throws IOException {
        AtomicBoolean refuse = new AtomicBoolean(true);
        try (PriceFile file = PriceFile.builder(path)
                .watch(Duration.ofSeconds(5), scheduler)
                .executor(task -> {
                    if (refuse.get()) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .open()) {
            write("8");
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("7");
            refuse.set(false);
            scheduler.pass();
            assertThat(input(file)).isEqualByComparingTo("8");
        }
    }

    @Test
    void close_endsTheWatch() throws IOException {
        PriceFile file = watched();
        file.close();
        write("8");
        file.reload();

        assertThat(scheduler.due).isEmpty();
        assertThat(input(file)).isEqualByComparingTo("7");
    }

    @Test
    void open_missingOrWrongFile_isRefused() throws IOException {
        assertThatThrownBy(() -> PriceFile.builder(folder.resolve("missing")).open())
                .isInstanceOf(NoSuchFileException.class);
        Files.writeString(path, "[]");
        assertThatThrownBy(() -> PriceFile.builder(path).open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(path + ": prices: [] (expected: an object)");
    }

    @Test
    void open_fileThatIsTooLarge_isRefused() throws IOException {
        Files.write(path, new byte[PriceBook.mostBytes() + 1]);

        assertThatThrownBy(() -> PriceFile.builder(path).open())
                .isInstanceOf(IOException.class)
                .hasMessage("more than 4194304 bytes");
    }

    @Test
    void watch_noInterval_isRefused() {
        assertThatThrownBy(() -> PriceFile.builder(path).watch(Duration.ZERO, scheduler))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("every: PT0S (expected: more than zero)");
    }

    /** Input and output cost the same in every version of the file, so a call that saw two versions would show. */
    @Test
    void calculate_thirtyTwoThreadsWhileTheFileChanges_seeOneVersionEach() throws Exception {
        int threads = 32;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        AtomicBoolean done = new AtomicBoolean();
        try (PriceFile file = PriceFile.builder(path).open()) {
            CostCalculator calculator = CostCalculator.builder().prices(file).build();
            CountDownLatch started = new CountDownLatch(threads);
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(pool.submit(() -> {
                    long calls = 0;
                    started.countDown();
                    while (!done.get()) {
                        BigDecimal usd = calculator
                                .calculate("openai", "gpt-4o-2024-08-06", 1_000_000, 1_000_000)
                                .cost()
                                .usd();
                        assertThat(usd.intValueExact()).isBetween(2, 200).matches(sum -> sum % 2 == 0);
                        calls++;
                    }
                    return calls;
                }));
            }
            started.await();
            for (int version = 1; version <= 100; version++) {
                write(Integer.toString(version));
                file.reload();
                assertThat(file.lastError()).isEmpty();
            }
            done.set(true);
            for (Future<Long> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(input(file)).isEqualByComparingTo("100");
        } finally {
            done.set(true);
            pool.shutdownNow();
        }
    }
}
