package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceEvent.Completed;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream as the source of another one: its events on its own source's thread. */
final class Relay implements Source, Receiver {
    private final Flight flight;
    private final @Nullable Function<InferenceEvent, @Nullable InferenceEvent> view;
    private @Nullable Sink sink;
    // Somebody else consumes the flight: it is not ours to steer.
    private volatile boolean refused;
    // The sink was told the end, or does not want to hear of it.
    private volatile boolean over;
    // Touched on the source's thread only.
    private int leftOut;

    Relay(Flight flight, @Nullable Function<InferenceEvent, @Nullable InferenceEvent> view) {
        this.flight = flight;
        this.view = view;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        if (!flight.consume(this)) {
            refused = true;
            to.fail(InferenceException.builder(ErrorCategory.REJECTED, "the stream has a consumer already")
                    .origin(ErrorOrigin.CALLER)
                    .build());
            return;
        }
        flight.begin();
    }

    @Override
    public void request(long n) {
        if (!refused) {
            flight.request(n);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        if (!refused) {
            // Before the cancel, whose end comes back here: who cancels a source is told nothing more.
            over = true;
            flight.cancel(why);
        }
    }

    @Override
    public void resumed() {
        if (!refused) {
            flight.resumed();
        }
    }

    @Override
    public Usage usageSoFar() {
        return refused ? Usage.absent() : flight.usageSoFar();
    }

    @Override
    public void event(InferenceEvent event) {
        if (over) {
            return;
        }
        if (view == null) {
            sink().event(event);
            return;
        }
        InferenceEvent seen;
        try {
            seen = view.apply(event);
        } catch (Throwable e) {
            flightFails(e);
            return;
        }
        if (seen != null) {
            sink().event(seen);
        } else {
            leftOut++;
        }
        if (event instanceof Completed) {
            if (!(seen instanceof Completed)) {
                // A stream without an end would never be over.
                sink().event(event);
            }
        } else if (seen instanceof Completed) {
            over = true;
            flight.cancel(CancelReason.CALLER);
        }
    }

    private void flightFails(Throwable e) {
        over = true;
        flight.cancel(CancelReason.CALLER);
        sink().fail(
                        e instanceof InferenceException known
                                ? known
                                : InferenceException.builder(
                                                ErrorCategory.REJECTED, "a function of the stream's view threw: " + e)
                                        .origin(ErrorOrigin.CALLER)
                                        .usage(flight.usageSoFar())
                                        .cause(e)
                                        .build());
    }

    @Override
    public void flushPoint() {
        sink().flushPoint();
        if (leftOut > 0) {
            // Who asked counts what it gets: what was left out is asked for again.
            int more = leftOut;
            leftOut = 0;
            flight.request(more);
        }
    }

    @Override
    public void end(@Nullable InferenceException error, boolean cancelled) {
        if (error != null && !over) {
            sink().fail(error);
        }
    }

    @Override
    public boolean readerWaits() {
        return sink().readerWaits();
    }

    private Sink sink() {
        Sink to = sink;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }
}
