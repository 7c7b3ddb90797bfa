package dev.avionics.llm.client;

import org.jspecify.annotations.Nullable;

/**
 * Options of {@link LLMClient#streamChat}. Immutable.
 *
 * @param temperature default 0.7; null leaves it to the backend
 * @param numPredict the most new tokens; null leaves it to the provider's settings
 * @param numCtx the size of the context window, for backends that take one; null sizes it to the prompt
 * @param model the model; null for the provider's own
 */
public record ChatOptions(
        @Nullable Double temperature,
        @Nullable Integer numPredict,
        @Nullable Integer numCtx,
        @Nullable String model) {
    /** Temperature 0.7, and nothing else. */
    public static final ChatOptions DEFAULT = new ChatOptions(0.7, null, null, null);

    public ChatOptions {
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: 0 to 2)");
        }
        if (numPredict != null && numPredict < 1) {
            throw new IllegalArgumentException("numPredict: " + numPredict + " (expected: >= 1)");
        }
        if (numCtx != null && numCtx < 1) {
            throw new IllegalArgumentException("numCtx: " + numCtx + " (expected: >= 1)");
        }
    }

    public ChatOptions withTemperature(@Nullable Double value) {
        return new ChatOptions(value, numPredict, numCtx, model);
    }

    public ChatOptions withNumPredict(@Nullable Integer value) {
        return new ChatOptions(temperature, value, numCtx, model);
    }

    public ChatOptions withNumCtx(@Nullable Integer value) {
        return new ChatOptions(temperature, numPredict, value, model);
    }

    public ChatOptions withModel(@Nullable String value) {
        return new ChatOptions(temperature, numPredict, numCtx, value);
    }
}
