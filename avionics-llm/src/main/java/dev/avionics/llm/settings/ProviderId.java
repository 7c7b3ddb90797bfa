package dev.avionics.llm.settings;

/** A provider by name. */
public enum ProviderId {
    OLLAMA, LLAMASERVER, LLAMACPP, OPENAI_COMPATIBLE, ANTHROPIC, GOOGLE, AZURE, GROQ, COHERE, MISTRAL, NVIDIA_NIM, MOCK;

    /** {@code ollama}, {@code openai-compatible}, ... */
    public String id();

    public List<String> aliases();

    public BackendKind kind();

    public EndpointSpec.Billing billing();

    /** @throws SettingsException if there is no such provider; lists the names, nearest first */
    public static ProviderId of(String name);
}
