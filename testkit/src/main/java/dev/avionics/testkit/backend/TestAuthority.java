package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority that exists for the length of a test: it issues server certificates, good ones and bad ones.
 *
 * <p>Keys are on P-256, signatures are ECDSA with SHA-256, certificates are X.509 version 3 (RFC 5280), built here byte
 * by byte since the JDK has no public class for it. Immutable.
 */
public final class TestAuthority {
    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final Duration YEAR = Duration.ofDays(365);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Clock clock;
    private final KeyPair keys;
    private final X509Certificate certificate;

    private TestAuthority(Clock clock) {
        this.clock = clock;
        this.keys = newKeys();
        Instant now = clock.instant();
        this.certificate = issue(
                "Avionics Test Authority",
                keys.getPublic(),
                now.minus(YEAR.multipliedBy(3)),
                now.plus(YEAR),
                List.of(
                        extension("2.5.29.19", true, Der.sequence(Der.bool(true))),
                        extension("2.5.29.15", true, Der.bits(1, new byte[] {0x06}))));
    }

    /** Returns a new authority. Two of them do not trust each other. */
    public static TestAuthority create() {
        return create(Clock.systemUTC());
    }

    /** Returns a new authority that reads the time from the clock. */
    public static TestAuthority create(Clock clock) {
        return new TestAuthority(requireNonNull(clock, "clock"));
    }

    /** Returns the authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Returns the authority's own certificate as PEM text. */
    public String pem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a certificate that is good for {@code localhost}, 127.0.0.1 and ::1. */
    public ServerIdentity forLocalhost() {
        Instant now = clock.instant();
        return server("localhost", now.minus(Duration.ofDays(1)), now.plus(YEAR), "127.0.0.1", "::1");
    }

    /** Returns a certificate that is good for another host only. */
    public ServerIdentity forHost(String host) {
        Instant now = clock.instant();
        return server(requireNonNull(host, "host"), now.minus(Duration.ofDays(1)), now.plus(YEAR));
    }

    /** Returns a certificate for {@code localhost} that ended yesterday. */
    public ServerIdentity expired() {
        Instant now = clock.instant();
        return server("localhost", now.minus(YEAR), now.minus(Duration.ofDays(1)), "127.0.0.1", "::1");
    }

    /** Returns a certificate for {@code localhost} that begins tomorrow. */
    public ServerIdentity notYetValid() {
        Instant now = clock.instant();
        return server("localhost", now.plus(Duration.ofDays(1)), now.plus(YEAR), "127.0.0.1", "::1");
    }

    /** Returns a key store that holds the authority as the only trusted one. */
    public KeyStore trustStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a trust store", e);
        }
    }

    /** Returns trust managers that trust the authority alone. */
    public TrustManagerFactory trustManagers() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trustStore());
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make trust managers", e);
        }
    }

    /** Returns a context for a client that trusts the authority alone. Host names are checked where the client asks. */
    public SSLContext clientContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot set up TLS", e);
        }
    }

    private ServerIdentity server(String host, Instant from, Instant to, String... addresses) {
        KeyPair server = newKeys();
        List<byte[]> names = new ArrayList<>();
        names.add(Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
        for (String address : addresses) {
            names.add(Der.tagged(0x87, address(address)));
        }
        X509Certificate issued = issue(
                host,
                server.getPublic(),
                from,
                to,
                List.of(
                        extension("2.5.29.17", false, Der.sequence(names.toArray(byte[][]::new))),
                        extension("2.5.29.37", false, Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"))),
                        extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0x80}))));
        return new ServerIdentity(server.getPrivate(), issued, certificate);
    }

    private X509Certificate issue(String name, PublicKey key, Instant from, Instant to, List<byte[]> extensions) {
        byte[] content = Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(120, RANDOM).setBit(119)),
                ECDSA_SHA256,
                commonName("Avionics Test Authority"),
                Der.sequence(Der.time(from), Der.time(to)),
                commonName(name),
                key.getEncoded(),
                Der.tagged(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
        byte[] whole = Der.sequence(content, ECDSA_SHA256, Der.bits(sign(keys.getPrivate(), content)));
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read back the certificate", e);
        }
    }

    private static byte[] commonName(String name) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name))));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (IOException e) {
            throw new IllegalArgumentException("address: " + literal + " (expected: a literal)", e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no keys on P-256", e);
        }
    }

    private static byte[] sign(PrivateKey key, byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }
}
