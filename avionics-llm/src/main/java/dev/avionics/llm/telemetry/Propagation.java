package dev.avionics.llm.telemetry;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What of the trace a backend is told, with each attempt. */
public enum Propagation {
    /** Nothing. */
    NONE,
    /** The id of the trace and of the attempt's span, and nothing that callers sent. */
    TRACEPARENT,
    /**
     * All that the program's propagators write, baggage and {@code tracestate} included. A backend that is somebody else's gets
     * {@link #TRACEPARENT} all the same: what callers sent does not leave the house.
     */
    FULL;

    /** The key in an endpoint's metadata that holds its own setting, in lower case. */
    public static final String METADATA = "propagation";

    /**
     * Reads a setting; case does not matter, null is null.
     *
     * @throws IllegalArgumentException if there is no such setting
     */
    static @Nullable Propagation of(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        for (Propagation each : values()) {
            if (each.name().equals(value.strip().toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new IllegalArgumentException("propagation: " + value + " (expected: none, traceparent or full)");
    }
}
