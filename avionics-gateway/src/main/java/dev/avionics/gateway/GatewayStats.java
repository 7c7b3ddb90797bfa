package dev.avionics.gateway;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a gateway did since it was made.
 *
 * @param totalRequests calls that ended, well or not
 * @param totalTokens tokens of all attempts, prompts included
 * @param totalCostUsd what all attempts with a known price cost, exactly
 * @param unpriced attempts whose price nobody knows
 * @param failures calls that failed
 * @param cancelled calls that were given up
 * @param fallbacks calls that were answered by another target than their first
 * @param cached calls that were answered from a cache, or by the call of somebody else
 * @param byProvider the same by provider
 */
public record GatewayStats(
        long totalRequests,
        long totalTokens,
        BigDecimal totalCostUsd,
        long unpriced,
        long failures,
        long cancelled,
        long fallbacks,
        long cached,
        Map<String, ByProvider> byProvider) {
    /**
     * The part of one provider.
     *
     * @param requests answers that it gave
     * @param failures attempts that failed
     * @param tokens tokens of all its attempts
     * @param costUsd what those with a known price cost, exactly
     * @param avgLatencyMs of its answers, from the start of the attempt; 0 if there is none
     */
    public record ByProvider(long requests, long failures, long tokens, BigDecimal costUsd, double avgLatencyMs) {
        /** The fields by their names in snake case. */
        public Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("requests", requests);
            map.put("failures", failures);
            map.put("tokens", tokens);
            map.put("cost_usd", rounded(costUsd));
            map.put("avg_latency_ms", avgLatencyMs);
            return Collections.unmodifiableMap(map);
        }
    }

    public GatewayStats {
        byProvider = Collections.unmodifiableMap(new LinkedHashMap<>(byProvider));
    }

    private static BigDecimal rounded(BigDecimal usd) {
        return usd.setScale(6, RoundingMode.HALF_UP);
    }

    /** The fields by their names in snake case, amounts with six decimals. */
    public Map<String, Object> toMap() {
        Map<String, Object> providers = new LinkedHashMap<>();
        byProvider.forEach((name, part) -> providers.put(name, part.toMap()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("total_requests", totalRequests);
        map.put("total_tokens", totalTokens);
        map.put("total_cost_usd", rounded(totalCostUsd));
        map.put("unpriced", unpriced);
        map.put("failures", failures);
        map.put("cancelled", cancelled);
        map.put("fallbacks", fallbacks);
        map.put("cached", cached);
        map.put("by_provider", providers);
        return Collections.unmodifiableMap(map);
    }
}
