package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
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

    Relay(Flight flight, @Nullable Function<InferenceEvent, @Nullable InferenceEvent> view) {
        this.flight = flight;
        this.view = view;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        if (!flight.consume(this)) {
            to.fail(InferenceException.builder(ErrorCategory.REJECTED, "the stream has a consumer already")
                    .origin(ErrorOrigin.CALLER)
                    .build());
            return;
        }
        flight.begin();
    }

    @Override
    public void request(long n) {
        flight.request(n);
    }

    @Override
    public void cancel(CancelReason why) {
        flight.cancel(why);
    }

    @Override
    public void resumed() {
        flight.resumed();
    }

    @Override
    public Usage usageSoFar() {
        return flight.usageSoFar();
    }

    @Override
    public void event(InferenceEvent event) {
        InferenceEvent seen = view == null ? event : view.apply(event);
        if (seen != null) {
            sink().event(seen);
        }
    }

    @Override
    public void flushPoint() {
        sink().flushPoint();
    }

    @Override
    public void end(@Nullable Throwable error, boolean cancelled) {
        if (error instanceof InferenceException known) {
            sink().fail(known);
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
