package dev.avionics.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.testkit.leak.SocketWatch;
import dev.avionics.testkit.leak.ThreadWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedBackendTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final long PROMPT = 1_000_000_000;

    @Test
    void log_ofARequest_hasAllOfIt() throws IOException {
        long before = System.nanoTime();
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("{}"));
                RawClient client = RawClient.connect(backend.port())) {
            client.send(
                            "POST /v1/chat?a=b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 4\r\n\r\n\u00c3\u00a9ab")
                    .readAnswer();
            SeenRequest request = backend.awaitRequests(1, SOON).get(0);
            request.awaitAnswered(SOON);
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.target()).isEqualTo("/v1/chat?a=b");
            assertThat(request.path()).isEqualTo("/v1/chat");
            assertThat(request.query()).hasValue("a=b");
            assertThat(request.version()).isEqualTo("HTTP/1.1");
            assertThat(request.header("HOST")).hasValue("h");
            assertThat(request.header("none")).isEmpty();
            assertThat(request.headers("X-A")).containsExactly("1", "2");
            assertThat(request.headers()).hasSize(4);
            assertThat(request.bodyText()).isEqualTo("éab");
            assertThat(request.body()).hasSize(4);
            assertThat(request.isComplete()).isTrue();
            assertThat(request.isScripted()).isTrue();
            assertThat(request.arrivalNanos()).isBetween(before, request.headNanos());
            assertThat(request.completeNanos().orElseThrow())
                    .isBetween(request.headNanos(), request.answerEndNanos().orElseThrow());
            assertThat(request.answerStartNanos().orElseThrow())
                    .isLessThanOrEqualTo(request.answerEndNanos().orElseThrow());
            assertThat(request.answerBytes()).isEqualTo(request.connection().bytesWritten());
            assertThat(request.connection().requests()).containsExactly(request);
            assertThat(request.connection().peerPort()).isEqualTo(client.socket.getLocalPort());
        }
    }

    @Test
    void chunkedRequest_whole_isDecoded() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("{}"));
                RawClient client = RawClient.connect(backend.port())) {
            client.send(
                            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n")
                    .readAnswer();
            assertThat(backend.request(0).bodyText()).isEqualTo("abcde");
        }
    }

    @Test
    void peerClosed_whileStalling_isSeenPromptly() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("a").stall())) {
            RawClient client = RawClient.connect(backend.port());
            client.get("/").readUntil("\n\n\r\n");
            long left = System.nanoTime();
            client.close();
            PeerClose close = backend.request(0).awaitPeerClosed(SOON);
            assertThat(close.kind()).isEqualTo(PeerClose.Kind.FIN);
            assertThat(close.nanos() - left).isBetween(0L, PROMPT);
            backend.awaitOpenConnections(0, SOON);
        }
    }

    @Test
    void peerReset_beforeAnyAnswer_isSeenPromptly() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence())) {
            RawClient client = RawClient.connect(backend.port());
            client.get("/");
            backend.awaitRequests(1, SOON);
            long left = System.nanoTime();
            client.reset();
            PeerClose close = backend.connections().get(0).awaitPeerClosed(SOON);
            assertThat(close.kind()).isEqualTo(PeerClose.Kind.RESET);
            assertThat(close.nanos() - left).isBetween(0L, PROMPT);
        }
    }

    @Test
    void peerClosed_atAGateAndInAPause_endsTheReply() throws IOException {
        Gate gate = Gate.create();
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.json("x").heldBy(gate), Reply.sse("a").pause(Duration.ofHours(1)))) {
            for (int i = 0; i < 2; i++) {
                RawClient client = RawClient.connect(backend.port());
                client.get("/");
                backend.awaitRequests(i + 1, SOON);
                client.close();
                backend.request(i).awaitPeerClosed(SOON);
                backend.request(i).awaitAnswered(SOON);
            }
        }
    }

    @Test
    void peerClosed_whileTheRequestIsIncomplete_isSeen() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("x"))) {
            RawClient client = RawClient.connect(backend.port());
            client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
            backend.awaitHeads(1, SOON);
            client.close();
            SeenRequest request = backend.request(0);
            assertThat(request.awaitPeerClosed(SOON).kind()).isEqualTo(PeerClose.Kind.FIN);
            assertThat(request.isComplete()).isFalse();
            assertThat(request.bodyText()).isEqualTo("abc");
            assertThat(backend.scenario().repliesLeft()).isEqualTo(1);
        }
    }

    @Test
    void ownClose_always_isNotTakenForThePeers() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.hangUp());
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/").readToEnd();
            SeenConnection connection = backend.connections().get(0);
            connection.awaitEnd(SOON);
            assertThat(connection.peerClose()).isEmpty();
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void slowReader_always_holdsBytesBack() throws IOException {
        int size = 8 << 20;
        Reply reply = Reply.json("x".repeat(size));
        try (SimulatedBackend backend = SimulatedBackend.builder()
                        .sendBuffer(16 * 1024)
                        .scenario(Scenario.of(reply))
                        .start();
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(backend.address());
            RawClient client = new RawClient(socket);
            client.get("/").readUntil("\r\n\r\n");
            assertThat(backend.request(0).answerBytes()).isLessThan(size / 2);
            assertThat(backend.request(0).answerEndNanos()).isEmpty();
            assertThat(client.socket.getInputStream().readNBytes(size)).hasSize(size);
            backend.request(0).awaitAnswered(SOON);
        }
    }

    @Test
    void pipelinedRequests_always_areAnsweredInOrder() throws IOException {
        Scenario scenario = Scenario.create().otherwise(request -> Reply.json(request.path()));
        try (SimulatedBackend backend = SimulatedBackend.start(scenario);
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/1").get("/2").get("/3");
            for (int i = 1; i <= 3; i++) {
                assertThat(client.readAnswer()).endsWith("\r\n\r\n/" + i);
            }
        }
    }

    @Test
    void connectionClose_ofTheRequest_isHonoured() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("x")));
                RawClient modern = RawClient.connect(backend.port());
                RawClient old = RawClient.connect(backend.port())) {
            assertThat(modern.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
                            .readToEnd())
                    .endsWith("x");
            assertThat(old.send("GET / HTTP/1.0\r\n\r\n").readToEnd()).endsWith("x");
        }
    }

    @Test
    void unscriptedRequest_always_isAnsweredAndFailsTheClose() throws IOException {
        SimulatedBackend backend = SimulatedBackend.start();
        try (RawClient client = RawClient.connect(backend.port())) {
            assertThat(client.get("/lost?key=1").readToEnd())
                    .startsWith("HTTP/1.1 501 ")
                    .endsWith("no reply scripted for GET /lost (request 0)");
        }
        assertThat(backend.request(0).isScripted()).isFalse();
        assertThatThrownBy(backend::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/lost");
    }

    @Test
    void condition_thatThrows_resetsAndFailsTheClose() throws IOException {
        SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(request -> {
            throw new IllegalArgumentException("planted");
        }));
        try (RawClient client = RawClient.connect(backend.port())) {
            assertThatThrownBy(() -> client.get("/").readToEnd()).isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(backend::close).hasMessageContaining("planted");
    }

    @Test
    void malformedRequests_always_areRefusedWithAProblem() throws IOException {
        List<String> bad = List.of(
                "nonsense\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\nA : b\r\n\r\n",
                "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
                "GET / HTTP/1.1\r\nA\u0000: b\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n");
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("x")))) {
            for (int i = 0; i < bad.size(); i++) {
                try (RawClient client = RawClient.connect(backend.port())) {
                    client.send(bad.get(i));
                    SeenConnection connection =
                            backend.awaitConnections(i + 1, SOON).get(i);
                    connection.awaitEnd(SOON);
                    assertThat(connection.problem()).as(bad.get(i)).isPresent();
                    assertThat(connection.bytesWritten()).as(bad.get(i)).isZero();
                }
            }
        }
    }

    @Test
    void neverRead_always_blocksTheUpload() throws Exception {
        try (SimulatedBackend backend =
                SimulatedBackend.builder().receiveBuffer(4096).start()) {
            backend.onNextConnections(AcceptEffect.neverRead());
            RawClient client = RawClient.connect(backend.port());
            Thread writer = new Thread(() -> {
                try {
                    OutputStream out = client.socket.getOutputStream();
                    for (int i = 0; i < 200; i++) {
                        out.write(new byte[1 << 20]);
                    }
                } catch (IOException expected) {
                    assertThat(expected).isInstanceOf(SocketException.class);
                }
            });
            writer.start();
            writer.join(150);
            assertThat(writer.isAlive()).isTrue();
            assertThat(backend.connections().get(0).bytesRead()).isZero();
            client.close();
            writer.join(5000);
            assertThat(writer.isAlive()).isFalse();
        }
    }

    @Test
    void acceptEffects_inOrder_areUsedUp() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("x").thenClose())) {
            backend.onNextConnections(
                    AcceptEffect.close(),
                    AcceptEffect.resetPeer(),
                    AcceptEffect.greet("hello".getBytes(StandardCharsets.US_ASCII)));
            try (RawClient client = RawClient.connect(backend.port())) {
                assertThat(client.read()).isEqualTo(-1);
            }
            assertThatThrownBy(() -> {
                        try (RawClient client = RawClient.connect(backend.port())) {
                            client.read();
                        }
                    })
                    .isInstanceOf(SocketException.class);
            try (RawClient client = RawClient.connect(backend.port())) {
                assertThat(client.readUntil("hello")).isEqualTo("hello");
                assertThat(client.get("/").readToEnd()).endsWith("x");
            }
        }
    }

    @Test
    void everyEffect_set_staysInForce() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start().onEveryConnection(AcceptEffect.close())) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = RawClient.connect(backend.port())) {
                    assertThat(client.read()).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void down_thenUp_refusesAndServesAgain() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("x")))) {
            for (int i = 0; i < 3; i++) {
                try (RawClient open = RawClient.connect(backend.port())) {
                    backend.awaitConnections(2 * i + 1, SOON);
                    backend.down();
                    assertThatThrownBy(() -> RawClient.connect(backend.port())).isInstanceOf(ConnectException.class);
                    assertThat(open.get("/").readAnswer()).endsWith("x");
                    backend.up();
                }
                try (RawClient client = RawClient.connect(backend.port())) {
                    assertThat(client.get("/").readAnswer()).endsWith("x");
                }
            }
        }
    }

    @Test
    void restart_withResetAll_killsIdleConnections() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("x")));
                RawClient client = RawClient.connect(backend.port());
                RawClient other = RawClient.connect(backend.port())) {
            client.get("/").readAnswer();
            other.get("/").readAnswer();
            assertThat(backend.openConnections()).isEqualTo(2);
            backend.resetAll();
            assertThatThrownBy(client::read).isInstanceOf(SocketException.class);
            assertThatThrownBy(other::read).isInstanceOf(SocketException.class);
            assertThat(backend.openConnections()).isZero();
        }
    }

    @Test
    void closedPort_open_refuses() {
        try (ClosedPort port = ClosedPort.open()) {
            assertThatThrownBy(() -> RawClient.connect(port.port())).isInstanceOf(ConnectException.class);
            assertThat(port.uri().getPort()).isEqualTo(port.port());
        }
    }

    @Test
    void silentPort_open_neitherAcceptsNorRefuses() throws IOException {
        try (SilentPort port = SilentPort.open();
                Socket socket = new Socket()) {
            assertThatThrownBy(() ->
                            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port()), 50))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void close_withEveryKindOfConnection_leavesNoThreadAndNoSocket() throws IOException {
        ThreadWatch threads = ThreadWatch.start("simulated-backend");
        SocketWatch sockets = SocketWatch.start();
        List<RawClient> clients = new ArrayList<>();
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.silence(),
                Reply.json("x"),
                Reply.json("y".repeat(20 << 20)),
                Reply.json("z").heldBy(Gate.create()))) {
            for (int i = 0; i < 4; i++) {
                clients.add(RawClient.connect(backend.port()).get("/"));
                backend.awaitRequests(i + 1, SOON);
            }
            clients.add(RawClient.connect(backend.port()));
            backend.onNextConnections(AcceptEffect.neverRead());
            clients.add(RawClient.connect(backend.port()));
            backend.awaitConnections(6, SOON);
            assertThat(threads.newThreads()).isNotEmpty();
            assertThat(sockets.newSockets()).isNotEmpty();
        }
        threads.assertNoNewThreads(SOON);
        for (RawClient client : clients) {
            client.close();
        }
        sockets.assertNoNewSockets(SOON);
    }

    @Test
    void awaiting_whatDoesNotCome_fails() {
        try (SimulatedBackend backend = SimulatedBackend.start()) {
            assertThatThrownBy(() -> backend.awaitRequests(1, Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 complete requests");
        }
    }
}
