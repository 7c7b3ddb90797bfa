package dev.avionics.gateway.layer;

import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.gateway.GatewayCall;
import java.time.Duration;

/**
 * How long a call may wait before its attempts begin, and the call with so much less time.
 *
 * @param call as it came
 * @param ticker measures the wait
 * @param began when it came, on that ticker
 */
record WaitBound(GatewayCall call, Ticker ticker, long began) {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    static WaitBound of(GatewayCall call, Ticker ticker) {
        return new WaitBound(call, ticker, ticker.nanoTime());
    }

    /** What the policy, the deadline and the call's own clock allow from now on; zero or less for nothing. */
    Duration longest(Duration byPolicy) {
        CallContext context = call.context();
        Duration longest = byPolicy.minus(waited());
        Duration total = context.timeouts().total();
        if (total != null && total.minus(waited()).compareTo(longest) < 0) {
            longest = total.minus(waited());
        }
        Deadline deadline = context.deadline();
        return deadline != null && deadline.remaining().compareTo(longest) < 0 ? deadline.remaining() : longest;
    }

    private Duration waited() {
        return Duration.ofNanos(Math.max(0, ticker.nanoTime() - began));
    }

    /** The call as it goes on: what it waited is taken off the clock that its caller set. */
    GatewayCall waitedCall() {
        Duration total = call.context().timeouts().total();
        Duration waited = waited();
        if (total == null || waited.isZero()) {
            return call;
        }
        Duration left = total.minus(waited);
        return call.with(call.context().withTotal(left.compareTo(SHORTEST) < 0 ? SHORTEST : left));
    }
}
