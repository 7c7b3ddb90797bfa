package dev.avionics.gateway.cache;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.stream.Source;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The events of a whole answer, on the thread that asks for them. */
final class ReplaySource implements Source {
    private final List<InferenceEvent> events;
    private final AtomicLong asked = new AtomicLong();
    // Whoever raises it from 0 gives until it is 0 again.
    private final AtomicInteger work = new AtomicInteger();
    private volatile boolean over;
    private volatile @Nullable Sink sink;
    // Of the one that gives.
    private int given;

    ReplaySource(List<InferenceEvent> events) {
        this.events = events;
    }

    @Override
    public void start(Sink to) {
        sink = to;
    }

    @Override
    public void request(long n) {
        asked.getAndUpdate(sum -> sum + n < 0 ? Long.MAX_VALUE : sum + n);
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            give();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void give() {
        Sink to = sink;
        if (to == null || over) {
            return;
        }
        // The end comes whether it is asked for or not.
        while (!over && given < events.size() && (given < asked.get() || given == events.size() - 1)) {
            InferenceEvent event = events.get(given++);
            over |= given == events.size();
            to.event(event);
        }
        to.flushPoint();
    }

    @Override
    public void cancel(CancelReason why) {
        over = true;
    }
}
