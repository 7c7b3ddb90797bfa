package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a streamed answer. Each stream ends with exactly one chunk that is final.
 *
 * @param text the next piece of the text; the final one is empty where the text came in pieces
 * @param isFinal whether the answer ends here
 * @param tokenCount on the final chunk the tokens of the whole answer, guessed where the backend does not say; else 0
 * @param metadata on the final chunk {@code finish_reason}, {@code prompt_tokens}, {@code completion_tokens},
 *     {@code tokens_estimated}, {@code model} and {@code tool_calls}, as far as they are known; else empty
 */
public record TokenChunk(String text, boolean isFinal, int tokenCount, Map<String, @Nullable Object> metadata) {
    public TokenChunk {
        requireNonNull(text, "text");
        if (tokenCount < 0) {
            throw new IllegalArgumentException("tokenCount: " + tokenCount + " (expected: >= 0)");
        }
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** A piece in the middle of an answer. */
    public TokenChunk(String text) {
        this(text, false, 0, Map.of());
    }
}
