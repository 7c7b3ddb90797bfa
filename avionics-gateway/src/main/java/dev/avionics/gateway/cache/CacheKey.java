package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What two calls have in common that have the same answer: who pays, who is asked, and the whole request. Whether the answer is
 * streamed makes no difference, nor when a message was said, which no backend is told.
 *
 * @param hash SHA-256 in 64 hexadecimal digits: it tells nothing of what was asked
 */
public record CacheKey(String hash) {
    /** Changed together with what is hashed, so that keys of different versions never meet. */
    private static final int VERSION = 1;

    public CacheKey {
        if (!requireNonNull(hash, "hash").matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("hash: " + hash + " (expected: 64 hexadecimal digits)");
        }
    }

    /**
     * The key of a call.
     *
     * @param tenant who pays; empty for nobody in particular
     * @param provider the provider's name
     * @param address where it is; two providers of one name may be different servers
     * @param model the model's name there; may be empty
     */
    public static CacheKey of(String tenant, String provider, String address, String model, InferenceRequest request) {
        MessageDigest digest = sha256();
        FieldWriter out = new FieldWriter(digest::update);
        out.tag(VERSION)
                .text(requireNonNull(tenant, "tenant"))
                .text(requireNonNull(provider, "provider"))
                .text(requireNonNull(address, "address"))
                .text(requireNonNull(model, "model"));
        new CanonicalRequest(out).write(requireNonNull(request, "request"));
        out.flush();
        return new CacheKey(HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
