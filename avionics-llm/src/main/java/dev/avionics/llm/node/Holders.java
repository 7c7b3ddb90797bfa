package dev.avionics.llm.node;

import java.util.Arrays;

/** Which nodes hold a block: the last eight that were sent it. Not thread-safe. */
final class Holders {
    /** The most nodes that are known of one block. */
    static final int MOST = 8;

    // Open addressing; 0 is a free place.
    private long[] hashes = new long[64];
    // A place has MOST nodes, the one told last first, each as its number and one; 0 is none.
    private int[] nodes = new int[64 * MOST];
    private int size;

    int size() {
        return size;
    }

    /** Where a block's nodes begin in {@link #at}, or -1 if there are none. */
    int find(long hash) {
        int place = place(key(hash));
        return hashes[place] == 0 ? -1 : place * MOST;
    }

    /** The node at an index from {@link #find} on, or -1 if there is none, nor one after it of the block. */
    int at(int index) {
        return nodes[index] - 1;
    }

    /** Makes a node the first of a block. */
    void add(long hash, int node) {
        long key = key(hash);
        int place = place(key);
        if (hashes[place] == 0) {
            if (++size * 2 > hashes.length) {
                grow();
                place = place(key);
            }
            hashes[place] = key;
        }
        int from = place * MOST;
        int at = from;
        while (at < from + MOST - 1 && nodes[at] != 0 && nodes[at] != node + 1) {
            at++;
        }
        System.arraycopy(nodes, from, nodes, from + 1, at - from);
        nodes[from] = node + 1;
    }

    /** Takes a node out, if it is there. */
    void remove(long hash, int node) {
        int place = place(key(hash));
        if (hashes[place] == 0) {
            return;
        }
        int from = place * MOST;
        int end = from + MOST;
        for (int at = from; at < end; at++) {
            if (nodes[at] == node + 1) {
                System.arraycopy(nodes, at + 1, nodes, at, end - at - 1);
                nodes[end - 1] = 0;
                break;
            }
        }
        if (nodes[from] == 0) {
            free(place);
        }
    }

    private static long key(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private int place(long key) {
        int mask = hashes.length - 1;
        int at = (int) (key ^ (key >>> 32)) & mask;
        while (hashes[at] != 0 && hashes[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void free(int place) {
        size--;
        int mask = hashes.length - 1;
        int hole = place;
        int at = place;
        while (true) {
            at = (at + 1) & mask;
            if (hashes[at] == 0) {
                break;
            }
            int home = (int) (hashes[at] ^ (hashes[at] >>> 32)) & mask;
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                hashes[hole] = hashes[at];
                System.arraycopy(nodes, at * MOST, nodes, hole * MOST, MOST);
                hole = at;
            }
        }
        hashes[hole] = 0;
        Arrays.fill(nodes, hole * MOST, hole * MOST + MOST, 0);
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldNodes = nodes;
        hashes = new long[oldHashes.length * 2];
        nodes = new int[oldNodes.length * 2];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != 0) {
                int place = place(oldHashes[i]);
                hashes[place] = oldHashes[i];
                System.arraycopy(oldNodes, i * MOST, nodes, place * MOST, MOST);
            }
        }
    }
}
