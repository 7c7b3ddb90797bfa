package dev.avionics.benchmarks.routing;

/** The blocks that a simulated node holds: the last ones that it used, up to a number. */
final class BlockCache {
    private static final int NONE = -1;

    private final long[] hashes;
    // A ring in the order of use; the entry after the last one is the one used first.
    private final int[] next;
    private final int[] previous;
    // Open addressing over the entries; 0 is free, else the entry's number and one.
    private final int[] table;
    private int size;
    private int newest = NONE;

    BlockCache(int capacity) {
        hashes = new long[capacity];
        next = new int[capacity];
        previous = new int[capacity];
        table = new int[Integer.highestOneBit(capacity) * 4];
    }

    boolean holds(long hash) {
        return table[place(hash)] != 0;
    }

    /** Makes a block the one used last, and adds it if it is not here. */
    void use(long hash) {
        int at = place(hash);
        int entry;
        if (table[at] != 0) {
            entry = table[at] - 1;
            if (entry == newest) {
                return;
            }
            unlink(entry);
        } else if (size < hashes.length) {
            entry = size++;
            hashes[entry] = hash;
            table[at] = entry + 1;
        } else {
            entry = next[newest];
            unlink(entry);
            free(place(hashes[entry]));
            hashes[entry] = hash;
            table[place(hash)] = entry + 1;
        }
        link(entry);
    }

    private void link(int entry) {
        if (newest == NONE) {
            next[entry] = entry;
            previous[entry] = entry;
        } else {
            int oldest = next[newest];
            next[newest] = entry;
            previous[entry] = newest;
            next[entry] = oldest;
            previous[oldest] = entry;
        }
        newest = entry;
    }

    private void unlink(int entry) {
        next[previous[entry]] = next[entry];
        previous[next[entry]] = previous[entry];
    }

    private int place(long hash) {
        int mask = table.length - 1;
        int at = (int) (hash ^ (hash >>> 32)) & mask;
        while (table[at] != 0 && hashes[table[at] - 1] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void free(int place) {
        int mask = table.length - 1;
        int hole = place;
        int at = (place + 1) & mask;
        while (table[at] != 0) {
            long hash = hashes[table[at] - 1];
            int home = (int) (hash ^ (hash >>> 32)) & mask;
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                table[hole] = table[at];
                hole = at;
            }
            at = (at + 1) & mask;
        }
        table[hole] = 0;
    }
}
