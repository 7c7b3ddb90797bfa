package dev.avionics.gateway.layer;

import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is known of how much one target takes: from its own words, and from how attempts went. Thread-safe. */
final class TargetPace {
    /** A backend's word on when it takes calls again is believed for so long. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final Duration ASK_AGAIN = Duration.ofMillis(50);

    private final Ticker ticker;
    private final @Nullable AdaptiveLimit adaptive;
    private final Closing byRefusal = new Closing();
    private final Closing byRequests = new Closing();
    private final Closing byTokens = new Closing();
    /** Requests that it takes until {@link #byRequests} opens it again; negative if it told none. */
    private long requestsLeft = -1;

    /** Until when something keeps the target closed. */
    private static final class Closing {
        private boolean known;
        private long until;

        void until(long now, Duration time) {
            known = true;
            until = now + (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos();
        }

        void open() {
            known = false;
        }

        Duration left(long now) {
            known &= until - now > 0;
            return known ? Duration.ofNanos(until - now) : Duration.ZERO;
        }
    }

    TargetPace(Ticker ticker, @Nullable AdaptiveLimit adaptive) {
        this.ticker = ticker;
        this.adaptive = adaptive;
    }

    /** How long the target is known to take nothing; zero if it may take something. */
    synchronized Duration closedFor() {
        long now = ticker.nanoTime();
        Duration requests = byRequests.left(now);
        if (requests.isZero()) {
            requestsLeft = -1;
        }
        Duration wait = longer(byRefusal.left(now), byTokens.left(now));
        return requestsLeft == 0 ? longer(wait, requests) : wait;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Whether an attempt would begin at once. */
    synchronized boolean isOpen() {
        return closedFor().isZero() && (adaptive == null || !adaptive.isFull());
    }

    /** Begins an attempt, if it may. */
    synchronized Turn<Integer> begin() {
        Duration wait = closedFor();
        if (!wait.isZero()) {
            return Turn.notBefore(wait);
        }
        if (adaptive != null && adaptive.isFull()) {
            return Turn.notBefore(ASK_AGAIN);
        }
        if (requestsLeft > 0) {
            requestsLeft--;
        }
        return Turn.of(adaptive == null ? 0 : adaptive.begin());
    }

    /** The backend's own word on its limits; the last one holds. */
    synchronized void told(RateLimitInfo limits) {
        long now = ticker.nanoTime();
        RateLimitInfo.Window requests = limits.requests();
        if (requests != null && requests.remaining() != null && requests.reset() != null) {
            requestsLeft = Math.max(0, requests.remaining());
            byRequests.until(now, requests.reset());
        }
        RateLimitInfo.Window tokens = limits.tokens();
        if (tokens != null && tokens.remaining() != null && tokens.reset() != null) {
            if (tokens.remaining() <= 0) {
                byTokens.until(now, tokens.reset());
            } else {
                byTokens.open();
            }
        }
    }

    /** An attempt is over that the target answered. */
    synchronized void succeeded() {
        if (adaptive != null) {
            adaptive.succeeded();
        }
    }

    /** An attempt that had begun was not made. */
    synchronized void undone() {
        if (requestsLeft >= 0) {
            requestsLeft++;
        }
        ended();
    }

    /** An attempt is over without a word of the target. */
    synchronized void ended() {
        if (adaptive != null) {
            adaptive.end();
        }
    }

    /**
     * An attempt failed.
     *
     * @param begun what {@link #begin} gave
     */
    synchronized void failed(InferenceException why, int begun) {
        told(why.rateLimits());
        why.retryAfter().filter(wait -> isBusy(why)).ifPresent(wait -> byRefusal.until(ticker.nanoTime(), wait));
        if (adaptive != null) {
            if (isTooMuch(why)) {
                adaptive.tooMuch(begun);
            } else {
                adaptive.end();
            }
        }
    }

    private static boolean isBusy(InferenceException why) {
        boolean busy = why.category() == ErrorCategory.RATE_LIMITED || why.category() == ErrorCategory.OVERLOADED;
        return busy && why.origin() != ErrorOrigin.US;
    }

    private static boolean isTooMuch(InferenceException why) {
        boolean late = why.category() == ErrorCategory.TIMEOUT
                && !why.clock().orElse("").equals("total");
        return late || isBusy(why) || why.status().orElse(0) == 503;
    }
}
