package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SilentPort;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.leak.SocketWatch;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancelTest {
    private final HttpTransport transport =
            NettyTransport.create(TransportOptions.builder().maxConnections(1).build());

    @AfterEach
    void close() {
        transport.close();
    }

    /** Proves that the slot of a cancelled call is free again. */
    private void healthy(SimulatedBackend backend) {
        backend.then(Reply.json("healthy"));
        assertThat(Recorder.send(transport, HttpCall.get(backend.uri("/healthy")))
                        .awaitEnd()
                        .text())
                .isEqualTo("healthy");
    }

    @Test
    void cancel_duringTheLookUp_endsItUnseen() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (SimulatedBackend backend = SimulatedBackend.start();
                HttpTransport slow = NettyTransport.create(TransportOptions.builder()
                        .maxConnections(1)
                        .resolver(host -> {
                            asked.countDown();
                            try {
                                answer.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return List.of(InetAddress.getLoopbackAddress());
                        })
                        .build())) {
            URI uri = URI.create("http://llm.example:" + backend.port() + "/");
            Recorder call = Recorder.send(slow, HttpCall.get(uri));
            asked.await();
            call.exchange().cancel();
            answer.countDown();
            backend.then(Reply.json("1"));
            Recorder.send(slow, HttpCall.get(uri)).awaitEnd();
            assertThat(call.events()).isEmpty();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void cancel_duringConnect_closesTheSocket() {
        try (SilentPort silent = SilentPort.open()) {
            SocketWatch sockets = SocketWatch.start();
            HttpTransport other = NettyTransport.create(TransportOptions.defaults());
            Recorder call = Recorder.send(other, HttpCall.get(silent.uri()));
            call.exchange().cancel();
            other.close();
            sockets.assertNoNewSockets(PATIENCE);
            assertThat(call.events()).isEmpty();
        }
    }

    @Test
    void cancel_atOnce_tellsNothing() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("1")))) {
            for (int i = 0; i < 200; i++) {
                Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
                call.exchange().cancel();
                List<String> then = call.events();
                Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitEnd();
                // What was being told at that moment may still be; nothing begins after it.
                assertThat(call.events().size()).isLessThanOrEqualTo(then.size() + 1);
                call.assertOrderly();
            }
        }
    }

    @Test
    void cancel_whileTheRequestIsHalfWritten_isSeenByAServerThatDidNotRead() {
        byte[] large = new byte[20_000_000];
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.send(transport, HttpCall.postJson(server.uri("/"), large, false));
            RawServer.Peer peer = server.next();
            call.await(() -> call.events().contains("connected"));
            call.exchange().cancel();
            assertThat(peer.awaitClosed()).isLessThan(large.length);
            Recorder next = Recorder.send(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer second = server.next();
            second.readRequest();
            second.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            next.awaitEnd();
            assertThat(call.events()).containsExactly("connected");
        }
    }

    @Test
    void cancel_beforeTheHead_isSeen() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence())) {
            Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
            backend.awaitRequests(1, PATIENCE);
            call.awaitSent();
            long from = System.nanoTime();
            call.exchange().cancel();
            long seen = backend.request(0).awaitPeerClosed(PATIENCE).nanos();
            assertThat(Duration.ofNanos(seen - from)).isLessThan(Duration.ofSeconds(1));
            healthy(backend);
            assertThat(call.events()).containsExactly("connected", "sent");
        }
    }

    @Test
    void cancel_inTheBody_isSeenAndNothingMoreIsTold() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.sse("a").stall(), Reply.sse("a", "b", "c").stall())) {
            Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
            call.awaitReadComplete(1);
            call.exchange().cancel();
            backend.request(0).awaitPeerClosed(PATIENCE);

            Recorder within = Recorder.greedy();
            within.whenBytes(() -> within.exchange().cancel());
            within.start(transport, HttpCall.get(backend.uri("/")), Duration.ofSeconds(5));
            backend.awaitRequests(2, PATIENCE);
            backend.request(1).awaitPeerClosed(PATIENCE);
            healthy(backend);
            assertThat(within.events()).endsWith("head 200", "bytes");
        }
    }

    @Test
    void cancel_fromWithinOnSent_isSeen() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence())) {
            Recorder call = Recorder.greedy();
            call.whenSent(() -> call.exchange().cancel());
            call.start(transport, HttpCall.get(backend.uri("/")), Duration.ofSeconds(5));
            backend.awaitConnections(1, PATIENCE);
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            assertThat(call.events()).containsExactly("connected", "sent");
        }
    }

    @Test
    void cancel_ofAFinishedCall_leavesTheConnectionAlone() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"), Reply.json("2"))) {
            Recorder first =
                    Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitEnd();
            first.exchange().cancel();
            first.exchange().finish();
            first.exchange().read();
            Recorder second =
                    Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitEnd();
            first.exchange().cancel();
            assertThat(second.text()).isEqualTo("2");
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void finish_whenTheRestIsSmall_keepsTheConnection() {
        Gate gate = Gate.create();
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.stream("text/event-stream").event("[DONE]").await(gate).event("more"), Reply.json("2"))) {
            Recorder call = Recorder.sendLazily(transport, HttpCall.get(backend.uri("/")));
            call.awaitHead();
            call.exchange().finish();
            gate.open();
            Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
            assertThat(call.events()).containsExactly("connected", "sent", "head 200");
        }
    }

    @Test
    void finish_withinOnBytes_keepsTheConnection() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.sse("a", "b", "c"), Reply.json("{}").gzip(), Reply.json("3"))) {
            for (int i = 0; i < 2; i++) {
                Recorder call = Recorder.greedy();
                call.whenBytes(() -> call.exchange().finish());
                call.start(transport, HttpCall.get(backend.uri("/")), Duration.ofSeconds(5));
                call.await(() -> call.bytes() > 0);
            }
            Recorder.send(transport, HttpCall.get(backend.uri("/"))).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void finish_whenTheRestIsLarge_closes() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.of("text/plain", "x".repeat(10_000_000)))) {
            Recorder call = Recorder.sendLazily(transport, HttpCall.get(backend.uri("/")));
            call.awaitHead();
            call.exchange().finish();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            healthy(backend);
        }
    }

    @Test
    void finish_whenTheRestDoesNotCome_closes() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("a").stall())) {
            Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
            call.awaitReadComplete(1);
            call.exchange().finish();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            healthy(backend);
        }
    }

    @Test
    void finish_beforeTheHead_isACancel() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence())) {
            Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
            backend.awaitRequests(1, PATIENCE);
            call.exchange().finish();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            healthy(backend);
        }
    }
}
