package dev.avionics.gateway.layer;

import dev.avionics.airframe.call.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A ticker as a clock, for libraries that reckon waits by clocks: it cannot jump. Its dates mean nothing. */
final class TickerClock extends Clock {
    private final Ticker ticker;
    private final long origin;

    TickerClock(Ticker ticker) {
        this.ticker = ticker;
        origin = ticker.nanoTime();
    }

    /** Since this was made. */
    long nanos() {
        return ticker.nanoTime() - origin;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
