package dev.avionics.airframe.anthropic.content;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;

/** Errors of requests that cannot be put into this protocol; nothing was sent. */
public final class Unfit {
    private Unfit() {}

    /** The request or the endpoint's settings are wrong. */
    public static InferenceException invalid(String message) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, message)
                .origin(ErrorOrigin.CALLER)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    /** The API has no form for it. */
    public static InferenceException unsupported(String message) {
        return InferenceException.builder(ErrorCategory.UNSUPPORTED, message + "; nothing was sent")
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
