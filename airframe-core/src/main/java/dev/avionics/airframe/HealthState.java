package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * How a backend answered when it was asked how it is.
 *
 * @param status the state
 * @param checkedAt when it was asked
 * @param detail in words, for people
 */
public record HealthState(Status status, Instant checkedAt, String detail) {
    /** The states. */
    public enum Status {
        /** It answers and takes calls. */
        HEALTHY,
        /** It answers, but refuses us or is not ready. */
        DEGRADED,
        /** It does not answer, or fails. */
        UNHEALTHY,
        /** Not asked, or not to be told. */
        UNKNOWN
    }

    public HealthState {
        requireNonNull(status, "status");
        requireNonNull(checkedAt, "checkedAt");
        requireNonNull(detail, "detail");
    }

    /** Whether calls may be sent. */
    public boolean isHealthy() {
        return status == Status.HEALTHY;
    }
}
