package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes the next stream when one fails before its first event, and never after it. */
final class SwitchingSource implements Source {
    private final Iterator<Supplier<InferenceStream<InferenceEvent>>> streams;
    private @Nullable Leg current;
    private long asked;
    private @Nullable CancelReason cancelled;
    private @Nullable Sink sink;

    SwitchingSource(List<Supplier<InferenceStream<InferenceEvent>>> streams) {
        this.streams = streams.iterator();
    }

    @Override
    public void start(Sink to) {
        sink = to;
        next(to);
    }

    private void next(Sink to) {
        Leg leg = new Leg(InferenceStream.sourceOf(streams.next().get()), to);
        synchronized (this) {
            if (cancelled != null) {
                return;
            }
            current = leg;
        }
        leg.source.start(leg);
        long pending;
        CancelReason why;
        synchronized (this) {
            leg.started = true;
            why = cancelled;
            pending = current == leg ? asked : 0;
        }
        if (why != null) {
            leg.source.cancel(why);
        } else if (pending > 0) {
            leg.source.request(pending);
        }
    }

    private synchronized @Nullable Source running() {
        return current != null && current.started ? current.source : null;
    }

    @Override
    public void request(long n) {
        Source to;
        synchronized (this) {
            asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
            to = running();
        }
        if (to != null) {
            to.request(n);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        Source to;
        synchronized (this) {
            cancelled = why;
            to = running();
        }
        if (to != null) {
            to.cancel(why);
        }
    }

    @Override
    public void resumed() {
        Source to = running();
        if (to != null) {
            to.resumed();
        }
    }

    @Override
    public Usage usageSoFar() {
        Source to = running();
        return to == null ? Usage.absent() : to.usageSoFar();
    }

    private final class Leg implements Sink {
        final Source source;
        private final Sink to;
        boolean started;
        private boolean committed;

        Leg(Source source, Sink to) {
            this.source = source;
            this.to = to;
        }

        @Override
        public void event(InferenceEvent event) {
            committed = true;
            synchronized (SwitchingSource.this) {
                asked = asked == Long.MAX_VALUE ? asked : asked - 1;
            }
            to.event(event);
        }

        @Override
        public void flushPoint() {
            to.flushPoint();
        }

        @Override
        public void fail(InferenceException why) {
            if (committed || !streams.hasNext()) {
                to.fail(why);
            } else {
                next(to);
            }
        }

        @Override
        public boolean readerWaits() {
            return to.readerWaits();
        }
    }
}
