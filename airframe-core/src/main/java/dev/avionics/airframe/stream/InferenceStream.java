package dev.avionics.airframe.stream;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way.
 *
 * <p>Cold: nothing is sent before it is consumed, by one of {@link #subscribe}, {@link #collect} and {@link #open}, once.
 * {@link #outcome}, {@link #observe} and {@link #cancel} may be called any number of times, on any thread, before and after.
 * Views made with {@link #map} and {@link #peek} share the one consumption and the outcome.
 *
 * <p>User code runs where the call's {@link Delivery} says, serially. At most 256 events, those of one frame, and one
 * read of 64 KiB that was not decoded yet are held for a reader that does not keep up; then nothing more is read from the
 * backend. Clocks stand still while the reader asks for nothing.
 *
 * @param <E> the elements
 */
public final class InferenceStream<E> implements Flow.Publisher<E> {
    private final Flight flight;
    private final @Nullable Function<InferenceEvent, @Nullable E> view;

    private InferenceStream(Flight flight, @Nullable Function<InferenceEvent, @Nullable E> view) {
        this.flight = flight;
        this.view = view;
    }

    /** A stream of what a source gives. */
    public static InferenceStream<InferenceEvent> from(CallContext context, Source source) {
        return new InferenceStream<>(
                new Flight(requireNonNull(context, "context"), requireNonNull(source, "source")), null);
    }

    /**
     * A stream that is known only later, such as after a wait.
     *
     * @param later called when the stream is consumed, on the consumer's thread. What it throws or fails with ends the
     *     stream. The inner stream starts on the thread that completes the stage. If the stage is a {@link
     *     CompletableFuture} it is cancelled with the stream: who then finds that it cannot complete it takes back what
     *     it had set aside for the call. A stream that comes all the same is cancelled
     */
    public static InferenceStream<InferenceEvent> deferred(
            CallContext context, Supplier<? extends CompletionStage<InferenceStream<InferenceEvent>>> later) {
        return from(context, new Deferred(requireNonNull(later, "later")));
    }

    /**
     * A stream as the source of another one; its start is the stream's consumption. Events, and functions of views, come
     * on the thread of the inner source. The view may change, leave out and end, but not withhold the end: the inner
     * {@link InferenceEvent.Completed} is passed on if the view has none for it, and one that the view makes of another
     * event cancels the inner stream. An inner stream that somebody else cancels is a failure of category CANCELLED to
     * the sink.
     */
    public static Source sourceOf(InferenceStream<InferenceEvent> stream) {
        return new Relay(stream.flight, stream.view);
    }

    /**
     * A view of this stream.
     *
     * @param function makes an element of an element; null leaves it out. What it throws ends the stream with it
     */
    public <R> InferenceStream<R> map(Function<? super E, ? extends @Nullable R> function) {
        requireNonNull(function, "function");
        Function<InferenceEvent, @Nullable E> mine = viewOrSelf();
        return new InferenceStream<R>(flight, event -> {
            E element = mine.apply(event);
            return element == null ? null : function.apply(element);
        });
    }

    /** This stream, with a look at each element before it is delivered. */
    public InferenceStream<E> peek(Consumer<? super E> look) {
        requireNonNull(look, "look");
        return map(element -> {
            look.accept(element);
            return element;
        });
    }

    @SuppressWarnings("unchecked")
    private Function<InferenceEvent, @Nullable E> viewOrSelf() {
        Function<InferenceEvent, @Nullable E> mine = view;
        // Without a view the elements are the events themselves.
        return mine != null ? mine : event -> (E) event;
    }

    /**
     * Delivers to a subscriber. A second consumer is told an {@link IllegalStateException}. The subscriber gets one
     * {@code onComplete} or {@code onError}, unless it cancelled itself. A subscriber that throws is cancelled, and what
     * it threw is logged. If the executor of the call's {@link Delivery} refuses a task, the call is cancelled and the
     * subscriber's {@code onError} comes on a thread of the JVM's common pool.
     */
    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        requireNonNull(subscriber, "subscriber");
        if (!subscribeOnce(subscriber)) {
            subscriber.onSubscribe(Nothing.INSTANCE);
            subscriber.onError(alreadyConsumed());
        }
    }

    private boolean subscribeOnce(Flow.Subscriber<? super E> subscriber) {
        Drain<E> drain = new Drain<>(flight, viewOrSelf(), subscriber);
        if (!flight.consume(drain)) {
            return false;
        }
        drain.start();
        return true;
    }

    /**
     * Puts the whole answer together. The future completes where the call's delivery says; cancelling it cancels the call.
     *
     * @return fails with {@link dev.avionics.airframe.error.InferenceException}, or with what a function of a view threw.
     *     Completing it from outside, such as with a timeout of its own, cancels the call as well
     * @throws IllegalStateException if the stream has a consumer already
     */
    public CompletableFuture<InferenceResult> collect() {
        Collector collector = new Collector(flight);
        Function<InferenceEvent, @Nullable E> mine = view;
        if (mine == null) {
            if (!flight.consume(collector)) {
                throw alreadyConsumed();
            }
            collector.start();
        } else {
            // Functions of views are user code: they run where the delivery says.
            InferenceStream<InferenceEvent> seen = new InferenceStream<>(flight, event -> {
                Object unused = mine.apply(event);
                return event;
            });
            if (!seen.subscribeOnce(collector)) {
                throw alreadyConsumed();
            }
        }
        return collector.future();
    }

    /**
     * Opens a blocking cursor and starts the call.
     *
     * @throws IllegalStateException if the stream has a consumer already
     */
    public EventCursor<E> open() {
        BlockingCursor<E> cursor = new BlockingCursor<>(flight, viewOrSelf());
        if (!flight.consume(cursor)) {
            throw alreadyConsumed();
        }
        cursor.start();
        return cursor;
    }

    /**
     * How the call ended. Completes, always normally, where the call's delivery says; of a stream that is neither consumed
     * nor cancelled, never.
     */
    public CompletionStage<Outcome> outcome() {
        CompletableFuture<Outcome> future = new CompletableFuture<>();
        flight.observe(outcome -> flight.deliver(() -> future.complete(outcome)));
        return future.minimalCompletionStage();
    }

    /**
     * Tells how the call ended as soon as that is known, on the thread that finds out; for code that never blocks.
     *
     * @param listener what it throws is logged
     */
    public InferenceStream<E> observe(Consumer<Outcome> listener) {
        flight.observe(requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Gives the call up: closes the backend's connection, whatever phase the call is in. The consumer is told an
     * {@link dev.avionics.airframe.error.InferenceException} of category CANCELLED in place of what was not delivered yet;
     * of a stream that is not consumed, its later consumer is. Does nothing when the end has been decoded.
     */
    public void cancel(CancelReason why) {
        flight.cancel(requireNonNull(why, "why"));
    }

    private static IllegalStateException alreadyConsumed() {
        return new IllegalStateException("the stream has a consumer already; a stream is consumed once");
    }

    private enum Nothing implements Flow.Subscription {
        INSTANCE;

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
