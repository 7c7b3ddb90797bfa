package dev.avionics.airframe;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a backend said of its limits with an answer or an error. Unknown stays null.
 *
 * @param requests the limit on requests, or null
 * @param tokens the limit on tokens, or null
 * @param headers the headers it was read from, lower-case names, for limits that have no field here
 */
public record RateLimitInfo(
        @Nullable Window requests, @Nullable Window tokens, Map<String, String> headers) {
    private static final RateLimitInfo NONE = new RateLimitInfo(null, null, Map.of());

    /**
     * One limit.
     *
     * @param limit how many in all, or null
     * @param remaining how many are left, or null
     * @param reset how long until it is full again, or null
     */
    public record Window(
            @Nullable Long limit,
            @Nullable Long remaining,
            @Nullable Duration reset) {}

    public RateLimitInfo {
        headers = Map.copyOf(headers);
    }

    /** The backend said nothing. */
    public static RateLimitInfo none() {
        return NONE;
    }

    /** The limit on requests, if the backend told one. */
    public Optional<Window> requestLimit() {
        return Optional.ofNullable(requests);
    }

    /** The limit on tokens, if the backend told one. */
    public Optional<Window> tokenLimit() {
        return Optional.ofNullable(tokens);
    }
}
