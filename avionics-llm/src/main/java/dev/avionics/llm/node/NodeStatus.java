package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a node is, as far as the router goes by it.
 *
 * @param node its name
 * @param state whether it gets calls
 * @param reason why it gets none; empty if it does
 * @param inFlight calls that are with it now
 * @param others calls that others sent it, as it told last; see {@link NodeLoad}
 * @param kvUsage the share of its memory for prompts that is taken, from 0 to 1, as it told last; 0 if it does not tell
 * @param timeToFirstToken what its calls took lately until the first token, weighted; zero if it had none yet
 */
public record NodeStatus(
        String node, State state, String reason, int inFlight, int others, double kvUsage, Duration timeToFirstToken) {
    /** Whether a node gets calls. */
    public enum State {
        /** It gets calls. */
        FIT,
        /** It failed, and gets none for some time, unless there is no other node. */
        EJECTED,
        /** Somebody marked it sick: it gets none until it is marked healthy. */
        MARKED_SICK
    }

    public NodeStatus {
        requireNonNull(node, "node");
        requireNonNull(state, "state");
        requireNonNull(reason, "reason");
        requireNonNull(timeToFirstToken, "timeToFirstToken");
    }
}
