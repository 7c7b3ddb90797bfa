package dev.avionics.llm.model;

/** Is told how far a fetch has come. */
@FunctionalInterface
public interface FetchProgress {
    /** Watches nothing. */
    FetchProgress NONE = (bytes, total, source) -> {};

    /**
     * How far it is; told often.
     *
     * @param bytes how many are there; less than before when another source begins
     * @param total how many there will be
     * @param source where they come from, in words for people
     */
    void update(long bytes, long total, String source);
}
