package dev.avionics.gateway.limit;

import dev.avionics.gateway.state.Rate;

/**
 * How much goes through in a minute. Both fill up evenly, and as much as is allowed in a minute may go at once after a quiet one.
 *
 * @param requestsPerMinute 0 for no limit, at most {@link Rate#MAX}
 * @param tokensPerMinute input and output together; 0 for no limit, at most {@link Rate#MAX}
 */
public record RateLimits(long requestsPerMinute, long tokensPerMinute) {
    /** No limit. */
    public static final RateLimits UNLIMITED = new RateLimits(0, 0);

    public RateLimits {
        check("requestsPerMinute", requestsPerMinute);
        check("tokensPerMinute", tokensPerMinute);
    }

    static void check(String name, long value) {
        if (value < 0 || value > Rate.MAX) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + Rate.MAX + ")");
        }
    }

    /** So many requests a minute. */
    public static RateLimits requests(long perMinute) {
        return new RateLimits(perMinute, 0);
    }

    /** So many tokens a minute. */
    public static RateLimits tokens(long perMinute) {
        return new RateLimits(0, perMinute);
    }

    /** Whether there is any limit. */
    public boolean isLimited() {
        return requestsPerMinute > 0 || tokensPerMinute > 0;
    }
}
