package dev.avionics.benchmarks.runner;

import java.util.List;
import java.util.Locale;

/**
 * Median, lowest and highest of some values.
 *
 * @param median the middle value, or the mean of the two in the middle
 * @param min the lowest
 * @param max the highest
 */
public record Spread(double median, double min, double max) {
    /** The spread of at least one value. */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: [] (expected: at least one)");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The three values with that many decimals. */
    public String text(int decimals) {
        String format = "%." + decimals + "f [%." + decimals + "f..%." + decimals + "f]";
        return String.format(Locale.ROOT, format, median, min, max);
    }
}
