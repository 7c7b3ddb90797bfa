package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Pauses;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Clock;

/** What runs wire protocols share: transport, time, and the facts that were learned. */
public final class Engine implements AutoCloseable {
    private final HttpTransport transport;
    private final Scheduler scheduler;
    private final Pauses pauses;
    private final Ticker ticker;
    private final Clock clock;
    private final LearnedFacts facts;

    /** An engine that has learned nothing yet; the transport stays its owner's. */
    public Engine(HttpTransport transport, Scheduler scheduler, Ticker ticker, Clock clock) {
        this.transport = requireNonNull(transport, "transport");
        this.scheduler = requireNonNull(scheduler, "scheduler");
        pauses = new Pauses(scheduler);
        this.ticker = requireNonNull(ticker, "ticker");
        this.clock = requireNonNull(clock, "clock");
        facts = new LearnedFacts(ticker);
    }

    HttpTransport transport() {
        return transport;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** For waits between two requests. */
    Pauses pauses() {
        return pauses;
    }

    Ticker ticker() {
        return ticker;
    }

    Clock clock() {
        return clock;
    }

    LearnedFacts facts() {
        return facts;
    }

    /**
     * Ends the waits between two requests of a call, on this thread: the second is sent at once. To be called when the
     * transport is closed, so that it is refused and the call ends.
     */
    @Override
    public void close() {
        pauses.close();
    }
}
