package dev.avionics.gateway;

import dev.avionics.airframe.Usage;
import dev.avionics.cost.Cost;

/** What attempts cost. Asked at each attempt's end and before its start, from any thread; must be quick. */
public interface Pricing {
    /** Knows no price but that of free endpoints. */
    Pricing NONE =
            (agent, attempt, usage) -> switch (attempt.target().endpoint().billing()) {
                case FREE -> Cost.FREE;
                case METERED -> Cost.unpriced("the gateway has no prices");
            };

    /**
     * What tokens cost.
     *
     * @param agent whose call it is; agents may have prices of their own
     */
    Cost cost(String agent, GatewayAttempt attempt, Usage usage);
}
