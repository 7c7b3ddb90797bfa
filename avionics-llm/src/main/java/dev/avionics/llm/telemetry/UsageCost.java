package dev.avionics.llm.telemetry;

import dev.avionics.airframe.Usage;
import java.util.OptionalLong;

/** What tokens cost. Called once at the end of each call that has usage, maybe on a transport thread; must not block. */
@FunctionalInterface
public interface UsageCost {
    /** Knows no price. */
    UsageCost UNKNOWN = (provider, model, usage) -> OptionalLong.empty();

    /**
     * The cost in millionths of a US dollar; empty if there is no price.
     *
     * @param provider the name of the endpoint that answered
     * @param model the model that it was asked for
     * @param usage the tokens of the call, earlier attempts included where they are known
     */
    OptionalLong usdMicros(String provider, String model, Usage usage);
}
