package dev.avionics.airframe.call;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The events of the attempt that commits. Before that, attempts come and go unseen. */
final class AttemptSource implements Source {
    /** Events without content that are held back for one attempt; with more of them it commits all the same. */
    private static final int MOST_HELD = 1024;

    private final Attempts owner;
    private final CallContext given;
    private final Timeouts timeouts;
    private final AttemptPlan plan;
    private final BiFunction<Attempt, CallContext, InferenceStream<InferenceEvent>> opener;
    private @Nullable Run run;
    private @Nullable Sink out;
    private volatile boolean committed;
    private boolean resumable;
    // Of the attempts, which come one after the other: why the answer broke off that goes on, the tokens of its parts,
    // and
    // how many events were delivered; these are counted only where an answer may go on.
    private @Nullable InferenceException brokenBy;
    private Usage parts = Usage.absent();
    private long delivered;

    // Guarded by this: who runs, what is asked for and not yet passed on, and whether the call was given up. What was
    // given unasked is owed: asked is negative then.
    private @Nullable Source running;
    private Scheduler.@Nullable Handle timer;
    private @Nullable CancelReason cancelled;
    private long asked;
    private long total;
    private Usage lost = Usage.absent();

    private record Run(CallContext context, AttemptLoop loop) {}

    AttemptSource(
            Attempts owner,
            CallContext context,
            Timeouts timeouts,
            AttemptPlan plan,
            BiFunction<Attempt, CallContext, InferenceStream<InferenceEvent>> opener) {
        this.owner = owner;
        this.given = context;
        this.timeouts = timeouts;
        this.plan = plan;
        this.opener = opener;
    }

    @Override
    public void start(Sink sink) {
        out = sink;
        CallContext bounded = owner.bounded(given, timeouts);
        run = new Run(bounded, owner.loop(plan, bounded));
        resumable = loop().mayResume();
        attempt();
    }

    private void attempt() {
        synchronized (this) {
            timer = null;
            if (cancelled != null) {
                return;
            }
        }
        Attempt attempt = loop().begin();
        observer().attemptStarted(loop().number(), attempt.target());
        Source source;
        try {
            source = InferenceStream.sourceOf(opener.apply(attempt, run().context()));
        } catch (Throwable e) {
            failed(Attempts.asInferenceException(e));
            return;
        }
        CancelReason gone;
        synchronized (this) {
            gone = cancelled;
            if (gone == null) {
                running = source;
            }
        }
        if (gone != null) {
            return;
        }
        source.start(new AttemptSink());
        synchronized (this) {
            gone = cancelled;
        }
        if (gone != null) {
            source.cancel(gone);
        } else {
            // One event decides; the rest of the demand follows with the commit.
            source.request(1);
        }
    }

    private void failed(InferenceException why) {
        if (committed && !resumable) {
            sink().fail(loop().verdict(why));
            return;
        }
        boolean begun = committed || brokenBy != null;
        synchronized (this) {
            if (committed) {
                // What is asked for and was not given is what the next one is asked for.
                committed = false;
                asked = total == Long.MAX_VALUE ? total : total - delivered;
            }
            running = null;
            lost = lost.plus(why.usage());
            if (cancelled != null) {
                return;
            }
        }
        observer().attemptFailed(loop().number(), loop().target(), why);
        if (begun) {
            resume(why);
            return;
        }
        Optional<Attempt> next = loop().next(why);
        if (next.isEmpty()) {
            observer().notRetried(loop().number(), loop().denial());
            sink().fail(loop().verdict(why));
            return;
        }
        Duration wait = next.get().after();
        if (wait.isZero()) {
            attempt();
            return;
        }
        observer().waiting(loop().number() + 1, wait, why);
        // Without the lock: the attempt may be made in here.
        Scheduler.Handle set = owner.pauses().schedule(this::attempt, wait);
        boolean gone;
        synchronized (this) {
            timer = set;
            gone = cancelled != null;
        }
        if (gone) {
            set.cancel();
        }
    }

    private void resume(InferenceException why) {
        Optional<Attempt> next = loop().resume(why);
        if (next.isEmpty()) {
            observer().notRetried(loop().number(), loop().denial());
            sink().fail(loop().verdict(why));
            return;
        }
        parts = parts.plus(why.usage());
        if (brokenBy == null) {
            brokenBy = why;
        }
        attempt();
    }

    private Run run() {
        Run mine = run;
        if (mine == null) {
            throw new IllegalStateException("not started");
        }
        return mine;
    }

    private AttemptLoop loop() {
        return run().loop();
    }

    private CallObserver observer() {
        return run().context().observer();
    }

    private Sink sink() {
        Sink to = out;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }

    @Override
    public void request(long n) {
        Source to;
        long more = n;
        synchronized (this) {
            to = running;
            if (resumable) {
                total = total + n < 0 ? Long.MAX_VALUE : total + n;
            }
            if (!committed) {
                asked = asked > 0 && asked + n < 0 ? Long.MAX_VALUE : asked + n;
                // The attempt that runs was asked for one event; it gets the rest with the commit.
                return;
            }
            if (asked < 0) {
                more = asked + n;
                asked = Math.min(more, 0);
            }
        }
        if (to != null && more > 0) {
            to.request(more);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        Source to;
        Scheduler.Handle wait;
        synchronized (this) {
            if (cancelled != null) {
                return;
            }
            cancelled = why;
            to = running;
            wait = timer;
        }
        if (wait != null) {
            wait.cancel();
        }
        if (to != null) {
            to.cancel(why);
        }
    }

    @Override
    public void resumed() {
        Source to;
        synchronized (this) {
            to = running;
        }
        if (to != null) {
            to.resumed();
        }
    }

    @Override
    public Usage usageSoFar() {
        Source to;
        Usage earlier;
        synchronized (this) {
            to = running;
            earlier = lost;
        }
        return to == null ? earlier : earlier.plus(to.usageSoFar());
    }

    /** Holds back what comes before the first content of one attempt. */
    private final class AttemptSink implements Sink {
        private final List<InferenceEvent> held = new ArrayList<>(2);
        private boolean mine;

        @Override
        public void event(InferenceEvent event) {
            if (mine) {
                give(event);
            } else if (event.commits() || held.size() >= MOST_HELD) {
                commit(event);
            } else {
                held.add(event);
                // Nothing was delivered for it, so the attempt is asked for one more.
                more(1);
            }
        }

        private void commit(InferenceEvent event) {
            mine = true;
            observer().committed(loop().number(), loop().target());
            InferenceException broken = brokenBy;
            List<InferenceEvent> first = broken == null ? begun() : resumed(broken);
            brokenBy = null;
            long rest;
            synchronized (AttemptSource.this) {
                committed = true;
                // The attempt was asked for each of these events already.
                rest = asked == Long.MAX_VALUE ? asked : asked - first.size() - 1;
                asked = Math.min(rest, 0);
            }
            for (InferenceEvent earlier : first) {
                give(earlier);
            }
            held.clear();
            give(event);
            if (rest > 0 && !(event instanceof InferenceEvent.Completed)) {
                more(rest);
            }
        }

        private List<InferenceEvent> begun() {
            List<InferenceEvent> first = new ArrayList<>(held.size());
            for (InferenceEvent earlier : held) {
                first.add(earlier instanceof InferenceEvent.Started started ? counted(started) : earlier);
            }
            return first;
        }

        private InferenceEvent counted(InferenceEvent.Started started) {
            return new InferenceEvent.Started(
                    started.target(), loop().number(), started.rateLimits(), started.adjustments());
        }

        /** Whose answer goes on has no second beginning. */
        private List<InferenceEvent> resumed(InferenceException broken) {
            List<InferenceEvent> first = new ArrayList<>(held.size() + 1);
            List<Adjustment> adjustments = new ArrayList<>();
            for (InferenceEvent earlier : held) {
                if (earlier instanceof InferenceEvent.Started started) {
                    adjustments.addAll(started.adjustments());
                } else {
                    first.add(earlier);
                }
            }
            first.add(0, new InferenceEvent.Resumed(loop().target(), loop().number(), broken.category(), adjustments));
            return first;
        }

        private void give(InferenceEvent event) {
            if (!resumable) {
                sink().event(event);
                return;
            }
            delivered++;
            sink().event(
                            event instanceof InferenceEvent.Completed end && parts.isPresent()
                                    ? new InferenceEvent.Completed(
                                            end.finish(),
                                            end.finishRaw(),
                                            parts.plus(end.usage()),
                                            end.responseId(),
                                            end.model())
                                    : event);
        }

        private void more(long n) {
            Source to;
            synchronized (AttemptSource.this) {
                to = running;
            }
            if (to != null) {
                to.request(n);
            }
        }

        @Override
        public void flushPoint() {
            if (mine) {
                sink().flushPoint();
            }
        }

        @Override
        public void fail(InferenceException why) {
            failed(why);
        }

        @Override
        public boolean readerWaits() {
            // Before the commit the reader waits for the answer, whatever it asked for.
            return !mine || sink().readerWaits();
        }
    }
}
