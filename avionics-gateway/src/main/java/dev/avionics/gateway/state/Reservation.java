package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * Money held for one call in some accounts. Made by {@link SharedState#reserve} only; given back to {@code settle} or
 * {@code release} of the same state as it is.
 *
 * @param id tells this reservation from others; made by the state
 * @param accounts where it is held
 * @param micros how much, in each of them
 */
public record Reservation(String id, List<Account> accounts, long micros) {
    /** How long after its end a reservation can still be settled. */
    public static final Duration LATE = Duration.ofDays(1);

    public Reservation {
        requireNonNull(id, "id");
        accounts = StateArguments.accounts(accounts);
        StateArguments.micros("micros", micros);
    }
}
