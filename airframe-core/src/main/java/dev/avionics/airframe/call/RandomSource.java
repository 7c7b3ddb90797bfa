package dev.avionics.airframe.call;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Where chance comes from. Thread-safe. */
@FunctionalInterface
public interface RandomSource {
    /** A number from 0 (inclusive) to 1 (exclusive). */
    double nextDouble();

    /** Real chance. */
    static RandomSource system() {
        return () -> ThreadLocalRandom.current().nextDouble();
    }

    /** Chance that repeats itself for a seed. */
    static RandomSource seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> {
            synchronized (random) {
                return random.nextDouble();
            }
        };
    }
}
