package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/**
 * The verification of publishers by the reactive-streams TCK, for one kind of stream. The kinds are nested classes; {@link
 * ReactiveStreamsTckTest} runs them and counts.
 */
public abstract class StreamVerification<E> extends FlowPublisherVerification<E> {
    // Generous where a signal is expected: the machine may be busy.
    private static final long SIGNAL_MILLIS = 5_000;
    private static final long SILENCE_MILLIS = 25;
    // The TCK looks for an expected error once, after this time, whatever the time it has for a signal.
    private static final long ERROR_MILLIS = 300;

    final ExecutorService sources = Executors.newCachedThreadPool(StreamVerification::daemon);
    final ExecutorService readers = Executors.newCachedThreadPool(StreamVerification::daemon);

    StreamVerification() {
        super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS, ERROR_MILLIS));
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "stream-verification");
        thread.setDaemon(true);
        return thread;
    }

    @AfterClass(alwaysRun = true)
    public void stopThreads() {
        sources.shutdownNow();
        readers.shutdownNow();
    }

    /** A stream of that many elements; a whole stream has at least one, its end. */
    abstract InferenceStream<E> stream(long elements, CallContext context);

    /** Where elements are delivered. */
    CallContext context() {
        return CallContext.create(Delivery.on(readers));
    }

    ScriptedSource events(long elements) {
        return ScriptedSource.words(elements == Long.MAX_VALUE ? elements : Math.max(0, elements - 1), sources)
                .frames(1 + (int) (elements % 3));
    }

    @Override
    public Flow.Publisher<E> createFlowPublisher(long elements) {
        return stream(elements, context());
    }

    @Override
    public Flow.Publisher<E> createFailedFlowPublisher() {
        InferenceStream<E> stream = stream(1, context());
        stream.cancel(CancelReason.SHUTDOWN);
        return stream;
    }

    /** The events as they come. */
    public static class Plain extends StreamVerification<InferenceEvent> {
        @Override
        InferenceStream<InferenceEvent> stream(long elements, CallContext context) {
            return InferenceStream.from(context, events(elements));
        }
    }

    /** The events as they come, on the source's thread. */
    public static final class PlainOnTransport extends Plain {
        @Override
        CallContext context() {
            return CallContext.create(Delivery.TRANSPORT);
        }
    }

    /** A view that leaves out every second event and the end, so that it can be empty. */
    public static class Mapped extends StreamVerification<String> {
        @Override
        InferenceStream<String> stream(long elements, CallContext context) {
            long words = elements > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * elements;
            return InferenceStream.from(context, ScriptedSource.words(words, sources))
                    .map(Samples::words)
                    .map(word -> Long.parseLong(word.substring(1)) % 2 == 0 ? word : null)
                    .peek(word -> {});
        }
    }

    /** A view on the source's thread. */
    public static final class MappedOnTransport extends Mapped {
        @Override
        CallContext context() {
            return CallContext.create(Delivery.TRANSPORT);
        }
    }

    /** A stream that is known only later. */
    public static class DeferredStream extends StreamVerification<InferenceEvent> {
        @Override
        InferenceStream<InferenceEvent> stream(long elements, CallContext context) {
            return InferenceStream.deferred(
                    context,
                    () -> CompletableFuture.supplyAsync(
                            () -> InferenceStream.from(context, events(elements)), sources));
        }
    }

    /** A stream that is known only later, on the source's thread. */
    public static final class DeferredOnTransport extends DeferredStream {
        @Override
        CallContext context() {
            return CallContext.create(Delivery.TRANSPORT);
        }
    }

    /** A stream whose first source fails before its first event. */
    public static class Switched extends StreamVerification<InferenceEvent> {
        @Override
        InferenceStream<InferenceEvent> stream(long elements, CallContext context) {
            return InferenceStream.from(
                    context,
                    new SwitchingSource(List.of(
                            () -> InferenceStream.from(
                                    context, ScriptedSource.words(0, sources).failing(Samples.failure("first"))),
                            () -> InferenceStream.from(context, events(elements)))));
        }
    }

    /** A stream whose first source fails before its first event, on the source's thread. */
    public static final class SwitchedOnTransport extends Switched {
        @Override
        CallContext context() {
            return CallContext.create(Delivery.TRANSPORT);
        }
    }
}
