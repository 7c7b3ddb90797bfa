package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

/**
 * One header field as it stands on the wire.
 *
 * @param name the name in its own spelling
 * @param value the value without white space around it
 */
public record Header(String name, String value) {
    public Header {
        requireNonNull(name, "name");
        requireNonNull(value, "value");
    }

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
