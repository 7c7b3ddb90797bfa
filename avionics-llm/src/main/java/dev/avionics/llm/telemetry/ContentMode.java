package dev.avionics.llm.telemetry;

import java.util.Locale;

/** Where prompts and answers are recorded. */
public enum ContentMode {
    /** Nowhere. */
    NO_CONTENT,
    /** On the call's span. */
    SPAN_ONLY,
    /** In the call's event. */
    EVENT_ONLY,
    /** On both. */
    SPAN_AND_EVENT;

    /** Whether the span has it. */
    public boolean onSpan() {
        return this == SPAN_ONLY || this == SPAN_AND_EVENT;
    }

    /** Whether the event has it. */
    public boolean onEvent() {
        return this == EVENT_ONLY || this == SPAN_AND_EVENT;
    }

    /**
     * Reads a value of {@code OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT}. The older {@code true} and {@code false} are
     * {@link #EVENT_ONLY} and {@link #NO_CONTENT}; case does not matter.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static ContentMode of(String value) {
        String wanted = value.strip().toUpperCase(Locale.ROOT);
        if (wanted.equals("TRUE")) {
            return EVENT_ONLY;
        }
        if (wanted.isEmpty() || wanted.equals("FALSE")) {
            return NO_CONTENT;
        }
        for (ContentMode mode : values()) {
            if (mode.name().equals(wanted)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "content: " + value + " (expected: NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT)");
    }
}
