package dev.avionics.benchmarks;

/**
 * One client under measurement, opened once per process.
 *
 * <p>The harness keeps a fixed number of calls in flight: each completion starts the next call. An asynchronous arm
 * is called again on the thread that completed its last call; a blocking arm gets one thread per call in flight.
 * An arm is thread-safe and keeps its connections alive between calls.
 */
public interface Arm extends AutoCloseable {
    /**
     * Makes one call and tells its end to {@code completion}, exactly once.
     *
     * @param completion where the result goes; a blocking arm tells it before it returns, an asynchronous arm later
     *     and never from inside this method
     */
    void call(Completion completion);

    /** Whether {@link #call} waits for the answer. */
    boolean blocking();

    /** Frees connections and threads. */
    @Override
    void close();
}
