package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;

/**
 * One attempt of a call at one target.
 *
 * @param number counts the attempts of the call from 1
 * @param asked the target as the plan names it
 * @param target where it goes: endpoint and model
 * @param otherLeft whether the call has somewhere else to go if this attempt fails
 */
public record GatewayAttempt(int number, GatewayTarget asked, Target target, boolean otherLeft) {
    public GatewayAttempt {
        if (number < 1) {
            throw new IllegalArgumentException("number: " + number + " (expected: >= 1)");
        }
        requireNonNull(asked, "asked");
        requireNonNull(target, "target");
    }

    /** The provider's name. */
    public String provider() {
        return asked.provider();
    }

    /** The model's name there; empty where the backend serves a single one. */
    public String model() {
        return target.model();
    }

    /** Provider and model as one name, for what is kept by target: breakers, limits. */
    public String route() {
        return provider() + "/" + model();
    }
}
