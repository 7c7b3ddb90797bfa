package dev.avionics.gateway;

import dev.avionics.airframe.error.InferenceException;

/**
 * An answer broke off after a part of it was delivered, and no target could go on with it. Category and all else are those of the last
 * failure; the usage is that of all attempts.
 */
public final class AnswerBrokenOffException extends InferenceException {
    private static final long serialVersionUID = 1L;

    private final String partialText;

    AnswerBrokenOffException(InferenceException last, String partialText, String why) {
        super(last.toBuilder()
                .message("the answer broke off after " + partialText.length() + " characters, and " + why + ": "
                        + last.getMessage())
                .cause(last));
        this.partialText = partialText;
        for (Throwable earlier : last.getSuppressed()) {
            addSuppressed(earlier);
        }
    }

    /** The text that was delivered; empty if it was none but, say, thinking. */
    public String partialText() {
        return partialText;
    }
}
