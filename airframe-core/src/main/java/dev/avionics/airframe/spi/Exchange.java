package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import java.util.List;

/**
 * One operation as a protocol plans it: what it could not take along, and what is sent first.
 *
 * @param adjustments what the target cannot take and was not sent
 * @param first the first request
 * @param <R> the operation's result
 */
public record Exchange<R>(List<Adjustment> adjustments, Step.Send<R> first) {
    public Exchange {
        adjustments = List.copyOf(adjustments);
        requireNonNull(first, "first");
    }

    /** An operation that takes everything along. */
    public static <R> Exchange<R> of(Step.Send<R> first) {
        return new Exchange<>(List.of(), first);
    }
}
