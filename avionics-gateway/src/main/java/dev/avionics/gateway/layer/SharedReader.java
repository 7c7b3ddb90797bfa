package dev.avionics.gateway.layer;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Source;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One call that reads an answer which it may share. It joins the answer of an identical call, or makes the call and leads.
 *
 * <p>Whoever raises {@link #work} from 0 gives events until it is 0 again, be it the thread that brings events, the one that asks for
 * some, or the clock; what that one alone touches is not volatile.
 */
final class SharedReader implements Source {
    private final SingleFlightLayer layer;
    private final SingleFlightLayer.Same same;
    private final GatewayRequest request;
    private final GatewayCall call;
    private final GatewayLayer.Next next;
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicBoolean flush = new AtomicBoolean();
    private volatile @Nullable Sink sink;
    private volatile @Nullable SharedAnswer answer;
    private volatile boolean leads;
    private volatile Scheduler.@Nullable Handle timer;
    private volatile @Nullable InferenceException late;
    // Nothing more is given; why it was given up, if it was.
    private volatile boolean over;
    private volatile CancelReason why = CancelReason.CALLER;

    // Of the one that gives. Null when over.
    private SharedAnswer.@Nullable Link at;
    private long given;

    SharedReader(
            SingleFlightLayer layer,
            SingleFlightLayer.Same same,
            GatewayRequest request,
            GatewayCall call,
            GatewayLayer.Next next) {
        this.layer = layer;
        this.same = same;
        this.request = request;
        this.call = call;
        this.next = next;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        Deadline deadline = deadline();
        if (deadline != null && deadline.isOver()) {
            over = true;
            to.fail(tooLate());
            return;
        }
        joinOrLead();
        if (deadline != null) {
            timer = layer.scheduler().schedule(this::deadlinePassed, deadline.remaining());
            if (over) {
                stopTimer();
            }
        }
    }

    /** The call's own, as the engine of attempts would set it; null to be bounded by the answer's only. */
    private @Nullable Deadline deadline() {
        CallContext context = call.context();
        Duration total = context.timeouts().total();
        return total == null
                ? context.deadline()
                : context.withDeadline(Deadline.after(layer.ticker(), total)).deadline();
    }

    private void joinOrLead() {
        while (true) {
            SharedAnswer known = layer.answers().get(same);
            if (known != null && known.join(this)) {
                leads = false;
                break;
            }
            SharedAnswer mine = new SharedAnswer(layer, same, () -> next.infer(request, call.with(outlivingContext())));
            mine.join(this);
            boolean first = known == null
                    ? layer.answers().putIfAbsent(same, mine) == null
                    : layer.answers().replace(same, known, mine);
            if (first) {
                leads = true;
                mine.begin();
                break;
            }
        }
        SharedAnswer mine = answer;
        if (mine == null) {
            return;
        }
        if (over) {
            // It was given up in between, by somebody who may not have seen the answer.
            mine.leave(this, why);
        } else if (asked.get() > 0) {
            mine.ask(asked.get());
        }
    }

    /** The context of the call that others read too: its end and its delivery are not this one's. */
    private CallContext outlivingContext() {
        CallContext context =
                call.context().withoutDeadline().withTimeouts(same.clocks()).deliveredOn(Delivery.TRANSPORT);
        CallObserver observer = context.observer();
        return observer == CallObserver.NONE
                ? context
                : context.unobserved().observedBy(new LeadObserver(observer, () -> over));
    }

    /** Called by an answer that this joins. */
    void standAt(SharedAnswer joined, SharedAnswer.Link start) {
        answer = joined;
        at = start;
    }

    private void deadlinePassed() {
        late = tooLate();
        give(true);
    }

    private static InferenceException tooLate() {
        return InferenceException.builder(
                        ErrorCategory.TIMEOUT, "the call did not end in time; it shared the answer of an identical one")
                .clock("total")
                .build();
    }

    @Override
    public void request(long n) {
        long upTo = asked.updateAndGet(sum -> sum + n < 0 ? Long.MAX_VALUE : sum + n);
        SharedAnswer from = answer;
        if (from != null && !over) {
            from.ask(upTo);
        }
        give(true);
    }

    @Override
    public void cancel(CancelReason reason) {
        why = reason;
        finish(reason);
    }

    @Override
    public void resumed() {
        SharedAnswer from = answer;
        if (from != null) {
            from.resumed();
        }
    }

    /** Those of the whole call for the one who leads; nothing for the others, who use none. */
    @Override
    public Usage usageSoFar() {
        SharedAnswer from = answer;
        return from != null && leads ? from.usageSoFar() : Usage.absent();
    }

    boolean waits() {
        Sink to = sink;
        return !over && to != null && to.readerWaits();
    }

    /** Gives what there is and was asked for; any thread. */
    void give(boolean all) {
        if (all) {
            flush.set(true);
        }
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            giveOnce();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void giveOnce() {
        Sink to = sink;
        if (to == null) {
            return;
        }
        boolean waitsForRequest = false;
        while (!over) {
            InferenceException passed = late;
            if (passed != null) {
                fail(to, passed, CancelReason.DEADLINE);
                return;
            }
            SharedAnswer.Link place = at;
            SharedAnswer.Link following = place == null ? null : place.next;
            if (place == null || following == null) {
                break;
            }
            InferenceException failure = following.failure;
            if (failure != null) {
                if (isAnothersLimit(failure)) {
                    joinOrLead();
                    continue;
                }
                fail(to, failure, CancelReason.SUPERSEDED);
                return;
            }
            if (!(following.event instanceof InferenceEvent.Completed) && given >= asked.get()) {
                if (isTooSlow(place)) {
                    fail(to, tooSlow(), CancelReason.CALLER);
                    return;
                }
                waitsForRequest = true;
                break;
            }
            at = following;
            given++;
            pass(to, following.event);
        }
        if (!over && (flush.getAndSet(false) || waitsForRequest)) {
            to.flushPoint();
        }
        if (over) {
            at = null;
        }
    }

    private void pass(Sink to, @Nullable InferenceEvent event) {
        if (event == null) {
            throw new IllegalStateException("a link without an event that is no failure");
        }
        if (given == 1 && !leads) {
            call.ledger().servedFromElsewhere();
        }
        if (event instanceof InferenceEvent.Completed) {
            finish(CancelReason.SUPERSEDED);
        }
        to.event(event);
    }

    /** Whether it failed because of what only the one who leads may not: this one has its own limits, and asks for itself. */
    private boolean isAnothersLimit(InferenceException failure) {
        return given == 0 && !leads && failure.origin() == ErrorOrigin.US;
    }

    private boolean isTooSlow(SharedAnswer.Link place) {
        SharedAnswer from = answer;
        return from != null && from.isFarAhead(place);
    }

    private static InferenceException tooSlow() {
        return InferenceException.builder(
                        ErrorCategory.REJECTED,
                        "this reader fell more than 1 MiB behind an answer that it shares with identical calls: read"
                                + " faster, or ask with CacheMode.OFF for a call of its own")
                .origin(ErrorOrigin.CALLER)
                .code("shared_reader_too_slow")
                .build();
    }

    private void fail(Sink to, InferenceException reason, CancelReason leaving) {
        finish(leaving);
        at = null;
        to.fail(reason);
    }

    private void finish(CancelReason leaving) {
        over = true;
        stopTimer();
        SharedAnswer from = answer;
        if (from != null) {
            from.leave(this, leaving);
        }
    }

    private void stopTimer() {
        Scheduler.Handle set = timer;
        if (set != null) {
            set.cancel();
        }
    }
}
