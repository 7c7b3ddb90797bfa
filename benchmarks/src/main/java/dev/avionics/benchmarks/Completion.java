package dev.avionics.benchmarks;

/** Receives the end of one call and checks it against the pinned answer. Safe to call from any thread. */
public interface Completion {
    /**
     * The answer was read.
     *
     * @param textLength UTF-16 units of text, summed over the pieces as they arrived
     * @param inputTokens prompt tokens reported by the backend
     * @param outputTokens completion tokens reported by the backend
     * @param stopped whether the finish reason was {@code stop}
     */
    void read(int textLength, int inputTokens, int outputTokens, boolean stopped);

    /** The answer was received and not looked at; {@code bytes} is the size of its body without transfer framing. */
    void received(int bytes);

    /** The call failed; the run ends with this cause. */
    void failed(Throwable cause);
}
