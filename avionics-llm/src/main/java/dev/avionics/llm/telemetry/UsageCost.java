package dev.avionics.llm.telemetry;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.cost.CostCalculator;
import java.util.OptionalLong;

/** What tokens cost. Called once at the end of each call that has usage, maybe on a transport thread; must not block. */
@FunctionalInterface
public interface UsageCost {
    /** Knows no price. */
    UsageCost UNKNOWN = (target, usage) -> OptionalLong.empty();

    /** The prices of a calculator; 0 for endpoints that are free, none for models without a price. */
    static UsageCost of(CostCalculator calculator) {
        requireNonNull(calculator, "calculator");
        return (target, usage) -> calculator.cost(target, usage).usdMicros();
    }

    /**
     * The cost in millionths of a US dollar; empty if there is no price.
     *
     * @param target who answered, and the model that it was asked for
     * @param usage the tokens of the call, earlier attempts included where they are known
     */
    OptionalLong usdMicros(Target target, Usage usage);
}
