package dev.avionics.airframe.spi;

import dev.avionics.airframe.Secret;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where keys come from. Asked before each attempt; may refresh a token or offer another key. Thread-safe; must not
 * block.
 */
@FunctionalInterface
public interface CredentialSource {
    /** The key for the next attempt. A failure of the stage fails the attempt with category AUTHENTICATION. */
    CompletionStage<Credential> credential();

    /**
     * Is told that the backend refused a key with 401.
     *
     * @return whether {@link #credential()} would give another one from here on; then the attempt is made once more
     */
    default boolean rejected(Credential credential) {
        return false;
    }

    /** Never a key. */
    static CredentialSource none() {
        return of(Credential.NONE);
    }

    /** Always the same key, placed where the protocol puts keys. */
    static CredentialSource key(Secret secret) {
        return of(Credential.key(secret));
    }

    /** Always the same bearer token. */
    static CredentialSource bearer(Secret secret) {
        return of(Credential.bearer(secret));
    }

    /** Always the same key in a header of the given name. */
    static CredentialSource header(String name, Secret secret) {
        return of(Credential.header(name, secret));
    }

    /** Always the same credential. */
    static CredentialSource of(Credential credential) {
        CompletableFuture<Credential> ready = CompletableFuture.completedFuture(credential);
        return () -> ready;
    }
}
