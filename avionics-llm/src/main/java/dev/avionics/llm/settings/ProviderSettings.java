package dev.avionics.llm.settings;

/** Everything that makes a provider. */
public record ProviderSettings(
        ProviderId provider,
        URI baseUrl,
        String apiType,
        @Nullable Secret apiKey,
        String model,
        String embeddingModel,
        EndpointSpec.Billing billing,
        Timeouts.@Nullable Override timeouts,
        int maxRetries,
        boolean omitTemperature,
        Map<String, Object> defaultOptions,
        Map<String, String> metadata) {

    /** Settings with all defaults of a provider. */
    public static Builder builder(ProviderId provider);

    public Builder toBuilder();

    /** The same with a model file; for llama.cpp in the process. */
    public ProviderSettings withModelFile(Path file);

    /** Whether a model file has to be got first; for llama.cpp in the process. */
    public boolean needsModelFile();

    public EndpointSpec endpoint();
}
