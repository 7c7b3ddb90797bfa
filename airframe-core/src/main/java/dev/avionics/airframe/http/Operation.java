package dev.avionics.airframe.http;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Remedy;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of one operation: asks for the credential, sends, reads whole bodies, keeps the clocks, and hands a body
 * that is to be decoded to its {@link Body}. Everything after {@link #begin} runs on the exchange's thread or, between
 * exchanges, on the thread that brought the last news.
 */
final class Operation<R> implements HttpReceiver {
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
    private @Nullable Credential credential;
    private Step.@Nullable Send<R> sending;
    private volatile int sends;
    private @Nullable HttpHead head;
    private Step.@Nullable ReadAll<R> reading;
    private @Nullable ByteArrayOutputStream whole;
    private @Nullable Body body;
    private Sent sent = Sent.NOTHING;
    private volatile @Nullable HttpExchange exchange;
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

        /** The tail clock ran out: what is there must do. */
        void tailOver();
    }

    Operation(Engine engine, WireProtocol protocol, Target target, CallContext context, Listener<R> listener) {
        this.engine = engine;
        this.protocol = protocol;
        this.target = target;
        this.context = context;
        this.listener = listener;
        timeouts = protocol.timeouts(target.endpoint(), target.model())
                .with(target.endpoint().timeouts())
                .with(context.timeouts());
        Deadline given = context.deadline();
        deadline = given != null ? given : Deadline.after(engine.ticker(), timeouts.total());
        clocks = new OperationClocks(
                engine.scheduler(),
                engine.ticker(),
                timeouts,
                deadline,
                listener::readerWaits,
                this::clockRanOut,
                this::onThread);
    }

    WireScope scope() {
        return new WireScope(
                target.endpoint(),
                target.model(),
                context.callId(),
                engine.clock().instant(),
                engine.facts().of(target));
    }

    /** Plans and sends; whatever goes wrong is told to the listener. */
    void begin(Supplier<Exchange<R>> plan, Function<Exchange<R>, Step.Send<R>> first) {
        if (deadline.isOver()) {
            clockRanOut("total");
            return;
        }
        Step.Send<R> send;
        try {
            send = first.apply(plan.get());
        } catch (InferenceException refused) {
            fail(refused.toBuilder().sent(Sent.NOTHING).build());
            return;
        } catch (RuntimeException e) {
            fail(InferenceException.builder(
                            ErrorCategory.INVALID_REQUEST,
                            "the request cannot be put into the protocol " + protocol.kind() + ": " + e.getMessage())
                    .origin(ErrorOrigin.CALLER)
                    .sent(Sent.NOTHING)
                    .cause(e)
                    .build());
            return;
        }
        clocks.idle();
        CompletableFuture<Credential> key;
        try {
            key = target.endpoint().credentials().credential().toCompletableFuture();
        } catch (RuntimeException e) {
            noCredential(e);
            return;
        }
        if (key.isDone() && !key.isCompletedExceptionally()) {
            credential = key.join();
            send(send);
            return;
        }
        key.whenComplete((given, error) -> {
            if (error != null) {
                noCredential(error);
            } else {
                credential = given;
                send(send);
            }
        });
    }

    private void noCredential(Throwable error) {
        fail(InferenceException.builder(
                        ErrorCategory.AUTHENTICATION,
                        "no key for " + target.endpoint().name() + ": "
                                + rootOf(error).getMessage())
                .origin(ErrorOrigin.US)
                .sent(Sent.NOTHING)
                .cause(error)
                .build());
    }

    private static Throwable rootOf(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof java.util.concurrent.CompletionException && cause != null ? cause : error;
    }

    private void send(Step.Send<R> step) {
        if (step.after().isZero()) {
            sendNow(step);
            return;
        }
        clocks.idle();
        pause = engine.scheduler().schedule(() -> sendNow(step), step.after());
        if (over.get()) {
            cancelPause();
        }
    }

    private void sendNow(Step.Send<R> step) {
        if (over.get()) {
            return;
        }
        int number = sends + 1;
        sends = number;
        sending = step;
        head = null;
        reading = null;
        whole = null;
        body = null;
        sent = Sent.NOTHING;
        exchange = null;
        Credential key = credential;
        HttpCall call = step.call().withHeaders(target.endpoint().headers());
        call = protocol.authorize(call, target.endpoint(), key == null ? Credential.NONE : key);
        clocks.connecting(call.streamed());
        Duration connect = timeouts.connect();
        Duration left = deadline.remaining();
        connect = left.compareTo(connect) < 0 ? left : connect;
        HttpExchange started =
                engine.transport().send(call, connect.compareTo(LEAST_CONNECT) < 0 ? LEAST_CONNECT : connect, this);
        // The exchange's thread may have come here first and gone on to the next request.
        if (sends == number) {
            exchange = started;
        }
        if (over.get()) {
            started.cancel();
        }
    }

    @Override
    public void onConnected(HttpExchange on) {
        exchange = on;
        sent = Sent.PART;
        clocks.connected();
        if (over.get()) {
            on.cancel();
        }
    }

    @Override
    public void onSent() {
        sent = Sent.ALL;
        clocks.sent();
    }

    @Override
    public void onHead(HttpHead answer) {
        if (over.get()) {
            return;
        }
        head = answer;
        sent = Sent.ALL;
        clocks.replied();
        Step.Send<R> step = sending;
        if (step != null) {
            next(() -> step.onHead().apply(answer));
        }
    }

    /** Goes on with the step that the function gives. */
    private void next(Supplier<Step<R>> function) {
        Step<R> step;
        try {
            step = function.get();
        } catch (InferenceException known) {
            fail(known);
            return;
        } catch (RuntimeException e) {
            fail(InferenceException.builder(
                            ErrorCategory.PARSE,
                            "the answer of " + target.endpoint().name() + " broke its reader: " + e)
                    .origin(ErrorOrigin.US)
                    .cause(e)
                    .build());
            return;
        }
        if (step instanceof Step.Send<R> send) {
            leave();
            send(send);
        } else if (step instanceof Step.ReadAll<R> all) {
            reading = all;
            whole = new ByteArrayOutputStream(256);
            read();
        } else if (step instanceof Step.Decode<R> decode) {
            HttpHead answer = head;
            if (answer == null) {
                throw new IllegalStateException("Decode before the head");
            }
            body = listener.decode(decode, answer);
            if (body.wantsMore()) {
                read();
            }
        } else if (step instanceof Step.Done<R> done) {
            if (finish()) {
                leave();
                listener.done(done.value());
            }
        } else if (step instanceof Step.Fail<R> failed) {
            boolean learned = !failed.learn().isEmpty() && engine.facts().learn(target, failed.learn());
            InferenceException why = failed.why();
            fail(learned ? why.toBuilder().remedy(Remedy.LEARNED_FACT).build() : why);
        }
    }

    void read() {
        HttpExchange on = exchange;
        if (on != null) {
            on.read();
        }
    }

    /** The rest of the answer does not matter. */
    private void leave() {
        HttpExchange on = exchange;
        if (on != null) {
            on.finish();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (over.get()) {
            return;
        }
        clocks.bytes();
        Body decoding = body;
        if (decoding != null) {
            decoding.bytes(bytes);
            return;
        }
        Step.ReadAll<R> all = reading;
        ByteArrayOutputStream into = whole;
        if (all == null || into == null) {
            return;
        }
        int room = all.maxBytes() - into.size();
        byte[] piece = new byte[Math.min(room, bytes.remaining())];
        bytes.get(piece);
        into.write(piece, 0, piece.length);
        if (bytes.hasRemaining()) {
            HttpHead answer = head;
            if (answer != null && answer.isSuccess()) {
                fail(InferenceException.of(
                        ErrorCategory.PARSE,
                        "the answer of " + target.endpoint().name() + " is larger than " + all.maxBytes() + " bytes"));
            } else {
                readingDone();
            }
        }
    }

    @Override
    public void onReadComplete() {
        if (over.get()) {
            return;
        }
        Body decoding = body;
        if (decoding == null ? reading != null : decoding.wantsMore()) {
            read();
        }
    }

    @Override
    public void onEnd() {
        if (over.get()) {
            return;
        }
        Body decoding = body;
        if (decoding != null) {
            decoding.end();
        } else {
            readingDone();
        }
    }

    private void readingDone() {
        Step.ReadAll<R> all = reading;
        ByteArrayOutputStream into = whole;
        reading = null;
        whole = null;
        if (all != null && into != null) {
            byte[] bytes = into.toByteArray();
            next(() -> all.then().apply(ByteBuffer.wrap(bytes)));
        }
    }

    @Override
    public void onFailure(InferenceException why) {
        fail(why);
    }

    private void clockRanOut(String clock) {
        Body decoding = body;
        if (clock.equals("tail") && decoding != null) {
            decoding.tailOver();
            return;
        }
        Duration limit = switch (clock) {
            case "connect" -> timeouts.connect();
            case "first_byte" -> timeouts.firstByte();
            case "idle" -> timeouts.idle();
            case "progress" -> timeouts.progress();
            case "tail" -> timeouts.tail();
            default -> timeouts.total();
        };
        String what = switch (clock) {
            case "connect" -> "no connection to " + target.endpoint().address();
            case "first_byte" -> "no answer from " + target.endpoint().address();
            case "idle" -> target.endpoint().address() + " fell silent in mid-answer";
            case "progress" -> target.endpoint().address() + " sends bytes but no answer";
            default -> "the call to " + target.endpoint().address() + " did not end";
        };
        fail(InferenceException.builder(
                        ErrorCategory.TIMEOUT, what + " within " + seconds(limit) + " (clock " + clock + ")")
                .clock(clock)
                .sent(sent)
                .build());
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private void onThread(Runnable task) {
        HttpExchange on = exchange;
        if (on == null) {
            task.run();
        } else {
            on.execute(task);
        }
    }

    /** Runs a task on the exchange's thread if there is one. */
    void execute(Runnable task) {
        onThread(task);
    }

    Instant now() {
        return engine.clock().instant();
    }

    OperationClocks clocks() {
        return clocks;
    }

    /** Ends the operation well from within a body; false if it had ended. */
    boolean finish() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        clocks.stop();
        return true;
    }

    /** As {@link #finish}; the rest of the body is read if it is short, so that the connection can be used again. */
    void finishAndLeave() {
        if (finish()) {
            leave();
        }
    }

    /** Ends the operation with an error, unless it has ended. */
    void fail(InferenceException why) {
        if (!finish()) {
            return;
        }
        leaveAfter(why);
        listener.failed(withRemedy(described(why)));
    }

    private void leaveAfter(InferenceException why) {
        HttpExchange on = exchange;
        if (on == null) {
            return;
        }
        HttpHead answer = head;
        if (answer != null && !answer.isSuccess() && why.status().isPresent()) {
            // A refusal that was understood leaves the connection in order.
            on.finish();
        } else {
            on.cancel();
        }
    }

    private InferenceException withRemedy(InferenceException why) {
        Credential used = credential;
        if (why.category() == ErrorCategory.AUTHENTICATION
                && used != null
                && target.endpoint().credentials().rejected(used)) {
            return why.toBuilder().remedy(Remedy.OTHER_CREDENTIAL).build();
        }
        return why;
    }

    private InferenceException described(InferenceException why) {
        InferenceException.Builder full = why.toBuilder()
                .provider(why.provider().orElse(target.endpoint().name()))
                .model(why.model().orElse(target.model()))
                .endpoint(why.endpoint().orElse(target.endpoint().address()))
                .attempts(Math.max(1, why.attempts()));
        return full.build();
    }

    /** Gives the operation up; the listener is told nothing more. */
    void cancel() {
        if (!finish()) {
            return;
        }
        cancelPause();
        HttpExchange on = exchange;
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
