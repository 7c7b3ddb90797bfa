package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import java.time.Instant;
import java.util.Set;

/**
 * All that a protocol may know besides the request.
 *
 * @param endpoint where the call goes
 * @param model the model's name there
 * @param callSeed the same for every attempt of a call; seed of generated ids
 * @param now the time of the attempt
 * @param learned facts that the protocol learned about this endpoint and model from earlier answers
 */
public record WireScope(EndpointSpec endpoint, String model, String callSeed, Instant now, Set<String> learned) {
    public WireScope {
        requireNonNull(endpoint, "endpoint");
        requireNonNull(model, "model");
        requireNonNull(callSeed, "callSeed");
        requireNonNull(now, "now");
        learned = Set.copyOf(learned);
    }

    /** Whether a fact was learned. */
    public boolean knows(String fact) {
        return learned.contains(fact);
    }
}
