package dev.avionics.airframe;

import java.util.Locale;

/** Why an answer ended. The backend's own word is kept beside it. */
public enum FinishReason {
    /** The model was done, or met a stop sequence. */
    STOP,
    /** The token limit or the context window was reached. */
    LENGTH,
    /** The model wants tools to be run. */
    TOOL_CALLS,
    /** A content filter or the model refused. */
    CONTENT_FILTER,
    /** The backend failed. */
    ERROR,
    /** The call was cancelled. */
    CANCELLED,
    /** A reason that has no counterpart here. */
    OTHER;

    /** Lower case, as it is printed: {@code tool_calls}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
