package dev.avionics.llm.model;

/** Is told how far a fetch has come. */
@FunctionalInterface
public interface FetchProgress {
    /** Watches nothing. */
    FetchProgress NONE = (bytes, total, source) -> {};

    /**
     * @param bytes how many are there; starts over when another source is tried
     * @param total how many there will be
     * @param source where from, in words for people
     */
    void update(long bytes, long total, String source);
}
