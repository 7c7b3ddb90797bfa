package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one logical call, whatever the number of its attempts. Immutable; passed along explicitly, never by
 * thread.
 *
 * @param callId unique; also the seed of generated tool-call ids
 * @param timeouts clocks that the caller wants otherwise than endpoint and protocol say
 * @param deadline the moment by which the call must have ended, or null before one was set
 * @param observer is told what happens inside; what it throws is logged
 * @param delivery on which thread events reach the user
 * @param rawFrames whether frames of the wire are events too
 * @param lenientFrames whether malformed frames are left out and counted instead of ending the answer
 * @param attributes what layers pass along, such as the agent's name
 * @param headers sent with every HTTP request that is made for the call, such as {@code traceparent}; an endpoint's own headers
 *     and its credential win over them. Backends without HTTP leave them out
 */
public record CallContext(
        String callId,
        Timeouts.Override timeouts,
        @Nullable Deadline deadline,
        CallObserver observer,
        Delivery delivery,
        boolean rawFrames,
        boolean lenientFrames,
        Map<String, String> attributes,
        Map<String, String> headers) {
    public CallContext {
        requireNonNull(callId, "callId");
        requireNonNull(timeouts, "timeouts");
        observer = GuardedObserver.of(requireNonNull(observer, "observer"));
        requireNonNull(delivery, "delivery");
        attributes = Map.copyOf(attributes);
        headers = Map.copyOf(headers);
    }

    /** A call with a fresh id that delivers on the executor. */
    public static CallContext create(Delivery delivery) {
        return new CallContext(
                freshId(), Timeouts.Override.NONE, null, CallObserver.NONE, delivery, false, false, Map.of(), Map.of());
    }

    private static String freshId() {
        // Unique, not secret: no need to drain the system's entropy for each call.
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** This without a deadline, for work that outlives the call because others wait for it too. */
    public CallContext withoutDeadline() {
        return new CallContext(
                callId, timeouts, null, observer, delivery, rawFrames, lenientFrames, attributes, headers);
    }

    /** This with other clocks. */
    public CallContext withTimeouts(Timeouts.Override override) {
        return new CallContext(
                callId, override, deadline, observer, delivery, rawFrames, lenientFrames, attributes, headers);
    }

    /** This with a clock for the whole call. */
    public CallContext withTotal(Duration total) {
        return withTimeouts(Timeouts.Override.total(total).or(timeouts));
    }

    /** This with a deadline; the nearer one wins if there is one. */
    public CallContext withDeadline(Deadline other) {
        Deadline nearer = deadline == null ? other : deadline.min(other);
        return new CallContext(
                callId, timeouts, nearer, observer, delivery, rawFrames, lenientFrames, attributes, headers);
    }

    /** This with one more observer. */
    public CallContext observedBy(CallObserver more) {
        CallObserver both = observer == CallObserver.NONE ? more : observer.and(more);
        return new CallContext(
                callId, timeouts, deadline, both, delivery, rawFrames, lenientFrames, attributes, headers);
    }

    /** This without an observer, for a call within the call. */
    public CallContext unobserved() {
        return new CallContext(
                callId, timeouts, deadline, CallObserver.NONE, delivery, rawFrames, lenientFrames, attributes, headers);
    }

    /** This with another delivery. */
    public CallContext deliveredOn(Delivery other) {
        return new CallContext(
                callId, timeouts, deadline, observer, other, rawFrames, lenientFrames, attributes, headers);
    }

    /** This with raw frames as events. */
    public CallContext withRawFrames() {
        return new CallContext(
                callId, timeouts, deadline, observer, delivery, true, lenientFrames, attributes, headers);
    }

    /** This with malformed frames left out and counted. */
    public CallContext withLenientFrames() {
        return new CallContext(callId, timeouts, deadline, observer, delivery, rawFrames, true, attributes, headers);
    }

    /** This with headers, which take the place of those that it had. */
    public CallContext withHeaders(Map<String, String> others) {
        return new CallContext(
                callId, timeouts, deadline, observer, delivery, rawFrames, lenientFrames, attributes, others);
    }

    /** This with one more attribute. */
    public CallContext with(String name, String value) {
        Map<String, String> more = new java.util.HashMap<>(attributes);
        more.put(name, value);
        return new CallContext(callId, timeouts, deadline, observer, delivery, rawFrames, lenientFrames, more, headers);
    }
}
