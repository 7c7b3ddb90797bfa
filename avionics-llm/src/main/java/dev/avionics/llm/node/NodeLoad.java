package dev.avionics.llm.node;

import dev.avionics.airframe.Airframe;
import java.util.concurrent.CompletableFuture;

/**
 * A node's own word for its load, where others send it calls, too: read about every second of a node in use. Thread-safe; must
 * not block.
 */
@FunctionalInterface
public interface NodeLoad {
    /**
     * Calls that are with a node, whoever sent them.
     *
     * @param running calls that it answers, at least 0
     * @param waiting calls that wait there, at least 0
     * @param kvUsage the share of its memory for prompts that running calls take, from 0 to 1; 0 if it does not tell
     */
    record Reading(int running, int waiting, double kvUsage) {
        /** No calls. */
        public static final Reading NONE = new Reading(0, 0);

        public Reading {
            if (running < 0) {
                throw new IllegalArgumentException("running: " + running + " (expected: >= 0)");
            }
            if (waiting < 0) {
                throw new IllegalArgumentException("waiting: " + waiting + " (expected: >= 0)");
            }
            if (!(kvUsage >= 0 && kvUsage <= 1)) {
                throw new IllegalArgumentException("kvUsage: " + kvUsage + " (expected: 0 to 1)");
            }
        }

        /** Calls of a node that does not tell of its memory. */
        public Reading(int running, int waiting) {
            this(running, waiting, 0);
        }
    }

    /**
     * Reads it once; cancelling the future gives the question up. A first failure leaves the last reading in force; from the
     * second one in a row on, there are no calls of others.
     */
    CompletableFuture<Reading> read(InferenceNode node);

    /** Asks nobody: all calls come from here. */
    static NodeLoad none() {
        return node -> CompletableFuture.completedFuture(Reading.NONE);
    }

    /**
     * Asks as a node's metadata {@code load} says: {@code slots} is llama-server's {@code GET /slots}, or its
     * {@code GET /metrics} if the slots are off; {@code metrics} is {@code GET /metrics} of vLLM or llama-server; {@code off} asks
     * nothing. Where it says nothing, llama-servers are asked for their slots, endpoints whose api type or metadata
     * {@code dialect} is {@code vllm} for their metrics, and others for nothing.
     *
     * @param airframe stays its owner's
     */
    static NodeLoad through(Airframe airframe) {
        return new ServedLoad(airframe);
    }
}
