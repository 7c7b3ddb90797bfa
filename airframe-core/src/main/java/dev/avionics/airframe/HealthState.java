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

    /**
     * Told by a status alone: 2xx and 3xx are good, 4xx is a refusal, anything else a failure.
     *
     * @param what was asked, such as {@code GET models}
     */
    public static HealthState ofStatus(int status, Instant now, String what) {
        Status state = switch (status / 100) {
            case 2, 3 -> Status.HEALTHY;
            case 4 -> Status.DEGRADED;
            default -> Status.UNHEALTHY;
        };
        return new HealthState(state, now, what + " answered " + status);
    }

    /** Whether calls may be sent. */
    public boolean isHealthy() {
        return status == Status.HEALTHY;
    }
}
