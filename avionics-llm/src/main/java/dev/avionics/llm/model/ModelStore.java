package dev.avionics.llm.model;

/** The folder of model files, and the way to get the default one. */
public final class ModelStore {
    /** Folder from the setting {@code model.dir} (AVIONICS_MODEL_DIR), else the user's cache folder. */
    public static ModelStore create(AvionicsSettings settings);

    public static Builder builder(Path folder);

    /** SmolLM2-135M-Instruct.Q4_1.gguf, 98,362,432 bytes. */
    public ModelFile model();

    public Path path();

    /** Whether the checked file is there. */
    public Optional<Path> find();

    /** The file, fetched if need be; blocks. @throws ModelStoreException */
    public Path fetch(FetchProgress progress);
}
