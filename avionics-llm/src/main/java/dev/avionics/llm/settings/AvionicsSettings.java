package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.SettingSources.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All settings at one moment, each with its origin. Immutable.
 *
 * <p>Sources, the winning one first: values given by the program, system properties ({@code avionics.ollama.model}),
 * environment ({@code OLLAMA_MODEL}), {@code .env}, {@code avionics.yaml}, defaults. Names of the environment are case-blind, empty values count
 * as not set, and nothing is put in for <code>${…}</code>.
 *
 * <p>The general names ({@code LLM_BASE_URL}, {@code LLM_API_KEY}, {@code LLM_DEFAULT_MODEL} …) are the settings of the
 * provider that {@link #provider()} tells; within one source the provider's own name wins over them.
 */
public final class AvionicsSettings {
    private final Builder recipe;
    private final SettingSources sources;
    private final ConfigFile file;
    private final @Nullable String configured;
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
        Path dotEnv = recipe.dotEnv;
        if (dotEnv != null && (recipe.dotEnvRequired || Files.exists(dotEnv))) {
            sources.addDotEnv(dotEnv);
        }
        Path yaml = recipe.file;
        file = yaml != null && (recipe.fileRequired || Files.exists(yaml)) ? ConfigFile.read(yaml) : ConfigFile.none();
        sources.addFile(file);
        sources.find(SettingTable.DEPLOYMENT).ifPresent(SettingValues::check);
        SettingTable.all().stream()
                .filter(key -> key.name().startsWith("llm."))
                .forEach(key -> sources.find(key).ifPresent(SettingValues::check));
        Optional<Found> by = configuredProviderSource();
        configured = by.map(this::nameOf).orElse(null);
        configuredBy = by.map(Found::origin).orElse("");
        // Providers that are not used may have values that nobody here understands.
        provider(providerName());
        provider(embeddingProviderName());
    }

    /** System properties, the environment and, if there is one, {@code .env} in the working folder. */
    public static AvionicsSettings load() {
        Builder builder = builder();
        builder.systemProperties = AvionicsSettings::systemProperties;
        builder.environment = System::getenv;
        builder.dotEnv = Path.of(".env");
        builder.file = Path.of("avionics.yaml");
        String given = System.getProperty("avionics.config", System.getenv("AVIONICS_CONFIG"));
        return given == null || given.isBlank()
                ? builder.build()
                : builder.file(Path.of(given)).build();
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

    private String nameOf(Found source) {
        return switch (source.key().name()) {
            case "llm.mock" -> ProviderId.MOCK.id();
            case "llm.provider" -> named(source);
            case "llm.api-type" ->
                switch (SettingValues.apiType(source)) {
                    case "openai" -> ProviderId.OPENAI_COMPATIBLE.id();
                    case "native" -> ProviderId.LLAMASERVER.id();
                    default -> ProviderId.OLLAMA.id();
                };
            case "ollama.base-url" -> ProviderId.OLLAMA.id();
            case "llamaserver.base-url" -> ProviderId.LLAMASERVER.id();
            case "openai.base-url" -> ProviderId.OPENAI_COMPATIBLE.id();
            case "llamacpp.model-path" -> ProviderId.LLAMACPP.id();
            default -> throw new IllegalStateException(source.key().name());
        };
    }

    /** A provider's name as it is in force: one of {@code avionics.yaml}, or a known one. */
    private String named(Found found) {
        if (file.providers().containsKey(found.value())) {
            return found.value();
        }
        try {
            return ProviderId.of(found.value()).id();
        } catch (SettingsException e) {
            String message = String.valueOf(e.getMessage()).replaceFirst("^provider: ", "");
            String own = file.providers().isEmpty()
                    ? ""
                    : ", or " + String.join(", ", file.providers().keySet());
            throw new SettingsException(
                    found.name() + ": " + message.replaceFirst("\\)$", own + ")") + "; from " + found.place());
        }
    }

    /**
     * Which provider a name means.
     *
     * @param name one of {@link #namedProviders()}, or a known name or alias
     * @throws SettingsException if there is no such provider
     */
    public ProviderId typeOf(String name) {
        ConfigFile.Named own = file.providers().get(name);
        return own == null ? ProviderId.of(name) : own.type();
    }

    /**
     * The provider that was asked for: by {@code MOCK_LLM_ENABLED}, by name, by API type, or by a base URL or model path
     * of its own. Empty if nobody asked for one; a key alone asks for nothing, as keys lie in many environments.
     */
    public Optional<ProviderId> configuredProvider() {
        return Optional.ofNullable(configured).map(this::typeOf);
    }

    /** What asked for {@link #configuredProvider()}, such as {@code LLM_PROVIDER (environment)}; empty if nothing did. */
    public String configuredBy() {
        return configuredBy;
    }

    /** The provider that was asked for, else Ollama. */
    public ProviderId provider() {
        return typeOf(providerName());
    }

    /** The name of the provider that was asked for, else {@code ollama}: one of {@code avionics.yaml}, or a known one. */
    public String providerName() {
        return configured == null ? ProviderId.OLLAMA.id() : configured;
    }

    /** The provider of embeddings: the one that was asked for, else {@link #provider()}. */
    public ProviderId embeddingProvider() {
        return typeOf(embeddingProviderName());
    }

    /** The name of {@link #embeddingProvider()}. */
    public String embeddingProviderName() {
        if (provider() == ProviderId.MOCK) {
            return providerName();
        }
        return sources.find(SettingTable.EMBEDDING_PROVIDER).map(this::named).orElse(providerName());
    }

    /** Whether agents run on nodes of their own: {@code DEPLOYMENT_MODE=distributed}. */
    public boolean isDistributed() {
        return sources.findOrDefault(SettingTable.DEPLOYMENT)
                .map(found -> SettingValues.oneOf(found, List.of("single-node", "distributed")))
                .filter("distributed"::equals)
                .isPresent();
    }

    /** The names of the providers that {@code avionics.yaml} adds. */
    public Set<String> namedProviders() {
        return Collections.unmodifiableSet(file.providers().keySet());
    }

    /**
     * Everything that makes a provider.
     *
     * @param name one of {@link #namedProviders()}, or a known name or alias
     * @throws SettingsException if there is no such provider, or a value is wrong, or missing where there is no default
     */
    public ProviderSettings provider(String name) {
        ConfigFile.Named own = file.providers().get(name);
        return own == null ? provider(ProviderId.of(name)) : ProviderReader.read(sources, own);
    }

    /**
     * A variable of the environment or of {@code .env}, whether a setting or not.
     *
     * @return its value and where it comes from; secrets too, so it is not for printing
     */
    public Optional<Setting> variable(String name) {
        return sources.variable(name)
                .map(found -> new Setting(
                        name, List.of(found.name()), found.value(), found.name() + " (" + found.place() + ")"));
    }

    /** A system property with {@code avionics.} in front, whether a setting or not; as {@link #variable}. */
    public Optional<Setting> property(String name) {
        String value = recipe.systemProperties.get().get("avionics." + name);
        return value == null || value.isBlank()
                ? Optional.empty()
                : Optional.of(new Setting(name, List.of(), value.strip(), "avionics." + name + " (system property)"));
    }

    /** Whether a name is that of a setting: a key, or a variable. */
    public static boolean isSetting(String name) {
        return SettingTable.find(name).isPresent();
    }

    /**
     * A section of {@code avionics.yaml} that others read: {@code agents}, {@code nodes}, {@code gateway}, {@code server}.
     *
     * @return texts, lists and maps; empty if it is not there
     */
    public Map<String, @Nullable Object> section(String name) {
        YamlFile.Value value = file.other(name);
        if (value == null) {
            return Map.of();
        }
        Map<String, @Nullable Object> section = new LinkedHashMap<>();
        value.fields().forEach((field, inner) -> section.put(field, inner.plain()));
        return Collections.unmodifiableMap(section);
    }

    /** As {@link #section}, of a section that is a list. */
    public List<@Nullable Object> list(String name) {
        YamlFile.Value value = file.other(name);
        List<@Nullable Object> list = new ArrayList<>();
        if (value != null) {
            value.items().forEach(item -> list.add(item.plain()));
        }
        return Collections.unmodifiableList(list);
    }

    /** The files that these settings come from, or would if they were there. */
    public List<Path> files() {
        return Stream.of(recipe.dotEnv, recipe.file).filter(Objects::nonNull).toList();
    }

    /** Where {@code avionics.yaml} is, or would be. */
    public Path configFile() {
        return file.file();
    }

    /**
     * Everything that makes a provider.
     *
     * @throws SettingsException if one of its values is wrong, or missing where there is no default
     */
    public ProviderSettings provider(ProviderId id) {
        return new ProviderReader(sources, id, id.id().equals(providerName())).read();
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

    /**
     * A setting that is a time in seconds, the default included.
     *
     * @throws SettingsException if there is no such setting, or its value is wrong
     */
    public Optional<Duration> seconds(String name) {
        return sources.findOrDefault(SettingTable.require(name))
                .map(found -> Duration.ofMillis(Math.round(SettingValues.decimal(found, 600) * 1000)));
    }

    /**
     * Whether a setting is true, the default included; false if it is not set.
     *
     * @throws SettingsException if there is no such setting, or its value is neither true nor false
     */
    public boolean flag(String name) {
        return sources.findOrDefault(SettingTable.require(name))
                .map(SettingValues::flag)
                .orElse(false);
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
        private @Nullable Path file;
        private boolean fileRequired;

        private Builder() {}

        private Builder(Builder from) {
            explicit.putAll(from.explicit);
            systemProperties = from.systemProperties;
            environment = from.environment;
            dotEnv = from.dotEnv;
            dotEnvRequired = from.dotEnvRequired;
            file = from.file;
            fileRequired = from.fileRequired;
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

        /** A file {@code avionics.yaml}, of whatever name, which must be there; read by {@link #build}. */
        public Builder file(Path value) {
            file = requireNonNull(value, "value");
            fileRequired = true;
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
