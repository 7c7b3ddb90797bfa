package dev.avionics.benchmarks.routing;

import java.util.Arrays;
import java.util.List;

/** What was measured of one run. */
final class Figures {
    private final long[] queueing;
    private final long[] firstToken;
    private int count;
    private long blocks;
    private long cached;
    private double imbalance;
    private final long[] decisionNanos;
    private int decisions;
    private long notedNanos;

    Figures(int calls) {
        queueing = new long[calls];
        firstToken = new long[calls];
        decisionNanos = new long[calls];
    }

    void add(long queued, long untilFirstToken, int promptBlocks, int cachedBlocks) {
        if (count < queueing.length) {
            queueing[count] = queued;
            firstToken[count++] = untilFirstToken;
            blocks += promptBlocks;
            cached += cachedBlocks;
        }
    }

    void decided(long nanos) {
        if (decisions < decisionNanos.length) {
            decisionNanos[decisions++] = nanos;
        }
    }

    void noted(long nanos) {
        notedNanos += nanos;
    }

    /** Takes what is known at the end, and sorts. */
    void close(List<SimulatedNode> nodes) {
        Arrays.sort(queueing, 0, count);
        Arrays.sort(firstToken, 0, count);
        double[] busy = nodes.stream()
                .filter(node -> node.alive)
                .mapToDouble(node -> node.busyNanos)
                .toArray();
        imbalance = Arrays.stream(busy).max().orElse(0)
                / Arrays.stream(busy).average().orElse(1);
        Arrays.sort(decisionNanos, 0, decisions);
    }

    /** The share of prompt blocks that the nodes held. */
    double hitShare() {
        return (double) cached / blocks;
    }

    double queueingSeconds(double share) {
        return at(queueing, share);
    }

    double firstTokenSeconds(double share) {
        return at(firstToken, share);
    }

    private double at(long[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)] / 1e9;
    }

    /** What the busiest node had to do, for each that an average one had. */
    double imbalance() {
        return imbalance;
    }

    /** What a decision took on average, in real time. */
    double decisionMicros() {
        return Arrays.stream(decisionNanos, 0, decisions).average().orElse(0) / 1e3;
    }

    /** What half of the decisions took at most, in real time. */
    double medianDecisionMicros() {
        return decisionNanos[decisions / 2] / 1e3;
    }

    /** What it took on average to note that a call was sent, in real time. */
    double noteMicros() {
        return notedNanos / 1e3 / decisions;
    }
}
