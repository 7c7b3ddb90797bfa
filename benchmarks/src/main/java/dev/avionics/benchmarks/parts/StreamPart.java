package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.util.concurrent.Flow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Events from a source to a subscriber. */
@State(Scope.Thread)
public class StreamPart {
    private static final int EVENTS = 200;
    private static final int EVENTS_PER_BATCH = 20;

    private final CallContext context = CallContext.create(Delivery.TRANSPORT);
    private final InferenceEvent piece = new InferenceEvent.TextDelta(" word");
    private final InferenceEvent end =
            new InferenceEvent.Completed(FinishReason.STOP, "stop", Usage.absent(), null, null);

    /** 200 events in ten batches, without a hop between threads. */
    @Benchmark
    public void deliver200(Blackhole events) {
        InferenceStream.from(context, new Batches()).subscribe(new Reader(events));
    }

    private final class Batches implements Source {
        private boolean given;
        private @org.jspecify.annotations.Nullable Sink sink;

        @Override
        public void start(Sink to) {
            sink = to;
        }

        @Override
        public void request(long n) {
            Sink to = sink;
            if (given || to == null) {
                return;
            }
            given = true;
            for (int i = 1; i <= EVENTS; i++) {
                to.event(piece);
                if (i % EVENTS_PER_BATCH == 0) {
                    to.flushPoint();
                }
            }
            to.event(end);
        }

        @Override
        public void cancel(CancelReason why) {
            // Nothing runs.
        }
    }

    /** Takes everything. */
    static final class Reader implements Flow.Subscriber<InferenceEvent> {
        private final Blackhole events;

        Reader(Blackhole events) {
            this.events = events;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            events.consume(event);
        }

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException(error);
        }

        @Override
        public void onComplete() {
            events.consume(this);
        }
    }
}
