package dev.avionics.testkit.adapter;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Source;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The events of one answer, as far as they are asked for. */
final class ScriptedSource implements Source {
    private final Function<ScriptedSource, ScriptedAnswer> begins;
    private final AtomicLong credits = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();
    private volatile boolean over;
    private volatile boolean cancelled;
    private volatile @Nullable ScriptedAnswer answer;
    private @Nullable Sink sink;
    private int given;

    ScriptedSource(Function<ScriptedSource, ScriptedAnswer> begins) {
        this.begins = begins;
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        answer = begins.apply(this);
        play();
    }

    @Override
    public void request(long n) {
        credits.getAndUpdate(c -> c + n < 0 ? Long.MAX_VALUE : c + n);
        play();
    }

    @Override
    public void cancel(CancelReason why) {
        if (!over) {
            cancelled = true;
            over = true;
        }
    }

    private void play() {
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
        ScriptedAnswer plays = answer;
        Sink to = sink;
        if (plays == null || to == null) {
            return;
        }
        boolean any = false;
        while (!over && given < plays.events().size() && credits.get() > 0) {
            credits.getAndUpdate(c -> c == Long.MAX_VALUE ? c : c - 1);
            InferenceEvent event = plays.events().get(given++);
            any = true;
            over |= event instanceof InferenceEvent.Completed;
            to.event(event);
        }
        InferenceException why = plays.failure();
        if (!over && given == plays.events().size() && why != null) {
            over = true;
            to.fail(why);
        } else if (any && !over) {
            to.flushPoint();
        }
    }
}
