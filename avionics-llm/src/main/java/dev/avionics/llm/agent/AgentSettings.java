package dev.avionics.llm.agent;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Timeouts;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What holds for an agent, and why. Each field comes from, the winning one first: the caller's override, system property
 * ({@code avionics.agents.planner.model}), environment and {@code .env} ({@code PLANNER_MODEL}), {@link AgentRegistry},
 * {@code avionics.yaml}, default.
 *
 * @param name the agent's
 * @param provider the provider's name
 * @param model the model; empty for the provider's own
 * @param temperature default 0.3
 * @param maxTokens default 2000
 * @param serverUrl where the backend is; null for the provider's own address
 * @param timeout for a whole call; default 120 s
 * @param contextWindow in tokens; default 16384
 * @param origins where each field comes from, by its name in {@code avionics.yaml}
 * @param warnings values that could not be read, for which the next source holds
 */
public record AgentSettings(
        String name,
        String provider,
        String model,
        double temperature,
        int maxTokens,
        @Nullable URI serverUrl,
        Duration timeout,
        int contextWindow,
        Map<String, String> origins,
        List<String> warnings) {
    /** The default temperature. */
    public static final double TEMPERATURE = 0.3;
    /** The default limit on new tokens. */
    public static final int MAX_TOKENS = 2000;
    /** The default time for a call. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);
    /** The default context window in tokens. */
    public static final int CONTEXT_WINDOW = 16384;

    public AgentSettings {
        requireNonNull(name, "name");
        requireNonNull(provider, "provider");
        requireNonNull(model, "model");
        requireNonNull(timeout, "timeout");
        origins = Map.copyOf(origins);
        warnings = List.copyOf(warnings);
    }

    /**
     * What holds for an agent.
     *
     * @param override the provider that the caller wants; null to leave it to the other sources
     * @throws dev.avionics.llm.settings.SettingsException if {@code avionics.yaml} holds something wrong about it
     * @throws IllegalArgumentException if the name is not one for an agent
     */
    public static AgentSettings of(
            AvionicsSettings settings, AgentRegistry agents, String agent, @Nullable String override) {
        return new AgentReader(settings, agents, agent, override).read();
    }

    /**
     * The provider for the agent.
     *
     * @throws dev.avionics.llm.settings.SettingsException if there is no such provider, or its settings are wrong
     */
    public ProviderSettings providerSettings(AvionicsSettings settings) {
        ProviderSettings base = settings.provider(provider);
        ProviderSettings.Builder builder = base.toBuilder()
                .defaultOption("temperature", temperature)
                .defaultOption("num_predict", maxTokens)
                .timeouts(Timeouts.Override.total(timeout));
        if (!model.isEmpty()) {
            builder.model(model);
        }
        if (base.provider() == ProviderId.OLLAMA && !isDefault("context-window")) {
            builder.defaultOption("num_ctx", contextWindow);
        } else if (base.provider() == ProviderId.LLAMACPP && !isDefault("context-window")) {
            builder.metadata("n_ctx", String.valueOf(contextWindow));
        }
        if (serverUrl != null) {
            builder.baseUrl(serverUrl);
            if (!Objects.equals(serverUrl.getHost(), base.baseUrl().getHost())) {
                // The key is for the address that it was given for.
                builder.apiKey(null);
            }
        }
        return builder.build();
    }

    private boolean isDefault(String field) {
        return "default".equals(origins.get(field));
    }
}
