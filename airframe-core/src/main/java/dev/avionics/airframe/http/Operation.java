package dev.avionics.airframe.http;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Remedy;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of one operation: asks for the credential, sends, keeps the clocks, and says how it ended. The end is one
 * compare-and-set. Everything that a listener or a body is told comes on the exchange's thread, or, while there is no
 * exchange, on the thread that brought the last news; serially in any case.
 */
final class Operation<R> {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration LEAST_CONNECT = Duration.ofMillis(1);

    private final Engine engine;
    private final WireProtocol protocol;
    private final Target target;
    private final CallContext context;
    private final Listener<R> listener;
    private final Timeouts timeouts;
    private final Deadline deadline;
    private final OperationClocks clocks;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Set<String> known = Set.of();
    private volatile @Nullable Credential credential;
    /** The request that runs; null before the first, and between two. */
    private volatile @Nullable Leg<R> leg;

    private volatile Scheduler.@Nullable Handle pause;

    /** Is told how the operation ends. */
    interface Listener<R> {
        /** The last answer's body is to be decoded. */
        Body decode(Step.Decode<R> step, HttpHead head);

        void done(R value);

        void failed(InferenceException why);

        boolean readerWaits();
    }

    /** Reads a body piece by piece. */
    interface Body {
        void bytes(ByteBuffer bytes);

        /** A read is over; true if more is wanted now. */
        boolean wantsMore();

        void end();

        /** The connection broke. */
        void broken(InferenceException why);

        /** The tail clock ran out: what is there must do. */
        void tailOver();
    }

    Operation(Engine engine, WireProtocol protocol, Target target, CallContext context, Listener<R> listener) {
        this.engine = engine;
        this.protocol = protocol;
        this.target = target;
        this.context = context;
        this.listener = listener;
        timeouts = timeouts(protocol, target).with(context.timeouts());
        Deadline given = context.deadline();
        deadline = given != null ? given : Deadline.after(engine.ticker(), timeouts.total());
        clocks = new OperationClocks(
                engine.scheduler(),
                engine.ticker(),
                timeouts,
                deadline,
                listener::readerWaits,
                this::clockRanOut,
                this::execute);
    }

    static Timeouts timeouts(WireProtocol protocol, Target target) {
        return protocol.timeouts(target.endpoint(), target.model())
                .with(target.endpoint().timeouts());
    }

    WireScope scope() {
        Set<String> facts = engine.facts().of(target);
        known = facts;
        return new WireScope(
                target.endpoint(),
                target.model(),
                context.callId(),
                engine.clock().instant(),
                facts);
    }

    /** Plans and sends; whatever goes wrong is told to the listener. */
    void begin(Supplier<Step.Send<R>> plan) {
        if (deadline.isOver()) {
            clockRanOut("total");
            return;
        }
        Step.Send<R> first;
        try {
            first = plan.get();
        } catch (Throwable e) {
            fail(cannotBeSaid(e));
            return;
        }
        CompletionStage<Credential> key;
        try {
            key = target.endpoint().credentials().credential();
            if (!(key instanceof CompletableFuture<?> at && at.isDone())) {
                clocks.idle();
            }
            key.whenComplete((given, error) -> {
                if (error != null || given == null) {
                    noCredential(error);
                } else {
                    credential = given;
                    send(first);
                }
            });
        } catch (Throwable e) {
            noCredential(e);
        }
    }

    private InferenceException cannotBeSaid(Throwable e) {
        if (e instanceof InferenceException refused) {
            return refused.toBuilder().sent(Sent.NOTHING).build();
        }
        return InferenceException.builder(
                        ErrorCategory.INVALID_REQUEST,
                        "the request cannot be put into the protocol " + protocol.kind() + ": " + e)
                .origin(e instanceof IllegalArgumentException ? ErrorOrigin.CALLER : ErrorOrigin.US)
                .sent(Sent.NOTHING)
                .cause(e)
                .build();
    }

    private void noCredential(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        fail(InferenceException.builder(
                        ErrorCategory.AUTHENTICATION,
                        "no key for " + target.endpoint().name() + ": "
                                + (cause == null ? "its source gave none" : cause.getMessage()))
                .origin(ErrorOrigin.US)
                .sent(Sent.NOTHING)
                .cause(cause)
                .build());
    }

    private void send(Step.Send<R> step) {
        if (step.after().isZero()) {
            sendNow(step);
            return;
        }
        clocks.idle();
        pause = engine.pauses().schedule(() -> sendNow(step), step.after());
        if (over.get()) {
            cancelPause();
        }
    }

    private void sendNow(Step.Send<R> step) {
        if (over.get()) {
            return;
        }
        try {
            HttpCall call = step.call()
                    .withHeaders(context.headers())
                    .withHeaders(target.endpoint().headers());
            Credential key = credential;
            call = protocol.authorize(call, target.endpoint(), key == null ? Credential.NONE : key);
            clocks.connecting(call.streamed());
            Duration left = deadline.remaining();
            Duration connect = left.compareTo(timeouts.connect()) < 0 ? left : timeouts.connect();
            Leg<R> next = new Leg<>(this, step, target.endpoint().name());
            leg = next;
            next.startedOn(engine.transport()
                    .send(call, connect.compareTo(LEAST_CONNECT) < 0 ? LEAST_CONNECT : connect, next));
        } catch (Throwable e) {
            fail(
                    e instanceof InferenceException known
                            ? known
                            : InferenceException.builder(ErrorCategory.REJECTED, "the request could not be sent: " + e)
                                    .origin(ErrorOrigin.US)
                                    .sent(Sent.NOTHING)
                                    .cause(e)
                                    .build());
        }
    }

    /** The head of an answer is there. */
    void answered(HttpHead head) {
        CallObserver observer = context.observer();
        if (observer != CallObserver.NONE) {
            observer.answered(head.status(), HttpErrors.requestId(head));
        }
    }

    /** Goes on with another request. */
    void sendNext(Step.Send<R> step) {
        Leg<R> from = leg;
        leg = null;
        if (from != null) {
            from.leave();
        }
        send(step);
    }

    private void clockRanOut(String clock) {
        Leg<R> on = leg;
        if (clock.equals("tail") && on != null) {
            on.tailOver();
            return;
        }
        String address = target.endpoint().address();
        String what = switch (clock) {
            case "connect" -> "no connection to " + address + " within " + seconds(timeouts.connect());
            case "first_byte" -> "no answer from " + address + " within " + seconds(timeouts.firstByte());
            case "idle" -> address + " fell silent in mid-answer for " + seconds(timeouts.idle());
            case "progress" -> address + " sent bytes, but nothing of an answer, for " + seconds(timeouts.progress());
            default -> "the call to " + address + " did not end in time";
        };
        fail(InferenceException.builder(ErrorCategory.TIMEOUT, what + " (clock " + clock + ")")
                .clock(clock)
                .sent(on == null ? Sent.NOTHING : on.sent())
                .build());
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** Runs a task on the exchange's thread, or here if there is none. */
    void execute(Runnable task) {
        HttpExchange on = exchange();
        if (on == null) {
            task.run();
            return;
        }
        try {
            on.execute(task);
        } catch (RejectedExecutionException closed) {
            // The transport is gone, and its thread with it.
            task.run();
        }
    }

    private @Nullable HttpExchange exchange() {
        Leg<R> on = leg;
        return on == null ? null : on.exchange();
    }

    @Nullable
    Leg<R> leg() {
        return leg;
    }

    Listener<R> listener() {
        return listener;
    }

    /** Asks for more of the body that is decoded. */
    void read() {
        Leg<R> on = leg;
        if (on != null) {
            on.read();
        }
    }

    Instant now() {
        return engine.clock().instant();
    }

    OperationClocks clocks() {
        return clocks;
    }

    boolean isOver() {
        return over.get();
    }

    /** Ends the operation well from within a body; false if it had ended. */
    boolean finish() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        clocks.stop();
        cancelPause();
        return true;
    }

    /** As {@link #finish}; the rest of the body is read if it is short, so that the connection can be used again. */
    void finishAndLeave() {
        if (finish()) {
            leave();
        }
    }

    private void leave() {
        Leg<R> on = leg;
        if (on != null) {
            on.leave();
        }
    }

    void done(R value) {
        if (finish()) {
            leave();
            listener.done(value);
        }
    }

    /** The protocol says that the operation failed. */
    void fail(Step.Fail<R> failed) {
        InferenceException why = failed.why();
        Set<String> facts = failed.learn();
        // New is what this request was made without, even if another call has learned it meanwhile.
        boolean fresh = !facts.isEmpty() && !known.containsAll(facts);
        fail(
                fresh && engine.facts().learn(target, facts)
                        ? why.toBuilder().remedy(Remedy.LEARNED_FACT).build()
                        : why);
    }

    /** A function of the protocol, or what it was given, threw. */
    void broke(Throwable e) {
        fail(
                e instanceof InferenceException known
                        ? known
                        : InferenceException.builder(
                                        ErrorCategory.PARSE,
                                        "the answer of " + target.endpoint().name() + " broke its reader: " + e)
                                .origin(ErrorOrigin.US)
                                .cause(e)
                                .build());
    }

    /** Ends the operation with an error, unless it has ended. */
    void fail(InferenceException why) {
        if (!finish()) {
            return;
        }
        Leg<R> on = leg;
        if (on != null) {
            on.leaveAfter(why);
        }
        InferenceException full = described(why);
        HttpExchange at = exchange();
        if (at == null || at.inThread()) {
            listener.failed(full);
        } else {
            // News of the exchange may be under way on its thread: this comes behind it.
            execute(() -> listener.failed(full));
        }
    }

    InferenceException described(InferenceException why) {
        return why.toBuilder()
                .provider(why.provider().orElse(target.endpoint().name()))
                .model(why.model().orElse(target.model()))
                .endpoint(why.endpoint().orElse(target.endpoint().address()))
                .attempts(Math.max(1, why.attempts()))
                .remedy(hasOtherCredential(why) ? Remedy.OTHER_CREDENTIAL : why.remedy())
                .build();
    }

    private boolean hasOtherCredential(InferenceException why) {
        Credential used = credential;
        if (why.category() != ErrorCategory.AUTHENTICATION || used == null) {
            return false;
        }
        try {
            return target.endpoint().credentials().rejected(used);
        } catch (Throwable e) {
            LOG.warn("credential_source_error: {}", target.endpoint().name(), e);
            return false;
        }
    }

    /** Gives the operation up; the listener is told nothing more. */
    void cancel() {
        if (!finish()) {
            return;
        }
        Leg<R> on = leg;
        if (on != null) {
            on.cancel();
        }
    }

    private void cancelPause() {
        Scheduler.Handle waiting = pause;
        if (waiting != null) {
            waiting.cancel();
        }
    }
}
