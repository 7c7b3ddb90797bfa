package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.SettingSources.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All settings at one moment, each with its origin. Immutable.
 *
 * <p>Sources, the winning one first: values given by the program, system properties ({@code avionics.ollama.model}),
 * environment ({@code OLLAMA_MODEL}), {@code .env}, defaults. Names of the environment are case-blind, empty values count
 * as not set, and nothing is put in for <code>${…}</code>.
 *
 * <p>The general names ({@code LLM_BASE_URL}, {@code LLM_API_KEY}, {@code LLM_DEFAULT_MODEL} …) are the settings of the
 * provider that {@link #provider()} tells; within one source the provider's own name wins over them.
 */
public final class AvionicsSettings {
    private final Builder recipe;
    private final SettingSources sources;
    private final @Nullable ProviderId configured;
    private final String configuredBy;

    /**
     * A setting as it is in force.
     *
     * @param key dotted lower case
     * @param variables its names in the environment
     * @param value {@code ***} for a secret, null if it is not set
     * @param origin where the value comes from, such as {@code OLLAMA_MODEL (environment)}; {@code default}, or
     *     {@code not set}
     */
    public record Setting(
            String key, List<String> variables, @Nullable String value, String origin) {
        public Setting {
            variables = List.copyOf(variables);
        }
    }

    private AvionicsSettings(Builder recipe) {
        this.recipe = recipe;
        sources = new SettingSources();
        sources.addExplicit(recipe.explicit);
        sources.addSystemProperties(recipe.systemProperties.get());
        sources.addEnvironment(recipe.environment.get());
        Path file = recipe.dotEnv;
        if (file != null && (recipe.dotEnvRequired || Files.exists(file))) {
            sources.addDotEnv(file);
        }
        SettingTable.all().stream()
                .filter(key -> key.name().startsWith("llm."))
                .forEach(key -> sources.find(key).ifPresent(SettingValues::check));
        Optional<Found> by = configuredProviderSource();
        configured = by.map(this::providerOf).orElse(null);
        configuredBy = by.map(Found::origin).orElse("");
        // Providers that are not used may have values that nobody here understands.
        provider(provider());
        provider(embeddingProvider());
    }

    /** System properties, the environment and, if there is one, {@code .env} in the working folder. */
    public static AvionicsSettings load() {
        Builder builder = builder();
        builder.systemProperties = AvionicsSettings::systemProperties;
        builder.environment = System::getenv;
        builder.dotEnv = Path.of(".env");
        return builder.build();
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("avionics.")) {
                properties.put(name, System.getProperty(name, ""));
            }
        }
        return properties;
    }

    /** A builder that reads nothing but what it is given. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with the values and sources of this, to put explicit values on top. */
    public Builder toBuilder() {
        return new Builder(recipe);
    }

    /**
     * The settings as the same sources have them now.
     *
     * @throws SettingsException if one of them is wrong by now; this stays what it is
     */
    public AvionicsSettings reload() {
        return toBuilder().build();
    }

    private Optional<Found> configuredProviderSource() {
        Optional<Found> mock = sources.find(SettingTable.MOCK).filter(SettingValues::flag);
        if (mock.isPresent()) {
            return mock;
        }
        Optional<Found> named = sources.find(SettingTable.PROVIDER_NAME);
        if (named.isPresent()) {
            return named;
        }
        Optional<Found> apiType = sources.find(SettingTable.LLM_API_TYPE)
                .filter(found -> !SettingValues.apiType(found).equals("auto"));
        if (apiType.isPresent() || sources.find(SettingTable.BASE_URL).isPresent()) {
            return apiType;
        }
        return sources.find(
                requireNonNull(SettingTable.of(ProviderId.OLLAMA, "base-url")),
                requireNonNull(SettingTable.of(ProviderId.LLAMASERVER, "base-url")),
                requireNonNull(SettingTable.of(ProviderId.OPENAI_COMPATIBLE, "base-url")),
                SettingTable.LLAMACPP_MODEL_PATH);
    }

    private ProviderId providerOf(Found source) {
        return switch (source.key().name()) {
            case "llm.mock" -> ProviderId.MOCK;
            case "llm.provider" -> SettingValues.provider(source);
            case "llm.api-type" ->
                switch (SettingValues.apiType(source)) {
                    case "openai" -> ProviderId.OPENAI_COMPATIBLE;
                    case "native" -> ProviderId.LLAMASERVER;
                    default -> ProviderId.OLLAMA;
                };
            case "ollama.base-url" -> ProviderId.OLLAMA;
            case "llamaserver.base-url" -> ProviderId.LLAMASERVER;
            case "openai.base-url" -> ProviderId.OPENAI_COMPATIBLE;
            case "llamacpp.model-path" -> ProviderId.LLAMACPP;
            default -> throw new IllegalStateException(source.key().name());
        };
    }

    /**
     * The provider that was asked for: by {@code MOCK_LLM_ENABLED}, by name, by API type, or by a base URL or model path
     * of its own. Empty if nobody asked for one; a key alone asks for nothing, as keys lie in many environments.
     */
    public Optional<ProviderId> configuredProvider() {
        return Optional.ofNullable(configured);
    }

    /** What asked for {@link #configuredProvider()}, such as {@code LLM_PROVIDER (environment)}; empty if nothing did. */
    public String configuredBy() {
        return configuredBy;
    }

    /** The provider that was asked for, else Ollama. */
    public ProviderId provider() {
        return configured == null ? ProviderId.OLLAMA : configured;
    }

    /** The provider of embeddings: the one that was asked for, else {@link #provider()}. */
    public ProviderId embeddingProvider() {
        if (provider() == ProviderId.MOCK) {
            return ProviderId.MOCK;
        }
        return sources.find(SettingTable.EMBEDDING_PROVIDER)
                .map(SettingValues::provider)
                .orElse(provider());
    }

    /**
     * Everything that makes a provider.
     *
     * @throws SettingsException if one of its values is wrong, or missing where there is no default
     */
    public ProviderSettings provider(ProviderId id) {
        return new ProviderReader(sources, id, id == provider()).read();
    }

    /**
     * A value as text, the default included; secrets too, so it is not for printing.
     *
     * @param name a key such as {@code ollama.model}, or a name such as {@code OLLAMA_MODEL}
     * @throws SettingsException if there is no such setting; it names the nearest
     */
    public Optional<String> text(String name) {
        return sources.findOrDefault(SettingTable.require(name)).map(Found::value);
    }

    /** A setting as it is in force; for printing. Names as in {@link #text}. */
    public Setting setting(String name) {
        return shown(SettingTable.require(name));
    }

    /** Every setting as it is in force, in the order of the table. */
    public List<Setting> all() {
        return SettingTable.all().stream().map(this::shown).toList();
    }

    private Setting shown(SettingKey key) {
        Optional<Found> found = sources.findOrDefault(key);
        String value = found.map(f -> switch (key.form()) {
                    case SECRET -> "***";
                    case URL -> BaseUrls.shown(f.value());
                    default -> f.value();
                })
                .orElse(null);
        return new Setting(
                key.name(), key.variables(), value, found.map(Found::origin).orElse("not set"));
    }

    /** What is odd but no error: names with {@code LLM_} in front that nothing reads. */
    public List<String> warnings() {
        return sources.warnings();
    }

    /** Shows no values. */
    @Override
    public String toString() {
        return "AvionicsSettings[provider=" + provider() + (configuredBy.isEmpty() ? "" : " by " + configuredBy) + "]";
    }

    /** Builds {@link AvionicsSettings}; not thread-safe. */
    public static final class Builder {
        private final Map<String, String> explicit = new LinkedHashMap<>();
        private Supplier<Map<String, String>> systemProperties = Map::of;
        private Supplier<Map<String, String>> environment = Map::of;
        private @Nullable Path dotEnv;
        private boolean dotEnvRequired;

        private Builder() {}

        private Builder(Builder from) {
            explicit.putAll(from.explicit);
            systemProperties = from.systemProperties;
            environment = from.environment;
            dotEnv = from.dotEnv;
            dotEnvRequired = from.dotEnvRequired;
        }

        /**
         * A value that wins over all sources.
         *
         * @param name a key such as {@code ollama.model}, or a name such as {@code OLLAMA_MODEL}
         * @throws SettingsException if there is no such setting; it names the nearest
         */
        public Builder set(String name, String value) {
            explicit.put(SettingTable.require(name).name(), requireNonNull(value, "value"));
            return this;
        }

        /** System properties; those that do not begin with {@code avionics.} are left alone. */
        public Builder systemProperties(Map<String, String> properties) {
            Map<String, String> copy = Map.copyOf(properties);
            systemProperties = () -> copy;
            return this;
        }

        /** The environment. */
        public Builder environment(Map<String, String> variables) {
            Map<String, String> copy = Map.copyOf(variables);
            environment = () -> copy;
            return this;
        }

        /** A {@code .env} file, which must be there; read by {@link #build}. */
        public Builder dotEnv(Path file) {
            dotEnv = requireNonNull(file, "file");
            dotEnvRequired = true;
            return this;
        }

        /**
         * Reads the sources.
         *
         * @throws SettingsException if a value is wrong; values of providers that are not used are not looked at
         */
        public AvionicsSettings build() {
            return new AvionicsSettings(new Builder(this));
        }
    }
}
