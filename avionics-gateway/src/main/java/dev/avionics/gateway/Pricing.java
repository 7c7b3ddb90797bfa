package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Usage;
import dev.avionics.cost.Cost;
import dev.avionics.cost.CostCalculator;

/** What attempts cost. Asked at each attempt's end and before its start, from any thread; must be quick. */
public interface Pricing {
    /** Knows no price but that of free endpoints. */
    Pricing NONE =
            (agent, attempt, usage) -> switch (attempt.target().endpoint().billing()) {
                case FREE -> Cost.FREE;
                case METERED -> Cost.unpriced("the gateway has no prices");
            };

    /** A calculator's prices; agents have those of their own, if there are any. */
    static Pricing of(CostCalculator calculator) {
        requireNonNull(calculator, "calculator");
        return (agent, attempt, usage) -> calculator.forAgent(agent).cost(attempt.target(), usage);
    }

    /**
     * What tokens cost.
     *
     * @param agent whose call it is; agents may have prices of their own
     */
    Cost cost(String agent, GatewayAttempt attempt, Usage usage);
}
