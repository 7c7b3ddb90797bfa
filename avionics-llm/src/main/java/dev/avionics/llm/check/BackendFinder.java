package dev.avionics.llm.check;

/** Finds a backend when none was configured. */
public final class BackendFinder {
    public BackendFinder(AvionicsSettings settings, Airframe airframe);

    /** What to use. Completes within about a second; fails with InferenceException if there is nothing to use. */
    public CompletableFuture<Choice> find();

    /** {@code settings.needsModelFile()}: get one from ModelStore, then {@code settings.withModelFile(path)}. */
    public record Choice(ProviderSettings settings, String reason) {}
}
