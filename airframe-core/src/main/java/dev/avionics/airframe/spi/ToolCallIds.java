package dev.avionics.airframe.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** Ids of tool calls for backends that take certain ones only. */
public final class ToolCallIds {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private ToolCallIds() {}

    /**
     * An id that the backend takes: the id itself if it fits, else letters and digits made of it, the same each time, so that a
     * call and its result still belong together.
     *
     * @param id the id of whoever made it
     * @param allowed what the backend takes; matched whole
     * @param length how long a made id is, from 1 to 32
     */
    public static String fitting(String id, Pattern allowed, int length) {
        if (allowed.matcher(id).matches()) {
            return id;
        }
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        StringBuilder made = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            made.append(ALPHABET.charAt((hash[i] & 0xFF) % ALPHABET.length()));
        }
        return made.toString();
    }
}
