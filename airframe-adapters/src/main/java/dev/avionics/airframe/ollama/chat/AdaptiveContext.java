package dev.avionics.airframe.ollama.chat;

import org.jspecify.annotations.Nullable;

/**
 * The size of the context window that a prompt needs, so that a short turn does not pay for a long window.
 *
 * <p>The estimate is a token for each three bytes of the prompt, {@value #MARGIN} for the template and for a wrong guess,
 * and the room for the answer. It is rounded up to a power of two from {@value #SMALLEST} on: Ollama loads the model anew
 * whenever the size changes, and so it stays the same over many turns. There is no upper limit but the model's own
 * window: a prompt that needs more gets more, and is never cut.
 *
 * <p>Bytes and not characters, because a token holds three or four Latin letters, but hardly more than one Chinese sign.
 */
final class AdaptiveContext {
    /** The smallest window. */
    static final int SMALLEST = 2048;

    /** Tokens added to every prompt. */
    static final int MARGIN = 1024;

    /** Room for an answer without a limit: together with the margin and the rounding not less than Ollama's own default. */
    static final int OPEN_ANSWER = 2048;

    /** Tokens reserved for a picture. */
    static final int PICTURE = 1024;

    /** The largest window that is asked for when the model's own is not known. */
    private static final int LARGEST = 1 << 20;

    private AdaptiveContext() {}

    /**
     * The size of the window in tokens.
     *
     * @param promptBytes the bytes of all texts, tools included
     * @param pictures how many pictures there are
     * @param maxTokens the limit of the answer, or null if it has none
     * @param window the model's own window, or null if it is not known
     * @param dense whether a token of this model is known to hold less than three bytes of such texts
     */
    static int size(
            long promptBytes, int pictures, @Nullable Integer maxTokens, @Nullable Integer window, boolean dense) {
        long prompt = dense ? promptBytes : promptBytes / 3;
        long needed = prompt + MARGIN + (long) PICTURE * pictures + (maxTokens == null ? OPEN_ANSWER : maxTokens);
        long most = window == null ? LARGEST : window;
        long bucket = SMALLEST;
        while (bucket < needed && bucket < most) {
            bucket *= 2;
        }
        return (int) Math.min(bucket, most);
    }
}
