package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a transport.
 *
 * <p>An endpoint is a scheme, host, port and proxy; connections to it are pooled apart from all others.
 *
 * @param maxConnections connections per endpoint, those being opened included; at least 1, default 512. A streamed call
 *     holds one until its last byte, so this is the number of calls an endpoint may have in flight
 * @param maxWaiting calls per endpoint that may wait for a connection, first come first served; one more fails with the
 *     code {@code pool}; at least 0, default 1024
 * @param idleTimeout how long an unused connection is kept; positive, default 30 s. Keep it below the peer's
 * @param maxAge how long a connection is used; positive, default 1 h, so that a change of address is noticed
 * @param ioThreads threads that carry connections; at least 1, default the number of cores, at most 8
 * @param nativeIo whether epoll is used where it is there; default true
 * @param proxies which calls go through a proxy; default none
 * @param trust the certificates to trust in place of the JVM's; null for the JVM's
 * @param resolver the look-up of hosts; default the JVM's
 */
public record TransportOptions(
        int maxConnections,
        int maxWaiting,
        Duration idleTimeout,
        Duration maxAge,
        int ioThreads,
        boolean nativeIo,
        ProxyRules proxies,
        @Nullable KeyStore trust,
        HostResolver resolver) {

    public TransportOptions {
        atLeast("maxConnections", maxConnections, 1);
        atLeast("maxWaiting", maxWaiting, 0);
        positive("idleTimeout", idleTimeout);
        positive("maxAge", maxAge);
        atLeast("ioThreads", ioThreads, 1);
        requireNonNull(proxies, "proxies");
        requireNonNull(resolver, "resolver");
    }

    /** The defaults. */
    public static TransportOptions defaults() {
        return builder().build();
    }

    /** A builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    private static void positive(String name, Duration value) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /** Builds {@link TransportOptions}; not thread-safe. */
    public static final class Builder {
        private int maxConnections = 512;
        private int maxWaiting = 1024;
        private Duration idleTimeout = Duration.ofSeconds(30);
        private Duration maxAge = Duration.ofHours(1);
        private int ioThreads = Math.min(8, Runtime.getRuntime().availableProcessors());
        private boolean nativeIo = true;
        private ProxyRules proxies = ProxyRules.none();
        private @Nullable KeyStore trust;
        private HostResolver resolver = HostResolver.system();

        private Builder() {}

        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        public Builder maxWaiting(int value) {
            maxWaiting = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        public Builder maxAge(Duration value) {
            maxAge = value;
            return this;
        }

        public Builder ioThreads(int value) {
            ioThreads = value;
            return this;
        }

        public Builder nativeIo(boolean value) {
            nativeIo = value;
            return this;
        }

        public Builder proxies(ProxyRules value) {
            proxies = value;
            return this;
        }

        /** Trusts the certificates of a key store in place of the JVM's; null for the JVM's. */
        public Builder trust(@Nullable KeyStore value) {
            trust = value;
            return this;
        }

        /**
         * Trusts the certificates of a PEM file in place of the JVM's. The file is read at once.
         *
         * @throws IllegalArgumentException if it cannot be read or holds no certificate
         */
        public Builder trustPem(Path file) {
            trust = readPem(file);
            return this;
        }

        public Builder resolver(HostResolver value) {
            resolver = value;
            return this;
        }

        public TransportOptions build() {
            return new TransportOptions(
                    maxConnections, maxWaiting, idleTimeout, maxAge, ioThreads, nativeIo, proxies, trust, resolver);
        }

        private static KeyStore readPem(Path file) {
            try (InputStream in = Files.newInputStream(file)) {
                Collection<? extends Certificate> found =
                        CertificateFactory.getInstance("X.509").generateCertificates(in);
                if (found.isEmpty()) {
                    throw new IllegalArgumentException("trust file " + file + ": holds no certificate");
                }
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                int number = 0;
                for (Certificate certificate : found) {
                    store.setCertificateEntry("trusted-" + number++, certificate);
                }
                return store;
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalArgumentException(
                        "trust file " + file + ": cannot be read as PEM certificates (" + e.getMessage() + ")", e);
            }
        }
    }
}
