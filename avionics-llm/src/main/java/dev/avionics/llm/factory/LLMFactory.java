package dev.avionics.llm.factory;

/** Makes providers from settings and keeps them. Thread-safe. */
public final class LLMFactory implements AutoCloseable {
    /** The airframe stays its owner's. */
    public LLMFactory(AvionicsSettings settings, Airframe airframe);

    /** By name or alias. InferenceException UNSUPPORTED if this build has no adapter for it, SettingsException if unknown. */
    public LLMProvider create(String providerName);

    public LLMProvider create(ProviderSettings settings);

    /** The provider that the settings name, else Ollama. */
    public LLMProvider defaultProvider();

    /** The provider of embeddings. */
    public LLMProvider embeddingProvider();

    /** The names of the providers that this build can make. */
    public SortedSet<String> available();

    @Override
    public void close();
}
