package dev.avionics.examples;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.cost.Cost;
import dev.avionics.cost.CostCalculator;
import dev.avionics.cost.CostMetrics;
import dev.avionics.cost.OpenAiTokens;
import dev.avionics.cost.Price;
import dev.avionics.cost.PriceBook;
import dev.avionics.cost.PriceFile;
import dev.avionics.cost.Rates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What calls cost: the bundled prices, prices of your own, and a file of them that is read while the program runs. */
public final class CostExample {
    private CostExample() {}

    /** What a call of a thousand tokens in and five hundred out cost. */
    public static CostMetrics simplest() {
        return CostCalculator.shared().calculate("openai", "gpt-4", 1000, 500);
    }

    /** What a call cost, to its last token of thought and cache. */
    public static Cost exact(CostCalculator costs, Target target, Usage usage) {
        return costs.cost(target, usage);
    }

    /** What it would have cost on another day. */
    public static Cost then(CostCalculator costs, Target target, Usage usage) {
        return costs.cost(target, usage, Instant.parse("2027-01-01T00:00:00Z"));
    }

    /** What a text would cost before it is sent; tokens are counted where JTokkit is there. */
    public static Cost before(String text) {
        CostCalculator costs =
                CostCalculator.builder().estimators(OpenAiTokens.choice()).build();
        return costs.estimate("openai", "gpt-4.1", text);
    }

    /** Prices of a contract, of one agent, and of a model that costs nothing. */
    public static CostCalculator ownPrices() {
        PriceBook prices = PriceBook.bundled()
                .with(
                        Price.of("openai", "gpt-4.1", Rates.of("1.80", "7.20")),
                        Price.builder("anthropic", Price.ANY, Rates.of("2", "9"))
                                .agent("planner")
                                .build(),
                        Price.free("groq", "llama-3.1-8b-instant"));
        return CostCalculator.builder().prices(prices).build();
    }

    /** Prices in a file, which is looked at every thirty seconds. Close it when the program ends. */
    public static PriceFile watched(Path file, Scheduler scheduler) throws IOException {
        return PriceFile.builder(file).watch(Duration.ofSeconds(30), scheduler).open();
    }
}
