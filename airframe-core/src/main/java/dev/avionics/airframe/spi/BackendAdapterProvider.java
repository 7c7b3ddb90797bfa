package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Clock;

/**
 * Makes the adapter of a backend without HTTP. Found by {@link java.util.ServiceLoader}, so implementations have a public
 * constructor without parameters, which must be cheap.
 */
public interface BackendAdapterProvider {
    /** The kind of endpoint that the adapter serves. */
    BackendKind kind();

    /**
     * Makes the adapter; called once, when the first call needs it.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED if this machine lacks what it needs
     */
    BackendAdapter create(Host host);

    /**
     * What an adapter may use.
     *
     * @param scheduler for all waiting
     * @param ticker for measuring
     * @param clock for dates
     * @param random for chance
     */
    record Host(Scheduler scheduler, Ticker ticker, Clock clock, RandomSource random) {
        public Host {
            requireNonNull(scheduler, "scheduler");
            requireNonNull(ticker, "ticker");
            requireNonNull(clock, "clock");
            requireNonNull(random, "random");
        }
    }
}
