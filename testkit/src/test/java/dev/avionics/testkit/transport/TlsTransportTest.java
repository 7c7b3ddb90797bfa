package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.AcceptEffect;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.ServerIdentity;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.backend.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTransportTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final HttpTransport transport = NettyTransport.create(
            TransportOptions.builder().trust(AUTHORITY.trustStore()).build());

    @AfterEach
    void close() {
        transport.close();
    }

    private static SimulatedBackend backend(ServerIdentity identity, Reply... replies) {
        return SimulatedBackend.builder()
                .tls(identity)
                .scenario(Scenario.of(replies))
                .start();
    }

    private InferenceException tlsFailure(ServerIdentity identity) {
        try (SimulatedBackend backend = backend(identity)) {
            InferenceException why = Recorder.send(
                            transport, HttpCall.get(backend.uri("/")).withHeader("authorization", "Bearer secret"))
                    .awaitFailure("tls", Sent.NOTHING);
            assertThat(why.endpoint()).contains("https://localhost:" + backend.port());
            assertThat(backend.requests()).isEmpty();
            return why;
        }
    }

    @Test
    void goodCertificate_always_servesManyCallsOnOneConnection() {
        String body = "x".repeat(300_000);
        try (SimulatedBackend backend =
                backend(AUTHORITY.forLocalhost(), Reply.json("1"), Reply.of("text/plain", body), Reply.sse("a", "b"))) {
            assertThat(Recorder.send(transport, HttpCall.get(backend.uri("/")))
                            .awaitEnd()
                            .text())
                    .isEqualTo("1");
            HttpCall large = HttpCall.postJson(backend.uri("/"), new byte[1_000_000], false);
            assertThat(Recorder.send(transport, large).awaitEnd().text()).isEqualTo(body);
            assertThat(Recorder.send(transport, HttpCall.get(backend.uri("/")))
                            .awaitEnd()
                            .text())
                    .isEqualTo("data: a\n\ndata: b\n\n");
            assertThat(backend.connectionCount()).isEqualTo(1);
            assertThat(backend.request(1).body()).hasSize(1_000_000);
        }
    }

    @Test
    void pemFile_always_isTrusted(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), AUTHORITY.pem());
        try (SimulatedBackend backend = backend(AUTHORITY.forLocalhost(), Reply.json("1"));
                HttpTransport other = NettyTransport.create(
                        TransportOptions.builder().trustPem(file).build())) {
            Recorder.send(other, HttpCall.get(backend.uri("/"))).awaitEnd();
        }
    }

    @Test
    void pemFile_withoutCertificate_isRefused(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "");
        assertThatThrownBy(() -> TransportOptions.builder().trustPem(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ca.pem");
        assertThatThrownBy(() -> TransportOptions.builder().trustPem(folder.resolve("none.pem")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.pem");
    }

    @Test
    void certificate_forAnotherHost_isRefused() {
        assertThat(tlsFailure(AUTHORITY.forHost("other.example"))).hasMessageContaining("another host name");
    }

    @Test
    void certificate_thatHasExpired_isRefused() {
        assertThat(tlsFailure(AUTHORITY.expired())).hasMessageContaining("has expired");
    }

    @Test
    void certificate_thatIsNotValidYet_isRefused() {
        assertThat(tlsFailure(AUTHORITY.notYetValid())).hasMessageContaining("not valid yet");
    }

    @Test
    void certificate_ofAnUnknownAuthority_isRefused() {
        assertThat(tlsFailure(TestAuthority.create().forLocalhost()))
                .hasMessageContaining("not signed by an authority");
    }

    @Test
    void certificate_byDefault_mustBeTrustedByTheJvm() {
        try (SimulatedBackend backend = backend(AUTHORITY.forLocalhost());
                HttpTransport other = NettyTransport.create(TransportOptions.defaults())) {
            Recorder.send(other, HttpCall.get(backend.uri("/"))).awaitFailure("tls", Sent.NOTHING);
        }
    }

    @Test
    void server_withoutTls_isNamedAsSuch() {
        try (RawServer server = new RawServer()) {
            URI uri = URI.create("https://127.0.0.1:" + server.port() + "/");
            Recorder call = Recorder.send(transport, HttpCall.get(uri));
            server.next().write("HTTP/1.1 400 Bad Request\r\n\r\n");
            assertThat(call.awaitFailure("tls", Sent.NOTHING)).hasMessageContaining("http://");
        }
    }

    @Test
    void server_thatClosesOrStallsDuringTheHandshake_fails() {
        try (SimulatedBackend backend = backend(AUTHORITY.forLocalhost())) {
            backend.onNextConnections(AcceptEffect.close(), AcceptEffect.resetPeer(), AcceptEffect.neverRead());
            Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitFailure("connect", Sent.NOTHING);
            Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitFailure("connect", Sent.NOTHING);
            Recorder.send(transport, HttpCall.get(backend.uri("/")), Duration.ofMillis(200))
                    .awaitFailure("connect", Sent.NOTHING);
        }
    }

    @Test
    void cancel_duringHandshakeAndBody_isSeenAtOnce() {
        try (SimulatedBackend backend =
                        backend(AUTHORITY.forLocalhost(), Reply.sse("a").stall());
                RawServer silent = new RawServer()) {
            Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
            call.await(() -> call.text().contains("a"));
            call.exchange().cancel();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            Recorder early =
                    Recorder.send(transport, HttpCall.get(URI.create("https://127.0.0.1:" + silent.port() + "/")));
            RawServer.Peer peer = silent.next();
            early.exchange().cancel();
            peer.awaitClosed();
            assertThat(early.events()).isEmpty();
        }
    }
}
