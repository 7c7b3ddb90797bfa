package dev.avionics.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private static String whole(Reply reply) throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(reply);
                RawClient client = RawClient.connect(backend.port())) {
            return client.get("/").readToEnd();
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void json_keptAlive_hasLengthAndServesTheNextRequest() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("{\"a\":1}"), Reply.json("[]"));
                RawClient client = RawClient.connect(backend.port())) {
            assertThat(client.get("/").readAnswer())
                    .isEqualTo(
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
            assertThat(client.post("/", "x").readAnswer()).endsWith("\r\n\r\n[]");
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 302, 400, 429, 500, 529, 599, 999})
    void status_any_isSentWithLengthZero(int status) throws IOException {
        assertThat(whole(Reply.status(status).header("Retry-After", "2").thenClose()))
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\r\nRetry-After: 2\r\n")
                .endsWith("Content-Length: 0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void status_withoutBody_hasNoLength(int status) throws IOException {
        assertThat(whole(Reply.status(status).thenClose()))
                .startsWith("HTTP/1.1 " + status)
                .doesNotContain("Content-Length");
    }

    @Test
    void reason_given_isSent() throws IOException {
        assertThat(whole(Reply.status(200).reason("Fine").thenClose())).startsWith("HTTP/1.1 200 Fine\r\n");
    }

    @Test
    void sse_twoEvents_areTwoChunksAndAnEnd() throws IOException {
        assertThat(whole(Reply.sse("a", "bc").thenClose()))
                .contains("Content-Type: text/event-stream\r\n", "Transfer-Encoding: chunked\r\n")
                .endsWith("\r\n\r\n9\r\ndata: a\n\n\r\na\r\ndata: bc\n\n\r\n0\r\n\r\n");
    }

    @Test
    void chunked_withSizeAndTrailer_splitsParts() throws IOException {
        assertThat(body(whole(Reply.json("hello").chunked(2).trailer("X-T", "1").thenClose())))
                .isEqualTo("2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\nX-T: 1\r\n\r\n");
    }

    @Test
    void ndjson_lines_areChunks() throws IOException {
        assertThat(body(whole(Reply.ndjson("{}", "[]").thenClose()))).isEqualTo("3\r\n{}\n\r\n3\r\n[]\n\r\n0\r\n\r\n");
    }

    @Test
    void closeDelimited_body_endsWithTheConnection() throws IOException {
        assertThat(whole(Reply.of("text/plain", "abc").closeDelimited()))
                .isEqualTo("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabc");
    }

    @Test
    void declareLength_wrong_isSentAsToldAndBodyAsItIs() throws IOException {
        assertThat(whole(Reply.json("abc").declareLength(10).thenClose())).endsWith("Content-Length: 10\r\n\r\nabc");
    }

    @Test
    void framingHeader_given_replacesTheOneWorkedOut() throws IOException {
        assertThat(whole(Reply.json("abc").header("content-length", "7").thenClose()))
                .endsWith("content-length: 7\r\n\r\nabc");
    }

    @Test
    void head_request_getsHeadersWithoutBody() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("abc").thenClose());
                RawClient client = RawClient.connect(backend.port())) {
            assertThat(client.send("HEAD / HTTP/1.1\r\n\r\n").readToEnd()).endsWith("Content-Length: 3\r\n\r\n");
        }
    }

    @Test
    void interim_before_comesFirst() throws IOException {
        assertThat(whole(Reply.json("x").interim(103, new Header("Link", "y")).thenClose()))
                .startsWith("HTTP/1.1 103 Early Hints\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\n");
    }

    @Test
    void gzip_stream_canBeDecodedPartByPart() throws IOException {
        Gate gate = Gate.create();
        Reply reply = Reply.of("text/plain", "first")
                .await(gate)
                .part(" second")
                .gzip()
                .closeDelimited();
        try (SimulatedBackend backend = SimulatedBackend.start(reply);
                RawClient client = RawClient.connect(backend.port())) {
            assertThat(client.get("/").readUntil("\r\n\r\n")).contains("Content-Encoding: gzip\r\n");
            GZIPInputStream in = new GZIPInputStream(client.socket.getInputStream());
            assertThat(new String(in.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("first");
            gate.open();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(" second");
        }
    }

    @Test
    void gzip_withLength_tellsTheEncodedLength() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("abc").gzip());
                RawClient client = RawClient.connect(backend.port())) {
            byte[] body = body(client.get("/").readAnswer()).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
                    .asString()
                    .isEqualTo("abc");
        }
    }

    @Test
    void deflate_bothForms_areTold() throws IOException {
        for (boolean raw : new boolean[] {false, true}) {
            Reply plain = Reply.json("abc").closeDelimited();
            String answer = whole(raw ? plain.rawDeflate() : plain.deflate());
            assertThat(answer).contains("Content-Encoding: deflate\r\n");
            byte[] body = body(answer).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(new InflaterInputStream(new ByteArrayInputStream(body), new Inflater(raw)).readAllBytes())
                    .asString()
                    .isEqualTo("abc");
        }
    }

    @Test
    void slicer_withPause_writesPieceByPiece() throws IOException {
        List<String> wire = new ArrayList<>();
        ReplyWriter.Wire recorder = new ReplyWriter.Wire() {
            @Override
            public void write(byte[] bytes, int from, int to) {
                wire.add(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
            }

            @Override
            public boolean pause(Duration duration) {
                return wire.add(duration.toString());
            }

            @Override
            public boolean await(Gate gate) {
                return wire.add(gate.toString());
            }
        };
        Reply reply = Reply.garbage("abcde").await(Gate.named("g")).part("fg").slicer(2, Duration.ofMillis(3));
        assertThat(new ReplyWriter(recorder, reply, "GET").play()).isEqualTo(Ending.CLOSE);
        assertThat(wire).containsExactly("ab", "PT0.003S", "cd", "PT0.003S", "e", "Gate[g, closed]", "PT0.003S", "fg");
    }

    @Test
    void slicer_withoutPause_losesNothing() throws IOException {
        assertThat(whole(Reply.garbage("abcde").slicer(1))).isEqualTo("abcde");
    }

    @Test
    void bandwidth_slow_takesItsTime() throws IOException {
        long start = System.nanoTime();
        assertThat(whole(Reply.garbage("x".repeat(500)).bandwidth(5000))).hasSize(500);
        assertThat(System.nanoTime() - start).isGreaterThan(60_000_000L);
    }

    @Test
    void latency_beforeHead_isWaited() throws IOException {
        long start = System.nanoTime();
        whole(Reply.json("x").latency(Duration.ofMillis(40)).thenClose());
        assertThat(System.nanoTime() - start).isGreaterThan(39_000_000L);
    }

    @Test
    void heldBy_gate_answersOnlyWhenOpen() throws IOException {
        Gate gate = Gate.named("head");
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Reply.json("x").heldBy(gate).thenClose());
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/").socket.setSoTimeout(30);
            gate.awaitArrivals(1, SOON);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
            client.socket.setSoTimeout(5000);
            gate.open();
            assertThat(client.readToEnd()).endsWith("x");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 40})
    void limitData_atAnyByte_endsThereInOrder(long bytes) throws IOException {
        assertThat(whole(Reply.json("hello").limitData(bytes))).hasSize((int) bytes);
    }

    @Test
    void cutBodyAt_offset_countsFromTheBody() throws IOException {
        assertThat(whole(Reply.json("hello").cutBodyAt(2, Ending.CLOSE))).endsWith("Content-Length: 5\r\n\r\nhe");
        assertThat(whole(Reply.json("hello").cutBodyAt(0, Ending.CLOSE))).endsWith("Content-Length: 5\r\n\r\n");
    }

    @Test
    void cutBodyAt_withReset_resets() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("aaaa", "bbbb")
                        .slicer(1, Duration.ofMillis(1))
                        .cutBodyAt(8, Ending.RESET));
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/").readUntil("\r\n\r\n");
            assertThatThrownBy(client::readToEnd)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void cut_beyondTheEnd_isReportedAsMistake() throws IOException {
        SimulatedBackend backend = SimulatedBackend.start(Reply.json("hello").cutBodyAt(6, Ending.CLOSE));
        try (RawClient client = RawClient.connect(backend.port())) {
            client.get("/").readUntil("hello");
            backend.awaitOpenConnections(0, SOON);
        }
        assertThatThrownBy(backend::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cut at 6, but the reply had only 5 bytes");
    }

    @Test
    void stall_midBody_isSilentWhileTheConnectionStaysOpen() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("a").stall());
                RawClient client = RawClient.connect(backend.port())) {
            assertThat(client.get("/").readUntil("\n\n\r\n")).endsWith("data: a\n\n\r\n");
            client.socket.setSoTimeout(30);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(backend.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void stepsInTheBody_closeOrReset_endIt() throws IOException {
        assertThat(whole(Reply.sse("a").close().event("b"))).endsWith("data: a\n\n\r\n");
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("a").reset());
                RawClient client = RawClient.connect(backend.port())) {
            assertThatThrownBy(() -> client.get("/").readToEnd()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void silence_always_sendsNothing() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence());
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/");
            backend.awaitRequests(1, SOON);
            client.socket.setSoTimeout(30);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void hangUp_always_isEndOfStream() throws IOException {
        assertThat(whole(Reply.hangUp())).isEmpty();
    }

    @Test
    void resetPeer_always_isReset() {
        assertThatThrownBy(() -> whole(Reply.resetPeer()))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void thenReset_afterWholeReply_resetsBehindIt() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("x").thenReset());
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/");
            backend.awaitOpenConnections(0, SOON);
            assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void garbage_always_isSentAsItIs() throws IOException {
        assertThat(whole(Reply.garbage("\u0016\u0003not http\n"))).isEqualTo("\u0016\u0003not http\n");
    }

    @Test
    void raw_insideBody_isOutsideTheFraming() throws IOException {
        assertThat(body(whole(Reply.stream("text/plain")
                        .part("a")
                        .raw("zz\r\n".getBytes(StandardCharsets.US_ASCII))
                        .thenClose())))
                .isEqualTo("1\r\na\r\nzz\r\n0\r\n\r\n");
    }

    @Test
    void connectionClose_always_isAnnounced() throws IOException {
        assertThat(whole(Reply.json("x").connectionClose())).contains("\r\nConnection: close\r\n");
    }

    @Test
    void slowClose_always_closesLater() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("x").slowClose(Duration.ofMillis(40)));
                RawClient client = RawClient.connect(backend.port())) {
            long start = System.nanoTime();
            client.get("/").readAnswer();
            assertThat(client.read()).isEqualTo(-1);
            assertThat(System.nanoTime() - start).isGreaterThan(39_000_000L);
        }
    }

    @Test
    void thenCloseAt_gate_closesTheIdleConnection() throws IOException {
        Gate gate = Gate.create();
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("x").thenCloseAt(gate));
                RawClient client = RawClient.connect(backend.port())) {
            client.get("/").readAnswer();
            assertThat(backend.openConnections()).isEqualTo(1);
            gate.open();
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STALE_CLOSE", "STALE_RESET"})
    void stale_nextRequest_getsNoByteAndTakesNoReply(Ending ending) throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1").then(ending), Reply.json("2"));
                RawClient first = RawClient.connect(backend.port())) {
            first.get("/").readAnswer();
            assertThat(backend.openConnections()).isEqualTo(1);
            first.get("/again");
            if (ending == Ending.STALE_CLOSE) {
                assertThat(first.read()).isEqualTo(-1);
            } else {
                assertThatThrownBy(first::read).isInstanceOf(SocketException.class);
            }
            assertThat(backend.connections().get(0).staleHits()).isEqualTo(1);
            assertThat(backend.requests()).hasSize(1);
            try (RawClient second = RawClient.connect(backend.port())) {
                assertThat(second.get("/again").readAnswer()).endsWith("2");
            }
        }
    }

    @Test
    void early_reply_comesWhileTheRequestIsStillUploaded() throws IOException {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.status(413).early(), Reply.json("next"));
                RawClient client = RawClient.connect(backend.port())) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 413 ");
            assertThat(backend.request(0).isComplete()).isFalse();
            client.send("def").get("/");
            assertThat(client.readAnswer()).endsWith("next");
            assertThat(backend.request(0).bodyText()).isEqualTo("abcdef");
        }
    }

    @Test
    void earlyUnread_reply_leavesTheBodyUnread() throws IOException {
        SimulatedBackend.Builder small = SimulatedBackend.builder().receiveBuffer(8192);
        try (SimulatedBackend backend = small.scenario(
                                Scenario.of(Reply.status(429).earlyUnread()))
                        .start();
                RawClient client = RawClient.connect(backend.port())) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 429 ");
            client.send("x".repeat(5000));
            assertThat(backend.request(0).bodyLength()).isZero();
        }
    }

    @Test
    void arguments_outOfRange_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reply.status(99))
                .withMessage("status: 99 (expected: 100 to 999)");
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.json("").slicer(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.json("").cutAt(-1, Ending.CLOSE));
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.json("").cutAt(1, Ending.KEEP_ALIVE));
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.json("").pause(Duration.ofMillis(-1)));
    }

    @Test
    void change_ofAReply_leavesTheOldOneAlone() {
        Reply reply = Reply.json("x");
        int before = reply.steps().size();
        reply.part("y").thenReset().header("a", "b");
        assertThat(reply.steps()).hasSize(before);
        assertThat(reply.toString()).isEqualTo(Reply.json("z").toString());
    }
}
