package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.cost.Cost;
import dev.avionics.cost.CostCalculator;
import dev.avionics.cost.PriceFile;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostExampleTest {
    private static final Target FLASH = new Target(
            EndpointSpec.builder("google", URI.create("https://models.example"), BackendKind.GOOGLE_GENAI)
                    .build(),
            "gemini-3.8-flash");
    private static final Usage USAGE = Usage.builder()
            .inputUncached(TokenCount.known(1000))
            .cacheRead(TokenCount.known(10_000))
            .output(TokenCount.known(100))
            .build();

    @Test
    @Tag("row-162")
    void simplest_costsSixCents() {
        assertThat(CostExample.simplest().cost()).isEqualTo(Cost.of(new BigDecimal("0.06")));
    }

    @Test
    void then_isReckonedAtThePricesOfThatDay() {
        assertThat(CostExample.then(CostCalculator.shared(), FLASH, USAGE))
                .isEqualTo(Cost.of(new BigDecimal("0.00375")));
        assertThat(CostExample.exact(CostCalculator.shared(), FLASH, USAGE).isPriced())
                .isTrue();
    }

    @Test
    void before_isAnEstimate() {
        assertThat(CostExample.before("Why is the sky blue?").estimated()).isTrue();
    }

    @Test
    @Tag("row-161")
    void ownPrices_comeBeforeTheBundledOnes() {
        CostCalculator costs = CostExample.ownPrices();

        assertThat(costs.calculate("openai", "gpt-4.1-2025-04-14", 1_000_000, 0).cost())
                .isEqualTo(Cost.of(new BigDecimal("1.8")));
        assertThat(costs.forAgent("planner")
                        .calculate("anthropic", "claude-sonnet-4-6", 1_000_000, 0)
                        .cost())
                .isEqualTo(Cost.of(new BigDecimal("2")));
        assertThat(costs.calculate("groq", "llama-3.1-8b-instant", 1, 1).cost()).isEqualTo(Cost.FREE);
    }

    @Test
    void watched_looksAtTheFileEveryThirtySeconds(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("prices.json"), "{\"unit\": \"usd-per-million-tokens\"}");
        AtomicReference<Duration> waited = new AtomicReference<>();
        try (PriceFile file = CostExample.watched(path, (task, delay) -> {
            waited.set(delay);
            return () -> {};
        })) {
            assertThat(file.lastError()).isEmpty();
        }
        assertThat(waited).hasValue(Duration.ofSeconds(30));
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("cost.md", "CostExample")).isEmpty();
    }
}
