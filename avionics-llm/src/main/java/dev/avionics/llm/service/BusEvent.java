package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.time.Instant;

/** Something that an {@link EventBus} carries. Open: a program may have events of its own. Events are immutable. */
public interface BusEvent {
    /**
     * Somebody spoke to the system.
     *
     * @param text what was said
     * @param correlationId goes through all events that come of it; not empty
     */
    record SpeechDetected(String text, String correlationId) implements BusEvent {
        public SpeechDetected {
            requireNonNull(text, "text");
            notEmpty("correlationId", correlationId);
        }
    }

    /**
     * Somebody spoke, though not to the system.
     *
     * @param text what was said
     * @param correlationId goes through all events that come of it; not empty
     */
    record AmbientSpeechDetected(String text, String correlationId) implements BusEvent {
        public AmbientSpeechDetected {
            requireNonNull(text, "text");
            notEmpty("correlationId", correlationId);
        }
    }

    /** The system stops; {@code reason} is for people. */
    record SystemStopped(String reason) implements BusEvent {
        public SystemStopped {
            requireNonNull(reason, "reason");
        }
    }

    /**
     * An answer was asked for.
     *
     * @param prompt the question
     * @param model the model as it was asked for; empty for the backend's single one
     * @param at when
     * @param correlationId the same in the event that follows
     */
    record ResponseGenerating(String prompt, String model, Instant at, String correlationId) implements BusEvent {
        public ResponseGenerating {
            requireNonNull(prompt, "prompt");
            requireNonNull(model, "model");
            requireNonNull(at, "at");
            notEmpty("correlationId", correlationId);
        }
    }

    /**
     * An answer is there.
     *
     * @param response its text
     * @param model the model that answered
     * @param elapsed from {@link ResponseGenerating} to here, the wait for a permit included
     * @param wordCount words between white space
     * @param tokens the tokens of the answer, known, estimated or absent
     * @param correlationId that of {@link ResponseGenerating}
     */
    record ResponseGenerated(
            String response, String model, Duration elapsed, int wordCount, TokenCount tokens, String correlationId)
            implements BusEvent {
        public ResponseGenerated {
            requireNonNull(response, "response");
            requireNonNull(model, "model");
            requireNonNull(elapsed, "elapsed");
            if (wordCount < 0) {
                throw new IllegalArgumentException("wordCount: " + wordCount + " (expected: >= 0)");
            }
            requireNonNull(tokens, "tokens");
            notEmpty("correlationId", correlationId);
        }
    }

    /**
     * An answer failed, or was cancelled.
     *
     * @param error why
     * @param service who tells it, such as {@code llm_service}
     * @param operation what it was doing, such as {@code generate_async}
     * @param correlationId that of {@link ResponseGenerating}
     */
    record ErrorOccurred(InferenceException error, String service, String operation, String correlationId)
            implements BusEvent {
        public ErrorOccurred {
            requireNonNull(error, "error");
            requireNonNull(service, "service");
            requireNonNull(operation, "operation");
            notEmpty("correlationId", correlationId);
        }
    }

    private static void notEmpty(String name, String value) {
        if (requireNonNull(value, name).isEmpty()) {
            throw new IllegalArgumentException(name + ": empty (expected: at least one character)");
        }
    }
}
