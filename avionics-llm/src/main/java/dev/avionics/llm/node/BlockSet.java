package dev.avionics.llm.node;

import java.util.Arrays;

/** The blocks that one node is thought to hold: the last ones it was sent, up to a number. Not thread-safe. */
final class BlockSet {
    private static final int NONE = -1;

    private final int capacity;
    // Entries, linked from the one used last to the one used first.
    private long[] hashes = new long[16];
    private boolean[] listed = new boolean[16];
    private int[] newer = new int[16];
    private int[] older = new int[16];
    private int size;
    private int newest = NONE;
    private int oldest = NONE;
    // Open addressing over the entries; 0 is free, else the entry's number and one.
    private int[] table = new int[32];

    BlockSet(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    boolean contains(long hash) {
        return table[position(hash)] != 0;
    }

    /** How many blocks of a prompt are here, counted from its beginning. */
    int matched(PrefixBlocks prefix) {
        // A block was used whenever one after it was, and after that: if a block is here, so are all before it.
        int low = 0;
        int high = prefix.count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (contains(prefix.hash(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Makes a block the one used last; false if it is not here. */
    boolean use(long hash) {
        int at = position(hash);
        if (table[at] == 0) {
            return false;
        }
        int entry = table[at] - 1;
        if (entry != newest) {
            unlink(entry);
            link(entry);
        }
        return true;
    }

    /**
     * Adds a block that is not here, as the one used last. If the set is full, {@link #removeOldest} has to be called before.
     *
     * @param isListed a note that is kept with it
     */
    void add(long hash, boolean isListed) {
        if (size == hashes.length) {
            grow();
        }
        int entry = size++;
        hashes[entry] = hash;
        listed[entry] = isListed;
        table[position(hash)] = entry + 1;
        link(entry);
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** The block that was not used for longest; the set must not be empty. */
    long oldest() {
        return hashes[oldest];
    }

    /** The note that was kept with {@link #oldest()}. */
    boolean isOldestListed() {
        return listed[oldest];
    }

    /** Takes out {@link #oldest()}. */
    void removeOldest() {
        int gone = oldest;
        free(position(hashes[gone]));
        unlink(gone);
        int last = --size;
        if (gone != last) {
            // The last entry takes the place of the one that went.
            table[position(hashes[last])] = gone + 1;
            hashes[gone] = hashes[last];
            listed[gone] = listed[last];
            newer[gone] = newer[last];
            older[gone] = older[last];
            if (newer[gone] == NONE) {
                newest = gone;
            } else {
                older[newer[gone]] = gone;
            }
            if (older[gone] == NONE) {
                oldest = gone;
            } else {
                newer[older[gone]] = gone;
            }
        }
    }

    private void link(int entry) {
        newer[entry] = NONE;
        older[entry] = newest;
        if (newest == NONE) {
            oldest = entry;
        } else {
            newer[newest] = entry;
        }
        newest = entry;
    }

    private void unlink(int entry) {
        int before = newer[entry];
        int after = older[entry];
        if (before == NONE) {
            newest = after;
        } else {
            older[before] = after;
        }
        if (after == NONE) {
            oldest = before;
        } else {
            newer[after] = before;
        }
    }

    private int position(long hash) {
        int mask = table.length - 1;
        int at = (int) (hash ^ (hash >>> 32)) & mask;
        while (table[at] != 0 && hashes[table[at] - 1] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void free(int position) {
        int mask = table.length - 1;
        int hole = position;
        int at = position;
        while (true) {
            at = (at + 1) & mask;
            if (table[at] == 0) {
                break;
            }
            long hash = hashes[table[at] - 1];
            int home = (int) (hash ^ (hash >>> 32)) & mask;
            // An entry moves up unless its home lies behind the hole.
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                table[hole] = table[at];
                hole = at;
            }
        }
        table[hole] = 0;
    }

    private void grow() {
        int room = Math.min(capacity, hashes.length * 2);
        hashes = Arrays.copyOf(hashes, room);
        listed = Arrays.copyOf(listed, room);
        newer = Arrays.copyOf(newer, room);
        older = Arrays.copyOf(older, room);
        if (table.length < room * 2) {
            table = new int[Integer.highestOneBit(room * 2 - 1) * 2];
            for (int entry = 0; entry < size; entry++) {
                table[position(hashes[entry])] = entry + 1;
            }
        }
    }
}
