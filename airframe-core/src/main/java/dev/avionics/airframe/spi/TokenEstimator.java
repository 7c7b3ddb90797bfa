package dev.avionics.airframe.spi;

/** Guesses how many tokens a text has. Thread-safe. */
@FunctionalInterface
public interface TokenEstimator {
    /** Four characters to a token, rounded down: close for English, low for Chinese, Japanese and Korean. */
    TokenEstimator CHARS_PER_TOKEN = text -> text.length() / 4;

    /** The guess, at least 0; 0 for an empty text. */
    long estimate(CharSequence text);
}
