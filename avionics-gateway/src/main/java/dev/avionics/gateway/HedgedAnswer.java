package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.airframe.stream.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt beside which another is made if it takes long. The first of both that commits is the answer, the other one is given up. It
 * fails when the first one fails alone, or when both have failed, with the error of the first.
 *
 * <p>Of what the arms give only the winner's reaches the sink, so that the sink is told serially whatever threads they run on.
 */
final class HedgedAnswer implements Source {
    private final Arm first;
    private final Race race;
    private final Scheduler scheduler;
    private final Duration delay;
    private volatile @Nullable Sink out;
    private volatile @Nullable Arm winner;

    // Guarded by this: the second arm, whether it is just being opened, whether all is over, and what the reader asked
    // for and
    // was not given; that is negative when it got more.
    private @Nullable Arm second;
    private boolean opening;
    private boolean over;
    private long asked;
    private Scheduler.@Nullable Handle timer;

    /** What a call does about its two attempts. Called serially, but for {@link #second}, during which nothing else is called. */
    interface Race {
        /** The stream of the second attempt; null if there is none. */
        @Nullable
        InferenceStream<InferenceEvent> second();

        /**
         * One of them commits.
         *
         * @param isSecond whether it is the second
         * @param loser how the other one ended; null if there was none
         */
        void won(boolean isSecond, @Nullable Outcome loser);

        /** The second one failed, and so did the first. */
        void bothFailed(InferenceException second);
    }

    HedgedAnswer(InferenceStream<InferenceEvent> first, Race race, Scheduler scheduler, Duration delay) {
        this.first = new Arm(first);
        this.race = race;
        this.scheduler = scheduler;
        this.delay = delay;
    }

    private Sink out() {
        Sink known = out;
        if (known == null) {
            throw new IllegalStateException("not started");
        }
        return known;
    }

    @Override
    public void start(Sink sink) {
        out = sink;
        first.begin();
        boolean wait;
        synchronized (this) {
            wait = !over && winner == null;
        }
        if (!wait) {
            return;
        }
        // Without the lock: the time may be over in here.
        Scheduler.Handle set = scheduler.schedule(this::late, delay);
        boolean needless;
        synchronized (this) {
            timer = set;
            needless = over || winner != null;
        }
        if (needless) {
            set.cancel();
        }
    }

    /** The first one takes long. */
    private void late() {
        synchronized (this) {
            if (over || winner != null || first.failure != null) {
                return;
            }
            opening = true;
        }
        InferenceStream<InferenceEvent> beside = race.second();
        Arm arm = beside == null ? null : new Arm(beside);
        boolean needless;
        InferenceException alone;
        synchronized (this) {
            opening = false;
            needless = over || winner != null;
            second = arm;
            alone = arm == null && !needless ? first.failure : null;
            over |= alone != null;
        }
        if (alone != null) {
            out().fail(alone);
        } else if (arm != null && needless) {
            arm.giveUp(CancelReason.SUPERSEDED);
        } else if (arm != null) {
            arm.begin();
        }
    }

    private void stopTimer() {
        Scheduler.Handle set;
        synchronized (this) {
            set = timer;
        }
        if (set != null) {
            set.cancel();
        }
    }

    @Override
    public void request(long n) {
        Arm to;
        long more = n;
        synchronized (this) {
            to = winner;
            if (to == null || asked < 0) {
                boolean full = asked > 0 && asked + n < 0;
                asked = full ? Long.MAX_VALUE : asked + n;
                if (to == null) {
                    // The arms were asked for one event each; the winner gets the rest.
                    return;
                }
                more = asked;
                asked = Math.min(asked, 0);
            }
        }
        if (more > 0) {
            to.source.request(more);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        Arm won;
        Arm beside;
        synchronized (this) {
            over = true;
            won = winner;
            beside = second;
        }
        stopTimer();
        if (won == null || won == first) {
            first.source.cancel(why);
        }
        if (beside != null && (won == null || won == beside)) {
            beside.giveUp(why);
        }
    }

    @Override
    public void resumed() {
        Arm won = winner;
        (won == null ? first : won).source.resumed();
    }

    @Override
    public Usage usageSoFar() {
        Arm won = winner;
        if (won != null) {
            return won.source.usageSoFar();
        }
        Arm beside;
        synchronized (this) {
            beside = second;
        }
        Usage mine = first.usageSoFar();
        return beside == null ? mine : mine.plus(beside.usageSoFar());
    }

    /** One of the two. */
    private final class Arm implements Sink {
        private final InferenceStream<InferenceEvent> stream;
        private final Source source;
        private final List<InferenceEvent> held = new ArrayList<>(2);

        // Guarded by the answer.
        private boolean started;
        private boolean dropped;
        private @Nullable InferenceException failure;

        Arm(InferenceStream<InferenceEvent> stream) {
            this.stream = stream;
            source = InferenceStream.sourceOf(stream);
        }

        void begin() {
            boolean gone;
            synchronized (HedgedAnswer.this) {
                gone = dropped;
                started = !gone;
            }
            if (gone) {
                stream.cancel(CancelReason.SUPERSEDED);
                return;
            }
            source.start(this);
            synchronized (HedgedAnswer.this) {
                gone = dropped;
            }
            if (gone) {
                source.cancel(CancelReason.SUPERSEDED);
            } else {
                source.request(1);
            }
        }

        /** It is not wanted any more, whatever it does. */
        void giveUp(CancelReason why) {
            boolean running;
            synchronized (HedgedAnswer.this) {
                running = started;
                dropped = true;
            }
            if (running) {
                source.cancel(why);
            } else {
                stream.cancel(why);
            }
        }

        Usage usageSoFar() {
            InferenceException why;
            boolean running;
            synchronized (HedgedAnswer.this) {
                why = failure;
                running = started;
            }
            if (why != null) {
                return why.usage();
            }
            return running ? source.usageSoFar() : Usage.absent();
        }

        @Override
        public void event(InferenceEvent event) {
            Arm won = winner;
            if (won == this) {
                out().event(event);
            } else if (won == null) {
                if (event.commits()) {
                    win(event);
                } else {
                    held.add(event);
                    source.request(1);
                }
            }
        }

        private void win(InferenceEvent event) {
            Arm loser;
            long rest;
            synchronized (HedgedAnswer.this) {
                if (over || winner != null) {
                    return;
                }
                winner = this;
                loser = this == first ? second : first;
                rest = asked == Long.MAX_VALUE ? asked : asked - held.size() - 1;
                asked = Math.min(rest, 0);
            }
            stopTimer();
            race.won(this != first, loser == null ? null : loser.lose());
            for (InferenceEvent earlier : held) {
                out().event(earlier);
            }
            held.clear();
            out().event(event);
            if (rest > 0 && !(event instanceof InferenceEvent.Completed)) {
                source.request(rest);
            }
        }

        private Outcome lose() {
            InferenceException why;
            synchronized (HedgedAnswer.this) {
                why = failure;
            }
            if (why != null) {
                return new Outcome.Failed(why);
            }
            Usage used = usageSoFar();
            giveUp(CancelReason.SUPERSEDED);
            return new Outcome.Cancelled(CancelReason.SUPERSEDED, used);
        }

        @Override
        public void flushPoint() {
            if (winner == this) {
                out().flushPoint();
            }
        }

        @Override
        public void fail(InferenceException why) {
            InferenceException of;
            InferenceException beside;
            synchronized (HedgedAnswer.this) {
                if (over || (winner != null && winner != this)) {
                    return;
                }
                failure = why;
                if (winner == this) {
                    over = true;
                    of = why;
                    beside = null;
                } else {
                    Arm other = this == first ? second : first;
                    boolean otherRuns = this == first ? opening : false;
                    if (otherRuns || (other != null && other.failure == null)) {
                        // The other one may still answer.
                        return;
                    }
                    over = true;
                    of = first.failure == null ? why : first.failure;
                    beside = other == null ? null : this == first ? other.failure : why;
                }
            }
            stopTimer();
            if (beside != null) {
                race.bothFailed(beside);
            }
            out().fail(of);
        }

        @Override
        public boolean readerWaits() {
            Arm won = winner;
            return won == null || (won == this && out().readerWaits());
        }
    }
}
