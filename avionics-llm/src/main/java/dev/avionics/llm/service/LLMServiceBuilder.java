package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.llm.Inference;
import dev.avionics.llm.service.BusEvent.AmbientSpeechDetected;
import dev.avionics.llm.settings.ApiType;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds an {@link LLMService}; not thread-safe. What is given here wins over the configuration. */
public final class LLMServiceBuilder {
    private @Nullable URI baseUrl;
    private @Nullable Secret apiKey;
    private @Nullable ApiType apiType;
    private @Nullable String defaultModel;
    private @Nullable String systemPrompt;
    private LLMServiceConfig config = LLMServiceConfig.DEFAULTS;

    @Nullable
    Inference inference;

    @Nullable
    Airframe airframe;

    List<String> fallbackModels = List.of();
    int maxConcurrent = 3;
    Function<AmbientSpeechDetected, Optional<String>> ambient = event -> Optional.of(event.text());
    Clock clock = Clock.systemUTC();
    Ticker ticker = Ticker.system();

    LLMServiceBuilder() {}

    /** A provider or a gateway that answers; stays its owner's. Takes the place of address, key and API type. */
    public LLMServiceBuilder inference(Inference value) {
        inference = requireNonNull(value, "value");
        return this;
    }

    /**
     * The transport to use; stays its owner's. Default one of the service's own; over an {@link #inference} none, and then the
     * reports of the service say what the provider says, and no more.
     */
    public LLMServiceBuilder airframe(Airframe value) {
        airframe = requireNonNull(value, "value");
        return this;
    }

    /** Where the backend is; default Ollama on this machine. */
    public LLMServiceBuilder baseUrl(URI value) {
        baseUrl = requireNonNull(value, "value");
        return this;
    }

    /** The backend's key; default none. */
    public LLMServiceBuilder apiKey(Secret value) {
        apiKey = requireNonNull(value, "value");
        return this;
    }

    /** What the backend speaks; default AUTO: it is asked before the first call. */
    public LLMServiceBuilder apiType(ApiType value) {
        apiType = requireNonNull(value, "value");
        return this;
    }

    /** The model when none is named; default that of the provider. */
    public LLMServiceBuilder defaultModel(String value) {
        defaultModel = requireNonNull(value, "value");
        return this;
    }

    /** Sent before each prompt as a system message; an empty one sends none, whatever the configuration says. */
    public LLMServiceBuilder systemPrompt(String value) {
        systemPrompt = requireNonNull(value, "value");
        return this;
    }

    /** What holds where this builder is told nothing; default {@link LLMServiceConfig#DEFAULTS}. */
    public LLMServiceBuilder config(LLMServiceConfig value) {
        config = requireNonNull(value, "value");
        return this;
    }

    /** The models that are asked, in order, when the wanted one fails; default none. */
    public LLMServiceBuilder fallbackModels(List<String> value) {
        fallbackModels = List.copyOf(value);
        return this;
    }

    /** How many calls run at once; at least 1, default 3. */
    public LLMServiceBuilder maxConcurrent(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("maxConcurrent: " + value + " (expected: >= 1)");
        }
        maxConcurrent = value;
        return this;
    }

    /** What is asked when ambient speech is heard; empty for nothing. Runs on the bus. Default the words themselves. */
    public LLMServiceBuilder ambient(Function<AmbientSpeechDetected, Optional<String>> policy) {
        ambient = requireNonNull(policy, "policy");
        return this;
    }

    /** Dates events; default the system's. */
    public LLMServiceBuilder clock(Clock value) {
        clock = requireNonNull(value, "value");
        return this;
    }

    /** Measures how long answers take; default the JVM's. */
    public LLMServiceBuilder ticker(Ticker value) {
        ticker = requireNonNull(value, "value");
        return this;
    }

    /** The configuration with what was given here on top. */
    LLMServiceConfig config() {
        return new LLMServiceConfig(
                baseUrl == null ? config.baseUrl() : baseUrl,
                apiKey == null ? config.apiKey() : apiKey,
                apiType == null ? config.apiType() : apiType,
                defaultModel == null ? config.defaultModel() : defaultModel,
                systemPrompt == null ? config.systemPrompt() : systemPrompt,
                config.timeout(),
                config.stream(),
                config.temperature(),
                config.maxTokens());
    }

    /**
     * Makes the service. Nothing is sent before the first call.
     *
     * @throws IllegalStateException if an address, key or API type is given along with an inference
     * @throws dev.avionics.llm.settings.SettingsException if the address or the model cannot be used
     */
    public LLMService build() {
        if (inference != null && (baseUrl != null || apiKey != null || apiType != null)) {
            throw new IllegalStateException(
                    "inference: given along with baseUrl, apiKey or apiType (expected: either)");
        }
        return new LLMService(this);
    }
}
