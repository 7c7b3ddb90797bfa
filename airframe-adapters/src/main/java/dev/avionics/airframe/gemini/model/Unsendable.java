package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;

/** Makes the errors of requests that are refused before anything is sent. */
public final class Unsendable {
    private Unsendable() {}

    /** A request, or a setting, that is wrong in itself. */
    public static InferenceException invalid(String why) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, why)
                .origin(ErrorOrigin.CALLER)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    /** A request that this backend or this model does not take; another one may. */
    public static InferenceException unsupported(String why) {
        return InferenceException.builder(ErrorCategory.UNSUPPORTED, why)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
