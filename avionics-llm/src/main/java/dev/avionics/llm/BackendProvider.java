package dev.avionics.llm;

/** An {@link LLMProvider} over an airframe and one endpoint. */
public final class BackendProvider implements LLMProvider {
    /** A provider for the settings; the airframe stays its owner's. */
    public BackendProvider(ProviderSettings settings, Airframe airframe);
}
