package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Part;
import dev.avionics.cost.Cost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer, and what it took.
 *
 * @param text the answer's text; empty if there is none
 * @param toolCalls what the model wants to have called, in order
 * @param promptTokens tokens of the prompt, cached ones included; 0 if nobody knows
 * @param completionTokens tokens of the answer, reasoning included; 0 if nobody knows
 * @param latency from the question to the end of the answer, failed attempts and waits included
 * @param provider who answered
 * @param model the model that was asked for there
 * @param cost what all attempts of the call cost
 * @param timestamp when the answer was whole
 * @param metadata {@code request_id}, {@code finish_reason}, {@code attempts}, {@code tokens_estimated}, and what else is known:
 *     {@code response_model}, {@code response_id}, {@code cached}, {@code first_token_ms}, {@code tokens_per_second},
 *     {@code thinking}, the request's own metadata
 * @param streamed whether the answer was read piece by piece
 */
public record GatewayResponse(
        String text,
        List<Part.ToolCall> toolCalls,
        long promptTokens,
        long completionTokens,
        Duration latency,
        String provider,
        String model,
        Cost cost,
        Instant timestamp,
        Map<String, Object> metadata,
        boolean streamed) {
    public GatewayResponse {
        requireNonNull(text, "text");
        toolCalls = List.copyOf(toolCalls);
        requireNonNull(latency, "latency");
        requireNonNull(provider, "provider");
        requireNonNull(model, "model");
        requireNonNull(cost, "cost");
        requireNonNull(timestamp, "timestamp");
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Prompt and completion together. */
    public long tokensUsed() {
        return promptTokens + completionTokens;
    }

    /**
     * The fields by their names in snake case: {@code text}, {@code tool_calls} (id, name, arguments as JSON text),
     * {@code tokens_used}, {@code prompt_tokens}, {@code completion_tokens}, {@code latency_ms}, {@code provider}, {@code model},
     * {@code cost_usd} (six decimals; null if nobody knows), {@code timestamp} (ISO 8601, UTC), {@code metadata}, {@code streamed}.
     */
    public Map<String, @Nullable Object> toMap() {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Part.ToolCall call : toolCalls) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", call.id());
            one.put("name", call.name());
            one.put("arguments", call.argumentsJson());
            calls.add(one);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("text", text);
        map.put("tool_calls", calls);
        map.put("tokens_used", tokensUsed());
        map.put("prompt_tokens", promptTokens);
        map.put("completion_tokens", completionTokens);
        map.put("latency_ms", latency.toNanos() / 1e6);
        map.put("provider", provider);
        map.put("model", model);
        map.put("cost_usd", cost.rounded().orElse(null));
        map.put("timestamp", timestamp.toString());
        map.put("metadata", metadata);
        map.put("streamed", streamed);
        return Collections.unmodifiableMap(map);
    }
}
