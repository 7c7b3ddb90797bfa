package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.ProxyRules;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.backend.TestAuthority;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString("me:p@ss".getBytes(StandardCharsets.UTF_8));

    private static HttpTransport transport(int port, String... more) {
        String proxy = "http://me:p%40ss@127.0.0.1:" + port;
        Map<String, String> environment = more.length == 0
                ? Map.of("HTTP_PROXY", proxy, "HTTPS_PROXY", proxy)
                : Map.of("http_proxy", proxy, "https_proxy", proxy, "NO_PROXY", more[0]);
        return NettyTransport.create(TransportOptions.builder()
                .proxies(ProxyRules.of(environment))
                .trust(AUTHORITY.trustStore())
                .resolver(host -> List.of(InetAddress.getLoopbackAddress()))
                .build());
    }

    private static HttpCall call(String address) {
        return HttpCall.get(URI.create(address)).withHeader("authorization", "Bearer key");
    }

    @Test
    void httpCall_throughAProxy_namesTheWholeAddress() {
        try (RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port())) {
            Recorder call = Recorder.send(transport, call("http://llm.example:81/v1?a=b"));
            RawServer.Peer peer = proxy.next();
            String request = peer.readRequest();
            assertThat(request)
                    .startsWith("GET http://llm.example:81/v1?a=b HTTP/1.1\r\n")
                    .contains("host: llm.example:81\r\n")
                    .contains("proxy-authorization: " + BASIC + "\r\n");
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            assertThat(call.awaitEnd().text()).isEqualTo("ok");
            Recorder second = Recorder.send(transport, call("http://llm.example:81/v2"));
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            second.awaitEnd();
            // Another host never shares a connection.
            Recorder.send(transport, call("http://other.example:81/")).exchange();
            proxy.next();
        }
    }

    @Test
    void httpsCall_throughAProxy_isTunnelled() {
        try (SimulatedBackend backend = SimulatedBackend.builder()
                        .tls(AUTHORITY.forHost("llm.example"))
                        .scenario(Scenario.of(Reply.json("1"), Reply.json("2")))
                        .start();
                RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port())) {
            Recorder call = Recorder.send(transport, call("https://llm.example/v1"));
            RawServer.Peer peer = proxy.next();
            String request = peer.readRequest();
            assertThat(request)
                    .startsWith("CONNECT llm.example:443 HTTP/1.1\r\n")
                    .contains("host: llm.example:443\r\n")
                    .contains("proxy-authorization: " + BASIC + "\r\n")
                    .doesNotContain("Bearer");
            peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
            CountDownLatch over = peer.relay(backend.port());
            assertThat(call.awaitEnd().text()).isEqualTo("1");
            Recorder.send(transport, call("https://llm.example/v2")).awaitEnd();
            assertThat(backend.request(0).target()).isEqualTo("/v1");
            assertThat(backend.request(0).header("proxy-authorization")).isEmpty();
            assertThat(backend.connectionCount()).isEqualTo(1);
            transport.close();
            over.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tunnel_toAServerWithAnotherCertificate_isRefused() {
        try (SimulatedBackend backend = SimulatedBackend.builder()
                        .tls(AUTHORITY.forHost("other.example"))
                        .start();
                RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port())) {
            Recorder call = Recorder.send(transport, call("https://llm.example/v1"));
            RawServer.Peer peer = proxy.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
            peer.relay(backend.port());
            call.awaitFailure("tls", Sent.NOTHING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 407 Auth, asks for a user name",
        "HTTP/1.1 403 No, refuses a connection to https://llm.example (403)",
        "SSH-2.0-OpenSSH, no HTTP"
    })
    void proxy_thatRefusesTheTunnel_failsTheCall(String answer, String said) {
        try (RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port())) {
            Recorder call = Recorder.send(transport, call("https://llm.example/v1"));
            RawServer.Peer peer = proxy.next();
            peer.readRequest();
            peer.write(answer + "\r\ncontent-length: 0\r\n\r\n");
            InferenceException why = call.awaitFailure("connect", Sent.NOTHING);
            assertThat(why).hasMessageContaining(said).hasMessageContaining("127.0.0.1:" + proxy.port());
            assertThat(why.getMessage()).doesNotContain("p@ss");
            peer.awaitClosed();
        }
    }

    @Test
    void proxy_thatSpeaksForTheServerOrLeaves_failsTheCall() {
        try (RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port())) {
            Recorder call = Recorder.send(transport, call("https://llm.example/v1"));
            RawServer.Peer peer = proxy.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil");
            call.awaitFailure("connect", Sent.NOTHING);
            peer.awaitClosed();
            Recorder left = Recorder.send(transport, call("https://llm.example/v1"));
            peer = proxy.next();
            peer.readRequest();
            peer.endOutput();
            left.awaitFailure("connect", Sent.NOTHING);
            Recorder cancelled = Recorder.send(transport, call("https://llm.example/v1"));
            peer = proxy.next();
            peer.readRequest();
            cancelled.exchange().cancel();
            peer.awaitClosed();
            assertThat(cancelled.events()).isEmpty();
        }
    }

    @Test
    void proxy_thatIsNotThere_isNamed() {
        try (ClosedPort closed = ClosedPort.open();
                HttpTransport transport = transport(closed.port())) {
            assertThat(Recorder.send(transport, call("https://llm.example/")).awaitFailure("connect", Sent.NOTHING))
                    .hasMessageContaining("refused at the proxy 127.0.0.1:" + closed.port());
        }
    }

    @Test
    void thisMachineAndExceptions_areCalledDirectly() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("1")));
                RawServer proxy = new RawServer();
                HttpTransport transport = transport(proxy.port(), ".direct.example")) {
            for (String host : List.of("127.0.0.1", "localhost", "llm.direct.example")) {
                Recorder.send(transport, call("http://" + host + ":" + backend.port() + "/"))
                        .awaitEnd();
            }
            assertThat(backend.awaitRequests(3, PATIENCE))
                    .extracting(r -> r.target())
                    .containsOnly("/");
            assertThat(backend.requests())
                    .allMatch(request -> request.header("proxy-authorization").isEmpty());
            assertThat(proxy.accepted()).isZero();
        }
    }
}
