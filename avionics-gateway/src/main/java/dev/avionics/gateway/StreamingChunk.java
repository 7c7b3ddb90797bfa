package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A piece of an answer's text and who gives it.
 *
 * @param text the piece; empty in the last one
 * @param isFinal whether this is the last one; each stream that does not fail has exactly one
 * @param requestId the call's id, the same in all pieces, unique among calls
 * @param agentName whose call it is
 * @param provider who answers
 * @param model the model that was asked for
 * @param cumulativeTokens never less than before: while the answer runs the number of pieces, which is at most that of its tokens;
 *     at the end all tokens of the call, prompt included, as the backend counts them
 * @param timestamp when it came
 */
public record StreamingChunk(
        String text,
        boolean isFinal,
        String requestId,
        String agentName,
        String provider,
        String model,
        long cumulativeTokens,
        Instant timestamp) {
    public StreamingChunk {
        requireNonNull(text, "text");
        requireNonNull(requestId, "requestId");
        requireNonNull(agentName, "agentName");
        requireNonNull(provider, "provider");
        requireNonNull(model, "model");
        requireNonNull(timestamp, "timestamp");
    }

    /** The fields by their names in snake case, the timestamp in ISO 8601, UTC. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", text);
        map.put("is_final", isFinal);
        map.put("request_id", requestId);
        map.put("agent_name", agentName);
        map.put("provider", provider);
        map.put("model", model);
        map.put("cumulative_tokens", cumulativeTokens);
        map.put("timestamp", timestamp.toString());
        return Collections.unmodifiableMap(map);
    }
}
