package dev.avionics.llm.node;

import java.util.ArrayList;
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

    private static final int MOST_LEVELS = 12;

    private final int blocksPerNode;
    private final List<@Nullable BlockSet> nodes = new ArrayList<>();
    private final Holders holders = new Holders();

    PrefixIndex(int blocksPerNode) {
        this.blocksPerNode = blocksPerNode;
    }

    /** A prompt was sent to a node. */
    synchronized void sent(int node, PrefixBlocks prefix) {
        BlockSet set = set(node);
        // From the end, so that of one prompt the end goes first.
        for (int i = Math.min(prefix.count(), blocksPerNode) - 1; i >= 0; i--) {
            long hash = prefix.hash(i);
            if (!set.contains(hash) && set.isFull()) {
                holders.remove(set.oldest(), node);
                set.removeOldest();
            }
            set.use(hash);
            if (i % STRIDE == STRIDE - 1) {
                holders.add(hash, node);
            }
        }
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
                holders.remove(set.oldest(), node);
                set.removeOldest();
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
     * @return how many were found
     */
    synchronized int holders(PrefixBlocks prefix, int[] found) {
        int levels = prefix.count() / STRIDE;
        int deepest = deepest(prefix, levels);
        int count = 0;
        int step = 1;
        int level = deepest;
        for (int looks = 0; level >= 1 && count < found.length && looks < MOST_LEVELS; looks++) {
            count = collect(prefix.hash(level * STRIDE - 1), found, count);
            // The farther from the end, the larger the steps; the first level is looked at in any case.
            int next = level - step;
            level = next < 1 && level > 1 ? 1 : next;
            step = looks < 2 ? 1 : step * 2;
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
