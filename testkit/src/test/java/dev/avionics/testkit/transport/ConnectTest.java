package dev.avionics.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HostResolver;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SilentPort;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTest {
    private static HttpTransport transport(HostResolver resolver) {
        return NettyTransport.create(
                TransportOptions.builder().resolver(resolver).build());
    }

    private static HostResolver resolving(String... addresses) {
        return host -> {
            InetAddress[] found = new InetAddress[addresses.length];
            for (int i = 0; i < addresses.length; i++) {
                found[i] = InetAddress.getByName(addresses[i]);
            }
            return List.of(found);
        };
    }

    private static HttpCall call(int port) {
        return HttpCall.get(URI.create("http://llm.example:" + port + "/"));
    }

    @Test
    void refused_always_saysSo() {
        try (ClosedPort closed = ClosedPort.open();
                HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            InferenceException why =
                    Recorder.send(transport, HttpCall.get(closed.uri())).awaitFailure("connect", Sent.NOTHING);
            assertThat(why)
                    .hasMessage("connection refused at http://127.0.0.1:" + closed.port() + ": is the server running?");
            assertThat(why.endpoint()).contains("http://127.0.0.1:" + closed.port());
            assertThat(why.origin()).isEqualTo(ErrorOrigin.NETWORK);
            assertThat(why.getCause()).isNotNull();
        }
    }

    @Test
    void silence_atTheOnlyAddress_endsWithTheConnectTime() {
        try (SilentPort silent = SilentPort.open();
                HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            InferenceException why = Recorder.send(transport, HttpCall.get(silent.uri()), Duration.ofMillis(200))
                    .awaitFailure("connect", Sent.NOTHING);
            assertThat(why).hasMessageContaining("no answer from http://127.0.0.1:" + silent.port());
        }
    }

    @Test
    void nextAddress_whenOneIsRefused_isTried() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"));
                HttpTransport transport = transport(resolving("127.0.0.3", "127.0.0.2", "127.0.0.1"))) {
            Recorder call = Recorder.send(transport, call(backend.port())).awaitEnd();
            assertThat(call.text()).isEqualTo("1");
            assertThat(backend.request(0).header("host")).contains("llm.example:" + backend.port());
        }
    }

    @Test
    void nextAddress_whenOneIsSilent_isTriedWithinTheConnectTime() {
        try (SilentPort silent = SilentPort.open();
                RawServer server = new RawServer("127.0.0.2", silent.port());
                HttpTransport transport = transport(resolving("127.0.0.1", "127.0.0.2"))) {
            long from = System.nanoTime();
            Recorder call = Recorder.send(transport, call(silent.port()), Duration.ofMillis(600));
            RawServer.Peer peer = server.next();
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofMillis(600));
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            call.awaitEnd();
        }
    }

    @Test
    void allAddresses_whenRefused_failTheCall() {
        try (ClosedPort closed = ClosedPort.open();
                HttpTransport transport = transport(resolving("127.0.0.2", "127.0.0.1"))) {
            Recorder.send(transport, call(closed.port())).awaitFailure("connect", Sent.NOTHING);
        }
    }

    @Test
    void host_thatIsUnknown_failsAndIsLookedUpAgain() {
        AtomicInteger asked = new AtomicInteger();
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Scenario.repeating(Reply.json("1").connectionClose()));
                HttpTransport transport = transport(host -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new UnknownHostException(host);
                    }
                    if (asked.get() == 2) {
                        return List.of();
                    }
                    return List.of(InetAddress.getLoopbackAddress());
                })) {
            InferenceException why =
                    Recorder.send(transport, call(backend.port())).awaitFailure("dns", Sent.NOTHING);
            assertThat(why).hasMessageContaining("llm.example").hasCauseInstanceOf(UnknownHostException.class);
            Recorder.send(transport, call(backend.port())).awaitFailure("dns", Sent.NOTHING);
            Recorder.send(transport, call(backend.port())).awaitEnd();
            Recorder.send(transport, call(backend.port())).awaitEnd();
            assertThat(asked).hasValue(4);
        }
    }

    @Test
    void resolver_thatBreaksItsContract_failsTheCall() {
        try (HttpTransport transport = transport(host -> {
            throw new IllegalStateException("no");
        })) {
            Recorder.send(transport, call(1)).awaitFailure("dns", Sent.NOTHING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://localhost/, ftp",
        "http://user:secret@localhost/, user name",
        "http://user:secret@under_score/, user name",
        "http:///path, no host",
        "http://localhost:70000/, 70000"
    })
    void address_thatCannotBeCalled_isRefused(String address, String said) {
        try (HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            InferenceException why =
                    Recorder.send(transport, HttpCall.get(URI.create(address))).awaitFailure();
            assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
            assertThat(why.sent()).isEqualTo(Sent.NOTHING);
            assertThat(why).hasMessageContaining(said);
            assertThat(why.getMessage()).doesNotContain("secret");
        }
    }

    @Test
    void hostWithUnderscore_asContainersHaveThem_isCalled() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"));
                HttpTransport transport = transport(resolving("127.0.0.1"))) {
            Recorder.send(transport, HttpCall.get(URI.create("http://llama_server:" + backend.port() + "/x")))
                    .awaitEnd();
            assertThat(backend.request(0).header("host")).contains("llama_server:" + backend.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx-evil: 1", "a\nb", "a\u0000", "caf\u00e9"})
    void headerValue_thatCannotStandInARequest_isRefused(String value) {
        refused(Map.of("x-key", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:b", "a\r\nb", "", "host", "Content-Length", "transfer-encoding", "connection"})
    void headerName_thatCannotStandInARequest_isRefused(String name) {
        refused(Map.of(name, "value"));
    }

    private static void refused(Map<String, String> headers) {
        try (SimulatedBackend backend = SimulatedBackend.start();
                HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            InferenceException why = Recorder.send(
                            transport, new HttpCall("POST", backend.uri("/"), headers, new byte[0], false))
                    .awaitFailure();
            assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
            assertThat(why.origin()).isEqualTo(ErrorOrigin.CALLER);
            assertThat(why.getMessage()).doesNotContain("evil");
            assertThat(backend.connectionCount()).isZero();
        }
    }

    @Test
    void method_thatCannotStandInARequest_isRefused() {
        try (HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            HttpCall call =
                    new HttpCall("GET / HTTP/1.1\r\nx:", URI.create("http://localhost/"), Map.of(), new byte[0], false);
            assertThat(Recorder.send(transport, call).awaitFailure().category())
                    .isEqualTo(ErrorCategory.INVALID_REQUEST);
        }
    }

    @Test
    void path_withOtherLetters_isEncoded() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"), Reply.json("2"));
                HttpTransport transport = NettyTransport.create(TransportOptions.defaults())) {
            Recorder.send(transport, HttpCall.get(backend.uri("/modèles?q=ä"))).awaitEnd();
            Recorder.send(transport, HttpCall.get(URI.create("http://127.0.0.1:" + backend.port())))
                    .awaitEnd();
            assertThat(backend.request(0).target()).isEqualTo("/mod%C3%A8les?q=%C3%A4");
            assertThat(backend.request(1).target()).isEqualTo("/");
        }
    }
}
