package dev.avionics.gateway.layer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one try at something that is scarce.
 *
 * @param taken what was got, or null
 * @param again after which time another try may do better; zero if it was got
 */
record Turn<T>(@Nullable T taken, Duration again) {
    static <T> Turn<T> of(T taken) {
        return new Turn<>(taken, Duration.ZERO);
    }

    static <T> Turn<T> notBefore(Duration again) {
        return new Turn<>(null, again);
    }
}
