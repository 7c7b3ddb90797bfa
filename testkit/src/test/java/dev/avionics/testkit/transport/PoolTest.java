package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static HttpCall call(SimulatedBackend backend) {
        return HttpCall.postJson(backend.uri("/v1"), "{}".getBytes(StandardCharsets.UTF_8), false);
    }

    private static HttpTransport transport() {
        return NettyTransport.create(TransportOptions.defaults());
    }

    @Test
    void calls_oneAfterTheOther_shareAConnection() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("{\"a\":1}")));
                HttpTransport transport = transport()) {
            for (int i = 0; i < 50; i++) {
                Recorder call = Recorder.send(transport, call(backend)).awaitEnd();
                assertThat(call.text()).isEqualTo("{\"a\":1}");
                assertThat(call.events()).containsExactly("connected", "sent", "head 200", "bytes", "end");
            }
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void request_always_isWellFormed() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"), Reply.json("2"), Reply.json("3"));
                HttpTransport transport = transport()) {
            Recorder.send(transport, call(backend).withHeader("authorization", "Bearer k"))
                    .awaitEnd();
            Recorder.send(transport, HttpCall.get(backend.uri("/models?page=2")))
                    .awaitEnd();
            Recorder.send(transport, HttpCall.postJson(backend.uri("/s"), new byte[0], true))
                    .awaitEnd();
            var post = backend.request(0);
            assertThat(post.method()).isEqualTo("POST");
            assertThat(post.target()).isEqualTo("/v1");
            assertThat(post.bodyText()).isEqualTo("{}");
            assertThat(post.header("host")).contains("127.0.0.1:" + backend.port());
            assertThat(post.header("content-length")).contains("2");
            assertThat(post.header("connection")).contains("keep-alive");
            assertThat(post.header("authorization")).contains("Bearer k");
            assertThat(post.header("accept-encoding")).contains("gzip, deflate");
            assertThat(post.header("user-agent").orElseThrow()).startsWith("avionics/");
            var get = backend.request(1);
            assertThat(get.target()).isEqualTo("/models?page=2");
            assertThat(get.header("content-length")).isEmpty();
            var streamed = backend.request(2);
            assertThat(streamed.header("accept-encoding")).contains("identity");
            assertThat(streamed.header("content-length")).contains("0");
        }
    }

    @Test
    void answer_thatSaysClose_isReadAndTheConnectionNotReused() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Reply.json("1").connectionClose(),
                        Reply.of("text/plain", "2").closeDelimited(),
                        Reply.json("3"));
                HttpTransport transport = transport()) {
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("1");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("2");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("3");
            assertThat(backend.connectionCount()).isEqualTo(3);
        }
    }

    @Test
    void answer_inHttp10_isReadAndTheConnectionNotReused() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Reply.garbage("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"), Reply.json("2"));
                HttpTransport transport = transport()) {
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("ok");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("2");
            assertThat(backend.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void answer_withBytesAfterIt_isReadAndTheConnectionNotReused() {
        String surplus = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Reply.garbage("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + surplus),
                        Reply.garbage("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1."),
                        Reply.json("3"));
                HttpTransport transport = transport()) {
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("ok");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("ok");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("3");
            assertThat(backend.connectionCount()).isEqualTo(3);
        }
    }

    @Test
    void calls_beyondTheBound_waitInOrderAndTheQueueIsBounded() {
        Gate gate = Gate.create();
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create()
                        .then(Reply.json("0").heldBy(gate), Reply.json("1").heldBy(gate))
                        .otherwise(request -> Reply.json("x")));
                HttpTransport transport = NettyTransport.create(TransportOptions.builder()
                        .maxConnections(2)
                        .maxWaiting(3)
                        .build())) {
            List<Recorder> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(Recorder.send(transport, HttpCall.get(backend.uri("/" + i))));
                if (i < 2) {
                    backend.awaitHeads(i + 1, PATIENCE);
                }
            }
            InferenceException full = Recorder.send(transport, call(backend)).awaitFailure("pool", Sent.NOTHING);
            assertThat(full).hasMessageContaining("2 connections").hasMessageContaining("maxConnections");
            calls.get(3).exchange().cancel();
            Recorder last = Recorder.send(transport, HttpCall.get(backend.uri("/5")));
            gate.open();
            for (int i : new int[] {0, 1, 2, 4}) {
                calls.get(i).awaitEnd();
            }
            last.awaitEnd();
            assertThat(calls.get(3).events()).isEmpty();
            assertThat(backend.connectionCount()).isEqualTo(2);
            assertThat(backend.requests()).extracting(r -> r.target()).doesNotContain("/3");
            assertThat(backend.requests().subList(2, 5))
                    .extracting(r -> r.target())
                    .contains("/2", "/4", "/5");
        }
    }

    @Test
    void waitingCall_whenTheConnectionIsClosed_opensAnother() {
        Gate gate = Gate.create();
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Reply.json("1").heldBy(gate).connectionClose(), Reply.json("2"));
                HttpTransport transport = NettyTransport.create(
                        TransportOptions.builder().maxConnections(1).build())) {
            Recorder first = Recorder.send(transport, call(backend));
            Recorder second = Recorder.send(transport, call(backend));
            backend.awaitHeads(1, PATIENCE);
            gate.open();
            first.awaitEnd();
            second.awaitEnd();
            assertThat(second.text()).isEqualTo("2");
        }
    }

    @Test
    void restingConnection_afterTheIdleTime_isClosed() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("1")));
                HttpTransport transport = NettyTransport.create(TransportOptions.builder()
                        .idleTimeout(Duration.ofMillis(100))
                        .build())) {
            Recorder.send(transport, call(backend)).awaitEnd();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void connection_thatIsTooOld_isNotReused() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("1")));
                HttpTransport transport = NettyTransport.create(
                        TransportOptions.builder().maxAge(Duration.ofNanos(1)).build())) {
            Recorder.send(transport, call(backend)).awaitEnd();
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void restingConnection_thatThePeerCloses_isDroppedUnseen() {
        try (RawServer server = new RawServer();
                HttpTransport transport = NettyTransport.create(
                        TransportOptions.builder().maxConnections(1).build())) {
            for (int i = 0; i < 20; i++) {
                Recorder call = Recorder.send(transport, HttpCall.get(server.uri("/")));
                RawServer.Peer peer = server.next();
                peer.readRequest();
                peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                call.awaitEnd();
                if (i % 2 == 0) {
                    peer.endOutput();
                } else {
                    peer.write("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n");
                }
                peer.awaitClosed();
            }
            assertThat(server.accepted()).isEqualTo(20);
        }
    }

    @Test
    void reusedConnection_thatDiesUnderTheRequest_isStale() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Reply.json("1").thenStale(), Reply.json("2"), Reply.hangUp(), Reply.hangUp());
                HttpTransport transport = transport()) {
            Recorder.send(transport, call(backend)).awaitEnd();
            InferenceException why = Recorder.send(transport, call(backend)).awaitFailure();
            assertThat(why.sent()).isEqualTo(Sent.STALE);
            assertThat(why.code().orElseThrow()).isIn("reset", "eof");
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo("2");
            assertThat(Recorder.send(transport, call(backend)).awaitFailure().sent())
                    .isEqualTo(Sent.STALE);
            // The same on a new connection: the backend may have acted on it.
            Recorder.send(transport, call(backend)).awaitFailure("eof", Sent.ALL);
        }
    }

    @Test
    void reusedConnection_thatDiesLaterThanThat_isNotStale() {
        Gate gate = Gate.create();
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Reply.json("1"), Reply.hangUp().heldBy(gate));
                HttpTransport transport = transport()) {
            Recorder.send(transport, call(backend)).awaitEnd();
            Recorder second = Recorder.send(transport, call(backend)).awaitSent();
            long sentAt = System.nanoTime();
            while (System.nanoTime() - sentAt < 80_000_000) {
                Thread.onSpinWait();
            }
            gate.open();
            second.awaitFailure("eof", Sent.ALL);
        }
    }

    @Test
    void calls_byAThousandAtOnce_areAllAnswered() throws Exception {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("{\"n\":1}")));
                HttpTransport transport = NettyTransport.create(
                        TransportOptions.builder().maxConnections(1000).build())) {
            List<Recorder> calls = IntStream.range(0, 1000)
                    .mapToObj(i -> Recorder.send(transport, call(backend), Duration.ofSeconds(30)))
                    .toList();
            for (Recorder call : calls) {
                assertThat(call.awaitEnd().text()).isEqualTo("{\"n\":1}");
            }
            assertThat(backend.requests()).hasSize(1000);
        }
    }

    @Test
    void calls_ofManyThreadsOnFewConnections_areAllAnswered() throws Exception {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("{\"n\":1}")));
                HttpTransport transport = NettyTransport.create(TransportOptions.builder()
                        .maxConnections(3)
                        .ioThreads(2)
                        .build())) {
            int threads = 8;
            int each = 200;
            CountDownLatch done = new CountDownLatch(threads);
            List<Throwable> failures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int i = 0; i < each; i++) {
                            Recorder.send(transport, call(backend)).awaitEnd();
                        }
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    } finally {
                        done.countDown();
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            assertThat(backend.connectionCount()).isLessThanOrEqualTo(3);
        }
    }
}
