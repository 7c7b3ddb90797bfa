package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

/**
 * A number of tokens and how it is known. Absent is not zero.
 *
 * @param value the number, at least 0; 0 when absent
 * @param certainty how it is known
 */
public record TokenCount(long value, Certainty certainty) {
    /** How a number is known. */
    public enum Certainty {
        /** The backend said so. */
        KNOWN,
        /** Counted or guessed on our side. */
        ESTIMATED,
        /** Nobody knows. */
        ABSENT
    }

    private static final TokenCount ABSENT = new TokenCount(0, Certainty.ABSENT);
    private static final TokenCount ZERO = new TokenCount(0, Certainty.KNOWN);

    public TokenCount {
        requireNonNull(certainty, "certainty");
        if (value < 0) {
            throw new IllegalArgumentException("value: " + value + " (expected: >= 0)");
        }
    }

    /** A number nobody knows. */
    public static TokenCount absent() {
        return ABSENT;
    }

    /** A number that the backend said. */
    public static TokenCount known(long value) {
        return value == 0 ? ZERO : new TokenCount(value, Certainty.KNOWN);
    }

    /** A number counted or guessed on our side. */
    public static TokenCount estimated(long value) {
        return new TokenCount(value, Certainty.ESTIMATED);
    }

    /** Whether there is a number. */
    public boolean isPresent() {
        return certainty != Certainty.ABSENT;
    }

    /** Whether the number is ours. */
    public boolean isEstimated() {
        return certainty == Certainty.ESTIMATED;
    }

    /** The sum; an absent side counts nothing, an estimated side makes the sum estimated. */
    public TokenCount plus(TokenCount other) {
        if (!other.isPresent()) {
            return this;
        }
        if (!isPresent()) {
            return other;
        }
        boolean known = certainty == Certainty.KNOWN && other.certainty == Certainty.KNOWN;
        return new TokenCount(Math.addExact(value, other.value), known ? Certainty.KNOWN : Certainty.ESTIMATED);
    }

    /** What is left when a part is taken away, never below 0; this when the part is absent. */
    public TokenCount minus(TokenCount part) {
        if (!part.isPresent() || !isPresent()) {
            return this;
        }
        return new TokenCount(Math.max(0, value - part.value), certainty);
    }

    @Override
    public String toString() {
        return switch (certainty) {
            case KNOWN -> Long.toString(value);
            case ESTIMATED -> "~" + value;
            case ABSENT -> "?";
        };
    }
}
