package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a call goes, and why.
 *
 * @param node the node that was chosen, or null if there is none for the call
 * @param lastResort whether no node was fit, so that an ejected one has to do
 * @param candidates the nodes that were compared, the chosen one among them
 * @param exclusions the nodes that were not asked for a reason. Nodes that are in neither list were not looked at: of many that
 *     would do, only those that hold the prompt's beginning and some others at random are compared
 */
public record RoutingDecision(
        @Nullable InferenceNode node, boolean lastResort, List<Candidate> candidates, List<Exclusion> exclusions) {
    /**
     * A node that was compared. A free one comes before one whose calls would wait, then the lower score.
     *
     * @param node its name
     * @param cachedBlocks blocks of the prompt that it is thought to hold; may be some more
     * @param inFlight calls that are with it
     * @param load calls that are with it, for each that it answers at a time
     * @param free whether the call would not wait
     * @param prefillMillis what it takes to read the rest of the prompt, by the times to first tokens that were seen
     * @param loadMillis what other calls slow it down
     * @param queueMillis what the call would wait for others
     */
    public record Candidate(
            String node,
            int cachedBlocks,
            int inFlight,
            double load,
            boolean free,
            double prefillMillis,
            double loadMillis,
            double queueMillis) {
        public Candidate {
            requireNonNull(node, "node");
        }

        /** The time to the first token that is expected, in milliseconds; the lower the better. */
        public double score() {
            return prefillMillis + loadMillis + queueMillis;
        }
    }

    /** A node that was not compared, and why. */
    public record Exclusion(String node, String reason) {
        public Exclusion {
            requireNonNull(node, "node");
            requireNonNull(reason, "reason");
        }
    }

    public RoutingDecision {
        candidates = List.copyOf(candidates);
        exclusions = List.copyOf(exclusions);
    }

    /** The node that was chosen; empty if there is none for the call. */
    public Optional<InferenceNode> chosen() {
        return Optional.ofNullable(node);
    }

    /** In words, for people. */
    public String explanation() {
        List<String> words = new ArrayList<>();
        InferenceNode to = node;
        words.add(to == null ? "no node" : (lastResort ? "ejected, but the last resort: " : "") + to.name());
        for (Candidate each : candidates) {
            words.add(each.node() + ": " + each.cachedBlocks() + " blocks cached, " + each.inFlight() + " in flight, "
                    + Math.round(each.score()) + " ms expected");
        }
        for (Exclusion each : exclusions) {
            words.add(each.node() + ": " + each.reason());
        }
        return String.join("; ", words);
    }
}
