package dev.avionics.llm;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the chunks of one stream; whatever its backend does at the end, the last one is final. */
final class ChunkView implements Function<InferenceEvent, @Nullable TokenChunk> {
    private final boolean whole;
    private final StringBuilder held = new StringBuilder();
    private final List<Map<String, Object>> toolCalls = new ArrayList<>();
    private long characters;

    /**
     * A view for one stream.
     *
     * @param whole whether the text is held back for the final chunk
     */
    ChunkView(boolean whole) {
        this.whole = whole;
    }

    @Override
    public @Nullable TokenChunk apply(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta text) {
            characters += text.text().length();
            if (whole) {
                held.append(text.text());
                return null;
            }
            return new TokenChunk(text.text());
        }
        if (event instanceof InferenceEvent.ToolCallReady ready) {
            Part.ToolCall call = ready.call();
            toolCalls.add(Map.of("id", call.id(), "name", call.name(), "arguments", call.argumentsJson()));
        }
        return event instanceof InferenceEvent.Completed completed ? last(completed) : null;
    }

    private TokenChunk last(InferenceEvent.Completed completed) {
        TokenCount output = completed.usage().outputTotal();
        TokenCount input = completed.usage().inputTotal();
        long tokens = output.isPresent() ? output.value() : characters / 4;
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("finish_reason", completed.finish().wireName());
        if (input.isPresent()) {
            metadata.put("prompt_tokens", input.value());
        }
        metadata.put("completion_tokens", tokens);
        metadata.put("tokens_estimated", !output.isPresent() || output.isEstimated());
        if (completed.model() != null) {
            metadata.put("model", completed.model());
        }
        if (!toolCalls.isEmpty()) {
            metadata.put("tool_calls", List.copyOf(toolCalls));
        }
        return new TokenChunk(held.toString(), true, (int) Math.min(tokens, Integer.MAX_VALUE), metadata);
    }
}
