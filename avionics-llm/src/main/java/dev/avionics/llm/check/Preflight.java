package dev.avionics.llm.check;

/** Checks that a backend answers and has the model. */
public final class Preflight {
    public Preflight(LLMProvider provider);

    /**
     * @param model null for the default one
     * @return fails with InferenceException: CONNECTION with hint "Is Ollama running?", TIMEOUT, SERVER_ERROR...,
     *     MODEL_NOT_FOUND "Model 'x' not found. Available models: a, b"
     */
    public CompletableFuture<Report> check(@Nullable String model);

    public record Report(String model, List<ModelInfo> models, List<String> warnings) {}
}
