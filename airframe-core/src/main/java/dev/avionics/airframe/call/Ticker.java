package dev.avionics.airframe.call;

/** A clock that only goes forward; for measuring, not for dates. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some fixed moment. */
    long nanoTime();

    /** The JVM's own. */
    static Ticker system() {
        return System::nanoTime;
    }
}
