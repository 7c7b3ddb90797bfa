package dev.avionics.llm.telemetry;

import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.Locale;

/** Values of {@code error.type}: few, and none of a backend's own making. */
final class ErrorTypes {
    private ErrorTypes() {}

    /** The status of an answer that was a refusal, else the category: {@code 429}, {@code timeout}, {@code cancelled}. */
    static String of(InferenceException error) {
        if (isCancel(error)) {
            return Names.CANCELLED;
        }
        int status = error.status().orElse(0);
        return status >= 300 ? Integer.toString(status) : word(error.category());
    }

    /** A call that is out of time has failed; whoever else gives up has not met an error. */
    static String of(CancelReason reason) {
        return reason == CancelReason.DEADLINE ? word(ErrorCategory.TIMEOUT) : Names.CANCELLED;
    }

    static boolean isCancel(InferenceException error) {
        return error.category() == ErrorCategory.CANCELLED;
    }

    /** A constant as attributes have it: lower case. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
