package dev.avionics.gateway.layer;

/**
 * How many attempts at once a target is found to take: one more after as many successes as there may be attempts, half as many, at
 * least one, at a sign that it was too much. Signs of attempts that began before the last halving say nothing new. Not thread-safe.
 */
final class AdaptiveLimit {
    private static final int FIRST = 64;
    private static final int MOST = 1024;

    private final int most;
    private int limit;
    private int running;
    private int successes;
    private int halvings;

    /** A limit that never goes beyond another one; 0 for none. */
    AdaptiveLimit(int most) {
        this.most = most == 0 ? MOST : most;
        limit = Math.min(FIRST, this.most);
    }

    boolean isFull() {
        return running >= limit;
    }

    int limit() {
        return limit;
    }

    /** An attempt begins; the number is given back at its end. */
    int begin() {
        running++;
        return halvings;
    }

    /** An attempt is over that tells nothing. */
    void end() {
        running--;
    }

    /** An attempt is over that was answered. */
    void succeeded() {
        running--;
        successes++;
        if (successes >= limit && limit < most) {
            limit++;
            successes = 0;
        }
    }

    /**
     * An attempt is over that was too much.
     *
     * @param begun what {@link #begin} gave
     */
    void tooMuch(int begun) {
        running--;
        if (begun == halvings) {
            halvings++;
            limit = Math.max(1, limit / 2);
            successes = 0;
        }
    }
}
