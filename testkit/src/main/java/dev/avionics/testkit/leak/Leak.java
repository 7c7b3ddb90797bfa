package dev.avionics.testkit.leak;

import static java.util.Objects.requireNonNull;

/**
 * A resource that was collected without having been released.
 *
 * @param resource the simple name of its type
 * @param records where it was touched, as Netty's detector tells; empty when it kept none
 */
public record Leak(String resource, String records) {
    public Leak {
        requireNonNull(resource, "resource");
        requireNonNull(records, "records");
    }
}
