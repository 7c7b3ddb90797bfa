package dev.avionics.gateway.layer;

import dev.avionics.airframe.spi.TokenEstimator;

/** Guesses tokens for limits: rather too many, for what was taken too much is given back. */
final class InputTokens {
    /**
     * Three bytes of UTF-8 to a token, rounded up. English prose has some four and a half, program text three, and a character of
     * Chinese, Japanese or Korean, which is about a token, has three.
     */
    static final TokenEstimator ESTIMATOR = InputTokens::estimate;

    private InputTokens() {}

    private static long estimate(CharSequence text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Half of a surrogate pair is two of its four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return (bytes + 2) / 3;
    }
}
