package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A key or token. Prints as {@code ***}; compared in constant time. */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a key. White space at both ends is cut, as it comes from files and shells.
     *
     * @throws IllegalArgumentException if nothing is left, or a character cannot stand in an HTTP header
     */
    public static Secret of(String value) {
        String trimmed = requireNonNull(value, "value").strip();
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("secret: empty");
        }
        for (int i = 0; i < trimmed.length(); i++) {
            char c = trimmed.charAt(i);
            if (c < 0x20 || c >= 0x7f) {
                throw new IllegalArgumentException(
                        "secret: character " + (i + 1) + " is not printable ASCII (was it cut and pasted wrongly?)");
            }
        }
        return new Secret(trimmed);
    }

    /** The key itself; for the wire only. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
