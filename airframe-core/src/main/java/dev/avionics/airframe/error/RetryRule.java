package dev.avionics.airframe.error;

import static java.util.Objects.requireNonNull;

/**
 * What may be done about a failure before the answer was committed.
 *
 * @param same at the same target
 * @param other at another one
 */
public record RetryRule(Same same, Other other) {
    public RetryRule {
        requireNonNull(same, "same");
        requireNonNull(other, "other");
    }

    /** What may be done at the same target. */
    public enum Same {
        /** Nothing. */
        NEVER,
        /** Once, at once. */
        ONCE,
        /** Once at once, then after back-offs. */
        AT_ONCE_THEN_BACK_OFF,
        /** After the wait that the backend asked for. */
        AFTER_WAIT,
        /** After back-offs. */
        BACK_OFF,
        /** The backend may have acted: once per logical call where calls cost money, else after back-offs. */
        UNCERTAIN
    }

    /** What may be done at another target. */
    public enum Other {
        /** Nothing. */
        NEVER,
        /** Go there. */
        YES,
        /** Go there if it has other credentials. */
        OTHER_CREDENTIALS,
        /** Go there if it declares a larger context window. */
        LARGER_WINDOW,
        /** Go there if a policy says so. */
        POLICY,
        /** The backend may have acted: as {@link Same#UNCERTAIN}. */
        UNCERTAIN
    }
}
