package dev.avionics.gateway.layer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Keys in the shared state that hold names of callers, of any length and content. */
final class StateKeys {
    private static final int LONGEST_NAME = 256;

    private StateKeys() {}

    /**
     * A key.
     *
     * @param kind ours; what has another kind has another key, whatever the name
     * @param name as it is, or its digest where it is too long
     */
    static String of(String kind, String name) {
        return kind + ":" + (name.length() <= LONGEST_NAME ? name : digest(name));
    }

    private static String digest(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
