package dev.avionics.cost;

/** {@link CostCalculator#shared} in one word. */
public final class Costs {
    private Costs() {}

    /** As {@link CostCalculator#calculate(String, String, long, long)} of the shared calculator. */
    public static CostMetrics calculate(String provider, String model, long promptTokens, long completionTokens) {
        return CostCalculator.shared().calculate(provider, model, promptTokens, completionTokens);
    }
}
