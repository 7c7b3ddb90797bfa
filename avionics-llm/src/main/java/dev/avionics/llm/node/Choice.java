package dev.avionics.llm.node;

import dev.avionics.airframe.call.RandomSource;
import dev.avionics.llm.node.RoutingDecision.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The comparison of candidates for one call. Used once, by one thread. */
final class Choice {
    /** A group of so few is compared as a whole. */
    private static final int FEW = 4;

    /** So many nodes are drawn at most until one is free that holds nothing of the prompt. */
    private static final int MOST_DRAWS = 32;

    private static final int MOST_HOLDERS = 8;

    /** In place of how many blocks a node holds: not known yet. */
    private static final int ASK = -1;

    /** What is read of any prompt, in blocks, such as the template; keeps times apart that no block explains. */
    static final double BASE_BLOCKS = 4;

    /** What a node with all its places taken loses by that, in blocks that could be read meanwhile. */
    private static final double LOAD_BLOCKS = 8;

    private final PrefixIndex index;
    private final RandomSource random;
    private final PrefixBlocks prefix;
    private final Set<String> tried;
    private final double othersPace;
    private final double othersDuration;
    private final long now;
    private final List<Candidate> candidates = new ArrayList<>(MOST_HOLDERS + 2);
    private final List<NodeState> compared = new ArrayList<>(MOST_HOLDERS + 2);
    private final int[] holders = new int[MOST_HOLDERS];
    private final int[] heldBlocks = new int[MOST_HOLDERS];
    private int holderCount = -1;
    private @Nullable NodeState best;
    private @Nullable Candidate bestCandidate;

    Choice(
            PrefixIndex index,
            RandomSource random,
            PrefixBlocks prefix,
            Set<String> tried,
            double othersPace,
            double othersDuration,
            long now) {
        this.index = index;
        this.random = random;
        this.prefix = prefix;
        this.tried = tried;
        this.othersPace = othersPace;
        this.othersDuration = othersDuration;
        this.now = now;
    }

    /** Compares nodes of a group with those compared before. */
    void among(NodePool.Group group) {
        NodeState[] nodes = group.nodes;
        if (nodes.length == 0) {
            return;
        }
        if (nodes.length <= FEW) {
            int first = draw(nodes.length);
            for (int i = 0; i < nodes.length; i++) {
                compare(nodes[(first + i) % nodes.length], ASK);
            }
            return;
        }
        if (holderCount < 0) {
            holderCount = index.holders(prefix, holders, heldBlocks);
        }
        for (int i = 0; i < holderCount; i++) {
            NodeState holder = group.numbered(holders[i]);
            if (holder != null) {
                compare(holder, heldBlocks[i]);
            }
        }
        int drawn = 0;
        for (int i = 0; i < MOST_DRAWS && (drawn < 2 || !foundFree()); i++) {
            NodeState state = nodes[draw(nodes.length)];
            if (drawn < 2 || state.isFree()) {
                drawn += compare(state, ASK) ? 1 : 0;
            }
        }
    }

    private int draw(int bound) {
        return Math.min(bound - 1, (int) (random.nextDouble() * bound));
    }

    private boolean compare(NodeState state, int held) {
        InferenceNode node = state.node;
        if (compared.contains(state) || (!tried.isEmpty() && tried.contains(node.name()))) {
            return false;
        }
        int cached = held == ASK ? index.matched(state.number, prefix) : held;
        Candidate candidate = candidate(state, node, cached);
        compared.add(state);
        candidates.add(candidate);
        Candidate leader = bestCandidate;
        if (leader == null || isBetter(candidate, leader)) {
            best = state;
            bestCandidate = candidate;
        }
        return true;
    }

    private static boolean isBetter(Candidate one, Candidate other) {
        return one.free() != other.free() ? one.free() : one.score() < other.score();
    }

    private Candidate candidate(NodeState state, InferenceNode node, int cached) {
        int calls = state.calls();
        int parallel = node.maxParallel();
        double pace = state.pace(othersPace, now) / 1e6;
        double load = (double) calls / parallel;
        int waiting = Math.max(0, calls + 1 - parallel);
        return new Candidate(
                node.name(),
                cached,
                calls,
                load,
                waiting == 0 && !state.isMemoryFull(),
                (prefix.count() - cached + BASE_BLOCKS) * pace,
                Math.min(1, load) * LOAD_BLOCKS * pace,
                waiting * state.duration(othersDuration) / 1e6 / parallel);
    }

    boolean foundFree() {
        Candidate leader = bestCandidate;
        return leader != null && leader.free();
    }

    @Nullable
    NodeState best() {
        return best;
    }

    List<Candidate> candidates() {
        return candidates;
    }
}
