package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A source that does nothing by itself: the test gives the events, on the thread it likes. */
final class HandSource implements Source {
    final AtomicInteger starts = new AtomicInteger();
    final AtomicLong requested = new AtomicLong();
    final AtomicInteger resumptions = new AtomicInteger();
    final List<CancelReason> cancels = new CopyOnWriteArrayList<>();
    volatile Usage usage = Usage.absent();
    private final Consumer<Sink> onStart;
    private volatile @Nullable Sink sink;

    HandSource() {
        this(sink -> {});
    }

    HandSource(Consumer<Sink> onStart) {
        this.onStart = onStart;
    }

    Sink sink() {
        Sink to = sink;
        if (to == null) {
            throw new AssertionError("the source was not started");
        }
        return to;
    }

    void give(InferenceEvent... events) {
        for (InferenceEvent event : events) {
            sink().event(event);
        }
        sink().flushPoint();
    }

    void fail(InferenceException why) {
        sink().fail(why);
    }

    @Override
    public void start(Sink to) {
        starts.incrementAndGet();
        sink = to;
        onStart.accept(to);
    }

    @Override
    public void request(long n) {
        if (starts.get() == 0) {
            throw new AssertionError("request before start");
        }
        requested.getAndUpdate(r -> r + n < 0 ? Long.MAX_VALUE : r + n);
    }

    @Override
    public void cancel(CancelReason why) {
        if (starts.get() == 0) {
            throw new AssertionError("cancel before start");
        }
        cancels.add(why);
    }

    @Override
    public void resumed() {
        resumptions.incrementAndGet();
    }

    @Override
    public Usage usageSoFar() {
        return usage;
    }
}
