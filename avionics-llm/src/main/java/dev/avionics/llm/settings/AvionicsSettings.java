package dev.avionics.llm.settings;

/** An immutable snapshot of all settings. */
public final class AvionicsSettings {
    /** System properties, environment, {@code .env} in the working folder. */
    public static AvionicsSettings load();

    /** A builder that reads nothing but what it is given. */
    public static Builder builder();

    /** A builder that starts from this, to put explicit values on top. */
    public Builder toBuilder();

    /** The provider that was asked for; empty if nobody asked for one. */
    public Optional<ProviderId> configuredProvider();

    /** The provider that was asked for, else Ollama. */
    public ProviderId provider();

    /** The provider of embeddings: what was asked for, else {@link #provider()}. */
    public ProviderId embeddingProvider();

    /** All of one provider's settings. */
    public ProviderSettings provider(ProviderId id);

    /** A value by its key ({@code ollama.model}) or one of its names ({@code OLLAMA_MODEL}). */
    public Optional<String> text(String name);

    /** Every known setting with value ({@code ***} for secrets) and origin, in the order of the table. */
    public List<Setting> all();

    /** What is odd but no error, such as an unknown LLM_ name. */
    public List<String> warnings();

    /** A setting as it is in force: {@code key ollama.model, names [OLLAMA_MODEL], value, origin}. */
    public record Setting(String key, List<String> names, @Nullable String value, String origin) {}

    public static final class Builder {
        /** An explicit value, which wins over all sources. Key or name. */
        public Builder set(String name, String value);

        public Builder systemProperties(Map<String, String> properties);

        public Builder environment(Map<String, String> environment);

        public Builder dotEnv(Path file);

        /** @throws SettingsException if a value is wrong */
        public AvionicsSettings build();
    }
}
