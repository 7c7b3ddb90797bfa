package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Source;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives events that are known beforehand, each after its wait, and no more than were asked for. */
final class ScriptedSource implements Source {
    private final List<Step> steps;
    private final Scheduler scheduler;
    private final Runnable started;
    private @Nullable Sink sink;

    // Guarded by this.
    private long asked;
    private int next;
    private boolean waited;
    private boolean running;
    private boolean over;
    private Scheduler.@Nullable Handle timer;

    /**
     * What comes next.
     *
     * @param after the wait before it, counted from when it was asked for
     * @param event what comes, or null for the failure
     * @param failure how the stream ends in place of an event
     */
    record Step(
            Duration after,
            @Nullable InferenceEvent event,
            @Nullable InferenceException failure) {
        static Step of(InferenceEvent event) {
            return new Step(Duration.ZERO, event, null);
        }
    }

    /**
     * A source of steps, the last of which ends the stream.
     *
     * @param started runs when the stream is consumed
     */
    ScriptedSource(List<Step> steps, Scheduler scheduler, Runnable started) {
        this.steps = List.copyOf(steps);
        this.scheduler = scheduler;
        this.started = started;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        started.run();
    }

    @Override
    public void request(long n) {
        synchronized (this) {
            asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
        }
        run();
    }

    /** One thread at a time gives events; others leave their wish and go. */
    private void run() {
        Sink to = requireNonNull(sink, "sink");
        boolean gave = false;
        while (true) {
            Step step;
            synchronized (this) {
                if (running && !gave) {
                    return;
                }
                step = over || timer != null ? null : ready();
                if (step == null) {
                    running = false;
                } else {
                    running = true;
                    over = next == steps.size();
                }
            }
            if (step == null) {
                if (gave) {
                    to.flushPoint();
                }
                return;
            }
            gave = true;
            InferenceException failure = step.failure();
            if (failure != null) {
                to.fail(failure);
            } else {
                to.event(requireNonNull(step.event(), "event"));
            }
        }
    }

    /** The next step if its time has come and it may be given; the end of the stream need not be asked for. */
    private @Nullable Step ready() {
        if (next >= steps.size()) {
            return null;
        }
        Step step = steps.get(next);
        boolean end = step.failure() != null || step.event() instanceof InferenceEvent.Completed;
        if (asked == 0 && !end) {
            return null;
        }
        if (!step.after().isZero() && !waited) {
            timer = scheduler.schedule(this::timeOver, step.after());
            return null;
        }
        waited = false;
        next++;
        asked = end || asked == Long.MAX_VALUE ? asked : asked - 1;
        return step;
    }

    private void timeOver() {
        synchronized (this) {
            timer = null;
            waited = true;
        }
        run();
    }

    @Override
    public void cancel(CancelReason why) {
        Scheduler.Handle waiting;
        synchronized (this) {
            over = true;
            waiting = timer;
            timer = null;
        }
        if (waiting != null) {
            waiting.cancel();
        }
    }

    @Override
    public Usage usageSoFar() {
        int given;
        synchronized (this) {
            given = next;
        }
        long characters = 0;
        for (Step step : steps.subList(0, given)) {
            if (step.event() instanceof InferenceEvent.TextDelta text) {
                characters += text.text().length();
            }
        }
        return Usage.estimated(0, characters / 4);
    }
}
