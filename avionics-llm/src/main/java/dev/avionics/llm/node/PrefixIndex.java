package dev.avionics.llm.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which node holds which beginning of which prompt, as far as it follows from what was sent where. Nodes are numbers from 0.
 * Bounded: each node has so many blocks, of which the least recently used goes first, and of each block eight nodes are known.
 * Thread-safe.
 */
final class PrefixIndex {
    /** Every fourth block is looked up by node; the others are only counted. */
    private static final int STRIDE = 4;

    private static final int MOST_LEVELS = 8;

    private final int blocksPerNode;
    private final List<@Nullable BlockSet> nodes = new ArrayList<>();
    private final Holders holders = new Holders();

    PrefixIndex(int blocksPerNode) {
        this.blocksPerNode = blocksPerNode;
    }

    /**
     * A prompt was sent to a node.
     *
     * @return how many of its blocks the node held before, counted from its beginning
     */
    synchronized int sent(int node, PrefixBlocks prefix) {
        BlockSet set = set(node);
        int held = set.matched(prefix);
        // From the end, so that of one prompt the end goes first.
        for (int i = Math.min(prefix.count(), blocksPerNode) - 1; i >= 0; i--) {
            long hash = prefix.hash(i);
            boolean listed = i % STRIDE == STRIDE - 1;
            if (!set.use(hash)) {
                if (set.isFull()) {
                    removeOldest(set, node);
                }
                set.add(hash, listed);
            }
            if (listed) {
                holders.add(hash, node);
            }
        }
        return held;
    }

    private void removeOldest(BlockSet set, int node) {
        if (set.isOldestListed()) {
            holders.remove(set.oldest(), node);
        }
        set.removeOldest();
    }

    private BlockSet set(int node) {
        while (nodes.size() <= node) {
            nodes.add(null);
        }
        BlockSet set = nodes.get(node);
        if (set == null) {
            set = new BlockSet(blocksPerNode);
            nodes.set(node, set);
        }
        return set;
    }

    /** A node lost what it held. */
    synchronized void forget(int node) {
        BlockSet set = node < nodes.size() ? nodes.get(node) : null;
        if (set != null) {
            while (set.size() > 0) {
                removeOldest(set, node);
            }
            nodes.set(node, null);
        }
    }

    /** How many blocks of a prompt a node holds, counted from its beginning. */
    synchronized int matched(int node, PrefixBlocks prefix) {
        BlockSet set = node < nodes.size() ? nodes.get(node) : null;
        return set == null ? 0 : set.matched(prefix);
    }

    /**
     * Nodes that hold a prompt's beginning, those that hold more of it first.
     *
     * @param found filled with their numbers, each once
     * @param blocks filled with how many blocks they hold at least
     * @return how many were found
     */
    synchronized int holders(PrefixBlocks prefix, int[] found, int[] blocks) {
        int deepest = deepest(prefix, prefix.count() / STRIDE);
        int count = 0;
        for (int look = 0; look < MOST_LEVELS && count < found.length; look++) {
            // The farther from the end, the larger the steps; the last look is at the very beginning.
            int back = look == 0 ? 0 : 1 << (look - 1);
            int level = look == MOST_LEVELS - 1 ? Math.min(1, deepest) : deepest - back;
            if (level < 1) {
                continue;
            }
            int before = count;
            count = collect(prefix.hash(level * STRIDE - 1), found, count);
            Arrays.fill(blocks, before, count, level * STRIDE);
        }
        return count;
    }

    private int deepest(PrefixBlocks prefix, int levels) {
        int low = 0;
        int high = levels;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (holders.find(prefix.hash(middle * STRIDE - 1)) >= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int collect(long hash, int[] found, int before) {
        int count = before;
        int from = holders.find(hash);
        for (int i = 0; from >= 0 && i < Holders.MOST && count < found.length; i++) {
            int node = holders.at(from + i);
            if (node < 0) {
                break;
            }
            boolean known = false;
            for (int j = 0; j < count && !known; j++) {
                known = found[j] == node;
            }
            if (!known) {
                found[count++] = node;
            }
        }
        return count;
    }

    /** Blocks that are looked up by node, for diagnostics. */
    synchronized int size() {
        return holders.size();
    }
}
