package dev.avionics.llm.agent;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a program says of one of its agents; null leaves a field to the other sources. Immutable.
 *
 * @param name letters, digits, dashes and underscores; see {@link AgentRegistry} for the names that are refused
 * @param provider a provider's name
 * @param model the model
 * @param temperature 0 to 2
 * @param maxTokens the most new tokens, at least 1
 * @param serverUrl where the backend is, in place of the provider's own address
 * @param timeout for a whole call
 * @param contextWindow how many tokens a conversation may have, at least 1
 */
public record AgentConfig(
        String name,
        @Nullable String provider,
        @Nullable String model,
        @Nullable Double temperature,
        @Nullable Integer maxTokens,
        @Nullable URI serverUrl,
        @Nullable Duration timeout,
        @Nullable Integer contextWindow) {
    public AgentConfig {
        requireNonNull(name, "name");
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: 0 to 2)");
        }
        if (maxTokens != null && maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 1)");
        }
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
        }
        if (contextWindow != null && contextWindow < 1) {
            throw new IllegalArgumentException("contextWindow: " + contextWindow + " (expected: >= 1)");
        }
    }

    /** An agent of which nothing is said yet. */
    public static AgentConfig of(String name) {
        return new AgentConfig(name, null, null, null, null, null, null, null);
    }

    public AgentConfig withProvider(@Nullable String value) {
        return new AgentConfig(name, value, model, temperature, maxTokens, serverUrl, timeout, contextWindow);
    }

    public AgentConfig withModel(@Nullable String value) {
        return new AgentConfig(name, provider, value, temperature, maxTokens, serverUrl, timeout, contextWindow);
    }

    public AgentConfig withTemperature(@Nullable Double value) {
        return new AgentConfig(name, provider, model, value, maxTokens, serverUrl, timeout, contextWindow);
    }

    public AgentConfig withMaxTokens(@Nullable Integer value) {
        return new AgentConfig(name, provider, model, temperature, value, serverUrl, timeout, contextWindow);
    }

    public AgentConfig withServerUrl(@Nullable URI value) {
        return new AgentConfig(name, provider, model, temperature, maxTokens, value, timeout, contextWindow);
    }

    public AgentConfig withTimeout(@Nullable Duration value) {
        return new AgentConfig(name, provider, model, temperature, maxTokens, serverUrl, value, contextWindow);
    }

    public AgentConfig withContextWindow(@Nullable Integer value) {
        return new AgentConfig(name, provider, model, temperature, maxTokens, serverUrl, timeout, value);
    }
}
