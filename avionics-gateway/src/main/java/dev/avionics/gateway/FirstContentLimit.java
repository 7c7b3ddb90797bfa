package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.LeavingSource;
import dev.avionics.airframe.stream.Source;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that fails if its first content takes longer than the call wants to wait while another target is left. The time runs
 * from the start of the attempt.
 */
final class FirstContentLimit implements Source, Source.Sink {
    private final LeavingSource inner;
    private final Scheduler scheduler;
    private final Duration limit;
    private final GatewayAttempt attempt;
    private volatile @Nullable Sink out;
    private Scheduler.@Nullable Handle timer;
    private boolean done;

    FirstContentLimit(
            InferenceStream<InferenceEvent> answer, Scheduler scheduler, Duration limit, GatewayAttempt attempt) {
        inner = new LeavingSource(InferenceStream.sourceOf(answer));
        this.scheduler = scheduler;
        this.limit = limit;
        this.attempt = attempt;
    }

    private InferenceException late() {
        return InferenceException.builder(
                        ErrorCategory.TIMEOUT,
                        attempt.asked() + " gave no content within " + limit.toMillis()
                                + " ms: the call goes to another target")
                .provider(attempt.provider())
                .model(attempt.model())
                .endpoint(attempt.target().endpoint().address())
                .clock("first_content")
                .usage(inner.usageSoFar())
                .build();
    }

    @Override
    public void start(Sink sink) {
        out = sink;
        inner.start(this);
        Scheduler.Handle set = scheduler.schedule(() -> inner.leave(late()), limit);
        boolean late;
        synchronized (this) {
            late = done;
            timer = set;
        }
        if (late) {
            set.cancel();
        }
    }

    /** The time is no longer of interest. */
    private void stop() {
        Scheduler.Handle set;
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
            set = timer;
        }
        if (set != null) {
            set.cancel();
        }
    }

    private Sink out() {
        Sink known = out;
        if (known == null) {
            throw new IllegalStateException("not started");
        }
        return known;
    }

    @Override
    public void request(long n) {
        inner.request(n);
    }

    @Override
    public void cancel(CancelReason why) {
        stop();
        inner.cancel(why);
    }

    @Override
    public void resumed() {
        inner.resumed();
    }

    @Override
    public Usage usageSoFar() {
        return inner.usageSoFar();
    }

    @Override
    public void event(InferenceEvent event) {
        if (event.commits()) {
            stop();
        }
        out().event(event);
    }

    @Override
    public void flushPoint() {
        out().flushPoint();
    }

    @Override
    public void fail(InferenceException why) {
        stop();
        out().fail(why);
    }

    @Override
    public boolean readerWaits() {
        Sink known = out;
        return known == null || known.readerWaits();
    }
}
