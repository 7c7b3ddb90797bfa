package dev.avionics.airframe.http;

import dev.avionics.airframe.RateLimitInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what backends say of their limits in headers: {@code x-ratelimit-…} as OpenAI and its family have them, and
 * {@code anthropic-ratelimit-…}.
 */
public final class RateLimitHeaders {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,15})?)(ms|us|µs|ns|d|h|m|s)");
    private static final Pattern PLAIN_NUMBER = Pattern.compile("\\d{1,15}(?:\\.\\d{1,15})?");
    // Numbers above this are points in time, in seconds since 1970, not durations.
    private static final double EPOCH_SECONDS = 1e9;
    private static final double EPOCH_MILLIS = 1e12;

    // Without a word for what is counted, requests are. Of Mistral's limits those of the minute are the ones that are
    // met.
    private static final Names REQUESTS = Names.of(field -> List.of(
            "x-ratelimit-" + field + "-requests",
            "anthropic-ratelimit-requests-" + field,
            "x-ratelimit-" + field + "-req-minute",
            "x-ratelimit-" + field + "-requests-minute",
            "x-ratelimit-" + field));
    private static final Names TOKENS = Names.of(field -> List.of(
            "x-ratelimit-" + field + "-tokens",
            "anthropic-ratelimit-tokens-" + field,
            "x-ratelimit-" + field + "-tokens-minute",
            "anthropic-ratelimit-input-tokens-" + field));

    private RateLimitHeaders() {}

    /**
     * The limits that an answer's head tells; {@link RateLimitInfo#none()} if none.
     *
     * @param head the answer's head
     * @param now the time, for limits that name a point in time
     */
    public static RateLimitInfo of(HttpHead head, Instant now) {
        Map<String, String> limits = null;
        for (Map.Entry<String, String> header : head.headers().entrySet()) {
            if (header.getKey().contains("ratelimit")) {
                limits = limits == null ? new HashMap<>() : limits;
                limits.put(header.getKey(), header.getValue());
            }
        }
        if (limits == null) {
            return RateLimitInfo.none();
        }
        RateLimitInfo.Window requests = REQUESTS.read(limits, now);
        RateLimitInfo.Window tokens = TOKENS.read(limits, now);
        return new RateLimitInfo(requests, tokens, limits);
    }

    /** The headers of one limit; the first that is there holds. */
    private record Names(List<String> limit, List<String> remaining, List<String> reset) {
        static Names of(Function<String, List<String>> names) {
            return new Names(names.apply("limit"), names.apply("remaining"), names.apply("reset"));
        }

        RateLimitInfo.@Nullable Window read(Map<String, String> limits, Instant now) {
            Long most = number(first(limits, limit));
            Long left = number(first(limits, remaining));
            Duration wait = RateLimitHeaders.reset(first(limits, reset), now);
            return most == null && left == null && wait == null ? null : new RateLimitInfo.Window(most, left, wait);
        }

        private static @Nullable String first(Map<String, String> limits, List<String> names) {
            for (String name : names) {
                String value = limits.get(name);
                if (value != null) {
                    return value;
                }
            }
            return null;
        }
    }

    private static @Nullable Long number(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String value = text.strip();
        if (isDigits(value)) {
            return Long.parseLong(value);
        }
        return PLAIN_NUMBER.matcher(value).matches() ? (Long) (long) Double.parseDouble(value) : null;
    }

    /** Whether these are at most 15 digits and nothing else, as most limits are. */
    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 15;
    }

    private static @Nullable Duration reset(@Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        String value = text.strip();
        if (PLAIN_NUMBER.matcher(value).matches()) {
            double number = Double.parseDouble(value);
            if (number >= EPOCH_SECONDS) {
                long millis = (long) (number >= EPOCH_MILLIS ? number : number * 1000);
                return notNegative(Duration.between(now, Instant.ofEpochMilli(millis)));
            }
            return duration(value);
        }
        if (value.indexOf('T') > 0) {
            try {
                return notNegative(
                        Duration.between(now, OffsetDateTime.parse(value).toInstant()));
            } catch (DateTimeException noDate) {
                return null;
            }
        }
        return duration(value);
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /**
     * A duration as backends write it: {@code 6m0s}, {@code 20ms}, {@code 2m59.56s}, or a bare number of seconds; null for
     * anything else.
     */
    static @Nullable Duration duration(String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        if (PLAIN_NUMBER.matcher(value).matches()) {
            return seconds(Double.parseDouble(value));
        }
        Matcher part = DURATION_PART.matcher(value);
        double total = 0;
        int at = 0;
        while (at < value.length()) {
            if (value.charAt(at) == ' ' && at > 0) {
                at++;
                continue;
            }
            if (!part.find(at) || part.start() != at) {
                return null;
            }
            total += Double.parseDouble(part.group(1)) * unit(part.group(2));
            at = part.end();
        }
        return at == 0 ? null : seconds(total);
    }

    private static double unit(String name) {
        return switch (name) {
            case "d" -> 86400;
            case "h" -> 3600;
            case "m" -> 60;
            case "s" -> 1;
            case "ms" -> 1e-3;
            case "ns" -> 1e-9;
            default -> 1e-6;
        };
    }

    private static @Nullable Duration seconds(double seconds) {
        return seconds < 1e9 ? Duration.ofNanos(Math.round(seconds * 1e9)) : null;
    }
}
