package dev.avionics.llm.node;

/** An average in which what came last weighs most. Thread-safe. */
final class Average {
    private final double weight;
    private volatile double value;

    /**
     * An average without a value.
     *
     * @param weight what the latest one counts, from 0 to 1
     */
    Average(double weight) {
        this(weight, 0);
    }

    Average(double weight, double value) {
        this.weight = weight;
        this.value = value;
    }

    /** Takes one more value, more than 0. */
    synchronized void add(double one) {
        double before = value;
        value = before == 0 ? one : before + weight * (one - before);
    }

    /** The average, or 0 if there is none yet. */
    double value() {
        return value;
    }

    /** The average, or something else if there is none yet. */
    double or(double otherwise) {
        double now = value;
        return now == 0 ? otherwise : now;
    }
}
