package dev.avionics.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private static RawClient connect(SimulatedBackend backend, TestAuthority trusted, String protocol, int timeout)
            throws IOException {
        SSLSocket socket =
                (SSLSocket) trusted.clientContext().getSocketFactory().createSocket("localhost", backend.port());
        try {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(timeout);
            socket.startHandshake();
            return new RawClient(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static SimulatedBackend backend(ServerIdentity identity, Reply... replies) {
        return SimulatedBackend.builder()
                .tls(identity)
                .scenario(Scenario.of(replies))
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void goodCertificate_always_servesKeepAliveAndCloses(String protocol) throws IOException {
        try (SimulatedBackend backend = backend(
                        AUTHORITY.forLocalhost(),
                        Reply.json("1"),
                        Reply.json("2").thenClose());
                RawClient client = connect(backend, AUTHORITY, protocol, 5000)) {
            assertThat(client.get("/").readAnswer()).endsWith("1");
            assertThat(client.get("/").readToEnd()).endsWith("2");
            assertThat(backend.uri().toString()).isEqualTo("https://localhost:" + backend.port());
            assertThat(backend.connections().get(0).problem()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void peerClosed_whileStalling_isSeen(String protocol) throws IOException {
        try (SimulatedBackend backend =
                backend(AUTHORITY.forLocalhost(), Reply.sse("a").stall())) {
            RawClient client = connect(backend, AUTHORITY, protocol, 5000);
            client.get("/").readUntil("\n\n\r\n");
            client.close();
            backend.request(0).awaitPeerClosed(SOON);
            backend.awaitOpenConnections(0, SOON);
        }
    }

    @Test
    void reset_midBody_isSeenByTheClient() throws IOException {
        try (SimulatedBackend backend =
                        backend(AUTHORITY.forLocalhost(), Reply.sse("a").reset());
                RawClient client = connect(backend, AUTHORITY, "TLSv1.3", 5000)) {
            assertThatThrownBy(() -> client.get("/").readToEnd()).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void badCertificates_always_areRefused(String protocol) {
        assertRefused(AUTHORITY.forHost("other.example"), protocol, "localhost");
        assertRefused(AUTHORITY.expired(), protocol, "validity check failed");
        assertRefused(AUTHORITY.notYetValid(), protocol, "validity check failed");
        assertRefused(TestAuthority.create().forLocalhost(), protocol, "");
    }

    private static void assertRefused(ServerIdentity identity, String protocol, String why) {
        try (SimulatedBackend backend = backend(identity)) {
            assertThatThrownBy(() -> connect(backend, AUTHORITY, protocol, 5000))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasStackTraceContaining(why);
            SeenConnection connection = backend.awaitConnections(1, SOON).get(0);
            connection.awaitEnd(SOON);
            assertThat(connection.problem().orElseThrow()).startsWith("TLS: ");
            assertThat(connection.bytesRead()).isZero();
        }
    }

    @Test
    void neverRead_always_stallsTheHandshake() {
        try (SimulatedBackend backend = backend(AUTHORITY.forLocalhost())) {
            backend.onNextConnections(AcceptEffect.neverRead());
            assertThatThrownBy(() -> connect(backend, AUTHORITY, "TLSv1.3", 50))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("timed out");
        }
    }

    @Test
    void plainText_toATlsBackend_isAProblem() throws IOException {
        try (SimulatedBackend backend = backend(AUTHORITY.forLocalhost());
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/");
            SeenConnection connection = backend.awaitConnections(1, SOON).get(0);
            connection.awaitEnd(SOON);
            assertThat(connection.problem().orElseThrow()).startsWith("TLS: ");
        }
    }

    @Test
    void authority_certificate_isSelfSignedAndReadableAsPem() throws Exception {
        AUTHORITY.certificate().verify(AUTHORITY.certificate().getPublicKey());
        assertThat(AUTHORITY.certificate().getBasicConstraints()).isNotNegative();
        assertThat(CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(AUTHORITY.pem().getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(AUTHORITY.certificate());
        ServerIdentity server = AUTHORITY.forLocalhost();
        server.certificate().verify(AUTHORITY.certificate().getPublicKey());
        assertThat(server.certificate().getSubjectAlternativeNames()).hasSize(3);
    }
}
