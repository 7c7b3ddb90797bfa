package dev.avionics.llm.client;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Secret;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link OpenAiClient} is made from. Immutable.
 *
 * @param model the model
 * @param endpoint where the server is
 * @param apiKey null for none
 * @param timeout for a whole call; default 120 s
 * @param temperature 0 to 2; null leaves it to the server
 * @param maxTokens the most new tokens, at least 1; null leaves it to the server
 * @param apiPath of chats; default {@code /v1/chat/completions}
 * @param maxRetries attempts after the first, 0 to 10; default 3
 * @param retryBackoffBase the wait before the first retry, without its chance; default 1 s
 * @param retryBackoffMax the longest wait; default 30 s
 */
public record OpenAiClientConfig(
        String model,
        URI endpoint,
        @Nullable Secret apiKey,
        Duration timeout,
        @Nullable Double temperature,
        @Nullable Integer maxTokens,
        String apiPath,
        int maxRetries,
        Duration retryBackoffBase,
        Duration retryBackoffMax) {
    /** The default time for a call. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    public OpenAiClientConfig {
        requireNonNull(model, "model");
        requireNonNull(endpoint, "endpoint");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
        }
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: 0 to 2)");
        }
        if (maxTokens != null && maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 1)");
        }
        if (!apiPath.startsWith("/")) {
            throw new IllegalArgumentException("apiPath: " + apiPath + " (expected: such as /v1/chat/completions)");
        }
        if (maxRetries < 0 || maxRetries > 10) {
            throw new IllegalArgumentException("maxRetries: " + maxRetries + " (expected: 0 to 10)");
        }
        if (retryBackoffBase.isNegative() || retryBackoffBase.isZero()) {
            throw new IllegalArgumentException("retryBackoffBase: " + retryBackoffBase + " (expected: > 0)");
        }
        if (retryBackoffMax.compareTo(retryBackoffBase) < 0) {
            throw new IllegalArgumentException(
                    "retryBackoffMax: " + retryBackoffMax + " (expected: >= " + retryBackoffBase + ")");
        }
    }

    /** The defaults, for a model at a server. */
    public static OpenAiClientConfig of(String model, URI endpoint) {
        return new OpenAiClientConfig(
                model,
                endpoint,
                null,
                TIMEOUT,
                null,
                null,
                "/v1/chat/completions",
                3,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }

    /**
     * What the settings say: the provider that they name, {@code llm.timeout}, {@code llm.temperature}, {@code llm.max-tokens},
     * {@code llm.api-path}, {@code llm.max-retries}, {@code llm.retry-backoff-base}, {@code llm.retry-backoff-max}.
     *
     * @throws dev.avionics.llm.settings.SettingsException if one of them is wrong
     */
    public static OpenAiClientConfig of(AvionicsSettings settings) {
        ProviderSettings provider = settings.provider(settings.providerName());
        Map<String, Object> options = provider.defaultOptions();
        OpenAiClientConfig usual = of(provider.model(), provider.baseUrl());
        return new OpenAiClientConfig(
                provider.model(),
                provider.baseUrl(),
                provider.apiKey(),
                settings.seconds("llm.timeout").orElse(TIMEOUT),
                (Double) options.get("temperature"),
                (Integer) options.get("num_predict"),
                settings.text("llm.api-path").orElse(usual.apiPath),
                provider.maxRetries(),
                settings.seconds("llm.retry-backoff-base").orElse(usual.retryBackoffBase),
                settings.seconds("llm.retry-backoff-max").orElse(usual.retryBackoffMax));
    }
}
