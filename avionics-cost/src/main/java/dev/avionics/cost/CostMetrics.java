package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one call took and what it cost.
 *
 * @param provider who was called
 * @param model which model
 * @param promptTokens tokens of the prompt, cached ones included, at least 0
 * @param completionTokens tokens of the answer, reasoning included, at least 0
 * @param totalTokens the sum of both
 * @param cost what it cost, exactly
 * @param timestamp when it was reckoned
 */
public record CostMetrics(
        String provider,
        String model,
        long promptTokens,
        long completionTokens,
        long totalTokens,
        Cost cost,
        Instant timestamp) {
    public CostMetrics {
        requireNonNull(provider, "provider");
        requireNonNull(model, "model");
        requireNonNull(cost, "cost");
        requireNonNull(timestamp, "timestamp");
        notNegative("promptTokens", promptTokens);
        notNegative("completionTokens", completionTokens);
        if (totalTokens != Math.addExact(promptTokens, completionTokens)) {
            throw new IllegalArgumentException("totalTokens: " + totalTokens + " (expected: the sum of " + promptTokens
                    + " and " + completionTokens + ")");
        }
    }

    static void notNegative(String name, long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException(name + ": " + tokens + " (expected: >= 0)");
        }
    }

    /** The cost in dollars with six decimals, 0 if it was free; empty if there is no price. */
    public Optional<BigDecimal> costUsd() {
        return cost.rounded();
    }

    /** Whether the price is known; true also for what is free. */
    public boolean priced() {
        return cost.isPriced();
    }

    /** How many tokens a dollar buys at this rate; 0 if it cost nothing, or nobody knows what. */
    public double tokensPerDollar() {
        return cost.usd().signum() == 0
                ? 0
                : BigDecimal.valueOf(totalTokens)
                        .divide(cost.usd(), MathContext.DECIMAL64)
                        .doubleValue();
    }

    /**
     * The fields under the names {@code provider}, {@code model}, {@code prompt_tokens}, {@code completion_tokens},
     * {@code total_tokens}, {@code cost_usd} (six decimals; null if unpriced), {@code priced}, {@code estimated} and
     * {@code timestamp} (ISO 8601, UTC), in this order.
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("provider", provider);
        map.put("model", model);
        map.put("prompt_tokens", promptTokens);
        map.put("completion_tokens", completionTokens);
        map.put("total_tokens", totalTokens);
        map.put("cost_usd", costUsd().orElse(null));
        map.put("priced", priced());
        map.put("estimated", cost.estimated());
        map.put("timestamp", timestamp.toString());
        return Collections.unmodifiableMap(map);
    }

    /** {@link #toMap} as JSON text. */
    public String toJson() {
        return new JsonWriter().value(toMap()).toString();
    }
}
