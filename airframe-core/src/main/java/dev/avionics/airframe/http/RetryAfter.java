package dev.avionics.airframe.http;

import dev.avionics.airframe.RateLimitInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a backend asks to wait, in all the ways that they say it. */
final class RetryAfter {
    /** A longer wait is taken for a mistake. */
    private static final Duration ABSURD = Duration.ofDays(31);

    private static final Pattern SENTENCE = Pattern.compile(
            "(?i)\\b(?:try again|retry|wait)(?: in| after| for)? ((?:\\d+(?:\\.\\d+)?(?:ms|[hms]) ?){1,4})(?![a-z])");

    private RetryAfter() {}

    /** The wait that the headers ask for; null if none does. */
    static @Nullable Duration ofHeaders(HttpHead head, Instant now) {
        Duration millis = number(head.header("retry-after-ms"), 1e-3);
        if (millis != null) {
            return millis;
        }
        Duration seconds = number(head.header("retry-after"), 1);
        return seconds != null ? seconds : date(head, now);
    }

    /** The wait that the body names: Google's {@code retryDelay}, or a sentence; null if there is none. */
    static @Nullable Duration ofBody(ErrorDetails details) {
        for (String delay : details.texts("retryDelay")) {
            Duration wait = sane(RateLimitHeaders.duration(delay));
            if (wait != null) {
                return wait;
            }
        }
        Matcher sentence = SENTENCE.matcher(details.message());
        return sentence.find() ? sane(RateLimitHeaders.duration(sentence.group(1))) : null;
    }

    /** The wait until the limits that are used up are full again; null if none is. */
    static @Nullable Duration ofLimits(RateLimitInfo limits) {
        Duration requests = ifUsedUp(limits.requests());
        Duration tokens = ifUsedUp(limits.tokens());
        if (requests == null || tokens == null) {
            return requests == null ? tokens : requests;
        }
        return requests.compareTo(tokens) > 0 ? requests : tokens;
    }

    private static @Nullable Duration ifUsedUp(RateLimitInfo.@Nullable Window window) {
        Long remaining = window == null ? null : window.remaining();
        return window != null && remaining != null && remaining == 0 ? sane(window.reset()) : null;
    }

    /** A wait if it is above zero and believable. */
    static @Nullable Duration sane(@Nullable Duration wait) {
        return wait == null || wait.isNegative() || wait.isZero() || wait.compareTo(ABSURD) > 0 ? null : wait;
    }

    private static @Nullable Duration number(Optional<String> header, double unitSeconds) {
        if (header.isEmpty()) {
            return null;
        }
        String text = header.get().strip();
        if (!text.matches("\\d{1,15}(\\.\\d{0,15})?|\\.\\d{1,15}")) {
            return null;
        }
        double seconds = Double.parseDouble(text) * unitSeconds;
        return seconds > ABSURD.toSeconds() ? null : sane(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    private static @Nullable Duration date(HttpHead head, Instant now) {
        Instant when = instant(head.header("retry-after"));
        if (when == null) {
            return null;
        }
        // The backend's own clock, if it shows it, makes up for ours.
        Instant theirs = instant(head.header("date"));
        return sane(Duration.between(theirs == null ? now : theirs, when));
    }

    private static @Nullable Instant instant(Optional<String> header) {
        if (header.isEmpty()) {
            return null;
        }
        try {
            return ZonedDateTime.parse(header.get().strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException notADate) {
            return null;
        }
    }
}
