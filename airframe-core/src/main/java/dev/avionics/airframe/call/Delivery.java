package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * On which thread the events of a call reach the code of its user; serial for one call in each case.
 *
 * @param executor runs the deliveries; null for the transport's own thread
 */
public record Delivery(@Nullable Executor executor) {
    /**
     * The transport's thread. For code that never blocks: blocking there stalls other calls, and blocking views refuse
     * to run.
     */
    public static final Delivery TRANSPORT = new Delivery(null);

    /** An executor of the caller's choice. */
    public static Delivery on(Executor executor) {
        return new Delivery(requireNonNull(executor, "executor"));
    }
}
