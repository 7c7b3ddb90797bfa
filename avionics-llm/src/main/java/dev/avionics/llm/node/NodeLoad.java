package dev.avionics.llm.node;

import java.util.concurrent.CompletableFuture;

/**
 * A node's own word for its load, where others send it calls, too: read with each check of a node in use. Such as llama-server's
 * {@code /slots}, or the metrics of vLLM. Thread-safe; must not block.
 */
@FunctionalInterface
public interface NodeLoad {
    /**
     * Calls that are with a node, whoever sent them.
     *
     * @param running calls that it answers, at least 0
     * @param waiting calls that wait there, at least 0
     */
    record Reading(int running, int waiting) {
        public Reading {
            if (running < 0) {
                throw new IllegalArgumentException("running: " + running + " (expected: >= 0)");
            }
            if (waiting < 0) {
                throw new IllegalArgumentException("waiting: " + waiting + " (expected: >= 0)");
            }
        }
    }

    /** Reads it once; a failure counts as no calls of others. */
    CompletableFuture<Reading> read(InferenceNode node);
}
