package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.http.HttpCall;
import org.jspecify.annotations.Nullable;

/**
 * A key for one attempt, and where it goes.
 *
 * @param placement in which header
 * @param secret the key; null with {@link Placement#NONE} only
 * @param header the header's name; with {@link Placement#HEADER} only
 */
public record Credential(
        Placement placement,
        @Nullable Secret secret,
        @Nullable String header) {
    /** Where a key goes. */
    public enum Placement {
        /** Nowhere: the backend wants none. */
        NONE,
        /** Where the protocol puts keys by itself. */
        PROTOCOL,
        /** Into {@code Authorization: Bearer}. */
        BEARER,
        /** Into a header of another name, as it is. */
        HEADER
    }

    /** No key. */
    public static final Credential NONE = new Credential(Placement.NONE, null, null);

    public Credential {
        requireNonNull(placement, "placement");
        if ((placement == Placement.NONE) != (secret == null)) {
            throw new IllegalArgumentException("secret: (expected: for every placement but NONE)");
        }
        if ((placement == Placement.HEADER) != (header != null)) {
            throw new IllegalArgumentException(
                    "header: " + header + " (expected: with placement HEADER, and only there)");
        }
    }

    /** A key that goes where the protocol puts keys. */
    public static Credential key(Secret secret) {
        return new Credential(Placement.PROTOCOL, secret, null);
    }

    /** A bearer token. */
    public static Credential bearer(Secret secret) {
        return new Credential(Placement.BEARER, secret, null);
    }

    /** A key that goes into a header of the given name. */
    public static Credential header(String name, Secret secret) {
        return new Credential(Placement.HEADER, secret, name);
    }

    /**
     * Puts the key onto a request.
     *
     * @param usual the header that the protocol wants keys in, as they are; for {@link Placement#PROTOCOL}
     */
    public HttpCall onto(HttpCall call, String usual) {
        Secret key = secret;
        if (key == null) {
            return call;
        }
        return switch (placement) {
            case BEARER -> call.withHeader("authorization", "Bearer " + key.reveal());
            case HEADER -> call.withHeader(requireNonNull(header, "header"), key.reveal());
            case PROTOCOL -> call.withHeader(usual, key.reveal());
            case NONE -> call;
        };
    }
}
