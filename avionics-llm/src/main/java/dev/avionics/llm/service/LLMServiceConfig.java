package dev.avionics.llm.service;

import dev.avionics.airframe.Secret;
import dev.avionics.llm.settings.ApiType;
import dev.avionics.llm.settings.AvionicsSettings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link LLMService} is configured with; null where the default holds. {@code toString} shows neither the key nor
 * user and query of the address.
 *
 * @param baseUrl where the backend is, {@code LLM_BASE_URL}; default Ollama on this machine
 * @param apiKey its key, {@code LLM_API_KEY}; default none
 * @param apiType what it speaks, {@code LLM_API_TYPE}; default AUTO: it is asked before the first call
 * @param defaultModel the model when none is named, {@code LLM_DEFAULT_MODEL}; default that of the provider
 * @param systemPrompt sent before each prompt as a system message, {@code LLM_SYSTEM_PROMPT}; default none
 * @param timeout the time for a whole call, {@code LLM_TIMEOUT_SECONDS}, more than 0; default the provider's own clocks
 * @param stream whether the backend sends answers piece by piece, {@code LLM_STREAM}; default false
 * @param temperature 0 or more, {@code LLM_TEMPERATURE}; default the backend's
 * @param maxTokens the most new tokens, {@code LLM_MAX_TOKENS}, at least 1; default the backend's
 */
public record LLMServiceConfig(
        @Nullable URI baseUrl,
        @Nullable Secret apiKey,
        @Nullable ApiType apiType,
        @Nullable String defaultModel,
        @Nullable String systemPrompt,
        @Nullable Duration timeout,
        @Nullable Boolean stream,
        @Nullable Double temperature,
        @Nullable Integer maxTokens) {
    /** All defaults. */
    public static final LLMServiceConfig DEFAULTS =
            new LLMServiceConfig(null, null, null, null, null, null, null, null, null);

    public LLMServiceConfig {
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
        }
        if (temperature != null && !(temperature >= 0)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: >= 0)");
        }
        if (maxTokens != null && maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 1)");
        }
    }

    /** What the settings say under the general names, such as {@code LLM_BASE_URL}. */
    public static LLMServiceConfig of(AvionicsSettings settings) {
        return new LLMServiceConfig(
                // Read by the provider that the general names belong to, so that it is written in full.
                settings.text("llm.base-url")
                        .map(text -> settings.provider(settings.provider()).baseUrl())
                        .orElse(null),
                settings.text("llm.api-key").map(Secret::of).orElse(null),
                settings.text("llm.api-type").map(ApiType::of).orElse(null),
                settings.text("llm.model").orElse(null),
                settings.text("llm.system-prompt").orElse(null),
                settings.text("llm.timeout")
                        .map(seconds -> Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000)))
                        .orElse(null),
                settings.text("llm.stream").map(LLMServiceConfig::flag).orElse(null),
                settings.text("llm.temperature").map(Double::valueOf).orElse(null),
                settings.text("llm.max-tokens").map(Integer::valueOf).orElse(null));
    }

    /** The settings have checked that it is one. */
    private static boolean flag(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        String address = baseUrl == null
                ? "default"
                : baseUrl.getScheme() + "://" + baseUrl.getHost()
                        + (baseUrl.getPort() < 0 ? "" : ":" + baseUrl.getPort()) + baseUrl.getRawPath();
        return "LLMServiceConfig[" + address + ", key=" + (apiKey == null ? "none" : "***") + ", apiType=" + apiType
                + ", defaultModel=" + defaultModel + ", systemPrompt=" + (systemPrompt == null ? "none" : "set")
                + ", timeout=" + timeout + ", stream=" + stream + ", temperature=" + temperature + ", maxTokens="
                + maxTokens + "]";
    }
}
