package dev.avionics.benchmarks.routing;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Numbers from 0, the n-th of them with a chance that falls as 1 / n. */
final class Zipf {
    private final double[] sums;

    Zipf(int count) {
        sums = new double[Math.max(1, count)];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
    }

    int next(SplittableRandom random) {
        int at = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
        return Math.min(sums.length - 1, at < 0 ? -at - 1 : at);
    }
}
