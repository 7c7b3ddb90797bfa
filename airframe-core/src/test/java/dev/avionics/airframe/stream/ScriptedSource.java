package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A source that gives events by number as far as it is asked, in frames, on a thread of the executor it is given; serial
 * whatever the executor. Without an executor it runs on the thread that asks.
 */
final class ScriptedSource implements Source {
    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger cancels = new AtomicInteger();
    final AtomicLong given = new AtomicLong();

    private final long total;
    private final LongFunction<InferenceEvent> events;
    private final @Nullable Executor thread;
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicLong credit = new AtomicLong();
    private int frame = 1;
    private int framesPerFlush = 1;
    private @Nullable InferenceException failure;
    private boolean open;
    private volatile boolean over;
    private @Nullable Sink sink;

    private ScriptedSource(long total, LongFunction<InferenceEvent> events, @Nullable Executor thread) {
        this.total = total;
        this.events = events;
        this.thread = thread;
    }

    /** Words {@code w0}, {@code w1} and so on, then the end. */
    static ScriptedSource words(long words, @Nullable Executor thread) {
        return new ScriptedSource(
                words == Long.MAX_VALUE ? words : words + 1,
                i -> i == words ? Samples.COMPLETED : Samples.text("w" + i),
                thread);
    }

    /** The start, words, the end. */
    static ScriptedSource answer(long words, @Nullable Executor thread) {
        return new ScriptedSource(
                words + 2,
                i -> i == 0 ? Samples.STARTED : i == words + 1 ? Samples.COMPLETED : Samples.text("w" + (i - 1)),
                thread);
    }

    /** Gives whole frames: up to {@code events - 1} events more than asked for. */
    ScriptedSource frames(int events) {
        frame = events;
        return this;
    }

    ScriptedSource framesPerFlush(int frames) {
        framesPerFlush = frames;
        return this;
    }

    /** Fails where it would complete. */
    ScriptedSource failing(InferenceException why) {
        failure = why;
        return this;
    }

    /** Says nothing where it would complete. */
    ScriptedSource open() {
        open = true;
        return this;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        if (starts.incrementAndGet() > 1) {
            throw new AssertionError("started twice");
        }
        // Failures come without being asked for.
        schedule();
    }

    @Override
    public void request(long n) {
        credit.getAndUpdate(c -> c + n < 0 && c > 0 ? Long.MAX_VALUE : c + n);
        schedule();
    }

    @Override
    public void cancel(CancelReason why) {
        cancels.incrementAndGet();
        over = true;
    }

    @Override
    public Usage usageSoFar() {
        return Usage.estimated(1, given.get());
    }

    private void schedule() {
        if (work.getAndIncrement() == 0) {
            if (thread == null) {
                run();
            } else {
                thread.execute(this::run);
            }
        }
    }

    private void run() {
        Sink to = sink;
        if (to == null) {
            throw new AssertionError("not started");
        }
        int missed = 1;
        do {
            give(to);
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void give(Sink to) {
        int unflushed = 0;
        while (!over) {
            boolean last = given.get() == total - 1;
            if (last && failure != null) {
                over = true;
                to.fail(failure);
                return;
            }
            if (last && open || credit.get() <= 0) {
                break;
            }
            for (int i = 0; i < frame && !over && !(given.get() == total - 1 && (failure != null || open)); i++) {
                InferenceEvent event = events.apply(given.getAndIncrement());
                over |= event instanceof InferenceEvent.Completed;
                to.event(event);
                credit.getAndUpdate(c -> c == Long.MAX_VALUE ? c : c - 1);
            }
            if (++unflushed == framesPerFlush && !over) {
                unflushed = 0;
                to.flushPoint();
            }
        }
        if (unflushed > 0 && !over) {
            to.flushPoint();
        }
    }
}
