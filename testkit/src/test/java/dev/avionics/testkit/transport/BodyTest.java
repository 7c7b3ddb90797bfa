package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Header;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
    private final HttpTransport transport = NettyTransport.create(TransportOptions.defaults());

    @AfterEach
    void close() {
        transport.close();
    }

    private static HttpCall call(SimulatedBackend backend) {
        return HttpCall.postJson(backend.uri("/v1"), "{}".getBytes(StandardCharsets.UTF_8), true);
    }

    private static String text(int length) {
        Random random = new Random(7);
        return random.ints(length, ' ', 'z')
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    @Test
    void body_inManyChunks_comesWhole() {
        String[] data =
                IntStream.range(0, 200).mapToObj(i -> "{\"n\":" + i + "}").toArray(String[]::new);
        try (SimulatedBackend backend =
                SimulatedBackend.start(Reply.sse(data), Reply.sse(data).slicer(1))) {
            String whole = IntStream.range(0, 200)
                    .mapToObj(i -> "data: {\"n\":" + i + "}\n\n")
                    .collect(Collectors.joining());
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo(whole);
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo(whole);
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void body_thatNobodyAskedFor_isHeldAndTheServerBlocks() {
        int size = 20_000_000;
        try (SimulatedBackend backend = SimulatedBackend.builder()
                .sendBuffer(64 * 1024)
                .scenario(Scenario.of(Reply.of("text/plain", text(size))))
                .start()) {
            Recorder call = Recorder.sendLazily(transport, call(backend)).awaitHead();
            assertThat(call.events()).containsExactly("connected", "sent", "head 200");
            for (int reads = 1; reads <= 10; reads++) {
                call.exchange().read();
                call.awaitReadComplete(reads);
                assertThat(call.readCompletes()).isEqualTo(reads);
                assertThat(call.bytes()).isLessThanOrEqualTo(reads * 64 * 1024);
            }
            // What the server got rid of is what was asked for and what the sockets hold.
            assertThat(backend.connections().get(0).bytesWritten()).isLessThan(size - 1_000_000);
            call.assertOrderly();
            call.exchange().cancel();
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
        }
    }

    @Test
    void body_askedForPieceByPiece_comesWhole() {
        String body = text(500_000);
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.of("text/plain", body))) {
            Recorder call = Recorder.sendLazily(transport, call(backend)).awaitHead();
            int reads = 0;
            while (call.bytes() < body.length()) {
                int before = ++reads;
                call.exchange().read();
                call.await(() -> call.readCompletes() >= before || call.bytes() == body.length());
            }
            assertThat(call.awaitEnd().text()).isEqualTo(body);
            assertThat(call.largestPiece()).isLessThanOrEqualTo(64 * 1024);
        }
    }

    @Test
    void answer_withoutBody_endsUnasked() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.status(204), Reply.json(""), Reply.json("1"))) {
            assertThat(Recorder.sendLazily(transport, call(backend)).awaitEnd().events())
                    .containsExactly("connected", "sent", "head 204", "end");
            Recorder.sendLazily(transport, call(backend)).awaitEnd();
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void answerToHead_announcesABodyAndHasNone() {
        try (RawServer server = new RawServer()) {
            HttpCall head = new HttpCall("HEAD", server.uri("/"), java.util.Map.of(), new byte[0], false);
            Recorder first = Recorder.send(transport, head);
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
            first.awaitEnd();
            Recorder second = Recorder.send(transport, HttpCall.get(server.uri("/")));
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            assertThat(second.awaitEnd().text()).isEqualTo("ok");
        }
    }

    @Test
    void informationalAnswers_areSwallowed() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.json("1").interim(100).interim(103, new Header("link", "</x>")), Reply.json("2"))) {
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().events())
                    .containsExactly("connected", "sent", "head 200", "bytes", "end");
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void redirect_isNotFollowed() {
        try (SimulatedBackend elsewhere = SimulatedBackend.start();
                SimulatedBackend backend = SimulatedBackend.start(
                        Reply.status(307).header("location", elsewhere.uri("/").toString()))) {
            Recorder call = Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(call.head().status()).isEqualTo(307);
            assertThat(call.head().header("Location"))
                    .contains(elsewhere.uri("/").toString());
            assertThat(elsewhere.connectionCount()).isZero();
        }
    }

    @Test
    void headers_areFoundWhateverTheirCase() {
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.send(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\nX-Request-ID: a\r\nx-two: 1\r\nX-Two: 2\r\nContent-Length: 0\r\n\r\n");
            call.awaitEnd();
            assertThat(call.head().header("x-request-id")).contains("a");
            assertThat(call.head().headers())
                    .containsEntry("x-request-id", "a")
                    .containsEntry("x-two", "1")
                    .containsEntry("content-length", "0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw"})
    void packedAnswer_isUnpacked(String how) {
        String body = text(300_000) + "ä".repeat(10);
        Reply plain = Reply.of("text/plain", body).chunked(1000);
        Reply packed = how.equals("gzip") ? plain.gzip() : how.equals("deflate") ? plain.deflate() : plain.rawDeflate();
        try (SimulatedBackend backend = SimulatedBackend.start(packed, packed.slicer(7), Reply.json("2"))) {
            Recorder call = Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(call.text()).isEqualTo(body);
            assertThat(call.head().header("content-encoding")).isEmpty();
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().text())
                    .isEqualTo(body);
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void packedStream_comesAsItIsFlushed() {
        Gate gate = Gate.create();
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.stream("text/event-stream").gzip().event("a").await(gate).event("b"))) {
            Recorder call = Recorder.send(transport, call(backend));
            call.await(() -> call.text().contains("data: a"));
            gate.open();
            assertThat(call.awaitEnd().text()).isEqualTo("data: a\n\ndata: b\n\n");
        }
    }

    @Test
    void packedAnswer_thatIsABomb_failsAndIsNotUnpackedFurther() {
        byte[] zeros = new byte[50_000_000];
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.stream("text/plain").part(zeros).gzip(),
                Reply.stream("text/plain").part(new byte[1_000_000]).gzip())) {
            Recorder bomb = Recorder.send(transport, call(backend));
            bomb.awaitFailure("too_large", Sent.ALL);
            assertThat(bomb.bytes()).isLessThan(5_000_000);
            backend.connections().get(0).awaitPeerClosed(PATIENCE);
            assertThat(Recorder.send(transport, call(backend)).awaitEnd().bytes())
                    .isEqualTo(1_000_000);
        }
    }

    @Test
    void packedAnswer_isToldInPiecesThatWereAskedFor() {
        byte[] spaces = " ".repeat(900_000).getBytes(StandardCharsets.UTF_8);
        try (SimulatedBackend backend =
                SimulatedBackend.start(Reply.stream("text/plain").part(spaces).gzip())) {
            Recorder call = Recorder.sendLazily(transport, call(backend)).awaitHead();
            for (int reads = 1; reads <= 5; reads++) {
                call.exchange().read();
                call.awaitReadComplete(reads);
                assertThat(call.bytes()).isLessThanOrEqualTo(reads * (64 + 16) * 1024);
            }
            call.exchange().cancel();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "gzip, gzip"})
    void answer_packedInAnotherWay_fails(String encoding) {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1").header("content-encoding", encoding))) {
            Recorder.send(transport, call(backend)).awaitFailure("protocol", Sent.ALL);
        }
    }

    @Test
    void packedAnswer_thatIsDamagedOrCut_fails() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.json("not gzip at all").header("content-encoding", "gzip"),
                Reply.stream("text/plain")
                        .part(new byte[] {0x1f, (byte) 0x8b, 8, 0})
                        .header("content-encoding", "gzip"))) {
            Recorder.send(transport, call(backend)).awaitFailure("protocol", Sent.ALL);
            Recorder.send(transport, call(backend)).awaitFailure("eof", Sent.ALL);
        }
    }

    @Test
    void answer_cutInTheMiddle_failsAfterItsBytes() {
        String body = text(10_000);
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.of("text/plain", body).cutBodyAt(5_000, dev.avionics.testkit.backend.Ending.CLOSE),
                Reply.of("text/plain", body).chunked(100).cutBodyAt(5_000, dev.avionics.testkit.backend.Ending.CLOSE),
                Reply.of("text/plain", body).cutAt(20, dev.avionics.testkit.backend.Ending.CLOSE),
                Reply.hangUp(),
                Reply.resetPeer())) {
            Recorder whole = Recorder.send(transport, call(backend));
            whole.awaitFailure("eof", Sent.ALL);
            assertThat(whole.text()).isEqualTo(body.substring(0, 5_000));
            Recorder chunked = Recorder.send(transport, call(backend));
            chunked.awaitFailure("eof", Sent.ALL);
            assertThat(body).startsWith(chunked.text());
            Recorder.send(transport, call(backend)).awaitFailure("eof", Sent.ALL);
            Recorder.send(transport, call(backend)).awaitFailure("eof", Sent.ALL);
            Recorder.send(transport, call(backend)).awaitFailure("reset", Sent.ALL);
        }
    }

    @Test
    void answer_cutWhileNobodyReads_tellsItsBytesFirst() {
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.sendLazily(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").endOutput();
            call.awaitHead();
            assertThat(call.events()).containsExactly("connected", "sent", "head 200");
            call.exchange().read();
            call.await(() -> call.bytes() == 4);
            call.exchange().read();
            call.awaitFailure("eof", Sent.ALL);
            assertThat(call.text()).isEqualTo("half");
        }
    }

    @Test
    void closeDelimitedAnswer_endedWhileNobodyReads_comesWhole() {
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.sendLazily(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\n\r\nall").endOutput();
            call.awaitHead();
            call.exchange().read();
            call.await(() -> call.bytes() == 3);
            call.exchange().read();
            assertThat(call.awaitEnd().text()).isEqualTo("all");
        }
    }

    @Test
    void answer_beforeTheRequestIsSent_isDeliveredAndTheUploadStopped() {
        byte[] large = new byte[20_000_000];
        try (SimulatedBackend backend = SimulatedBackend.builder()
                .receiveBuffer(16 * 1024)
                .scenario(Scenario.of(
                        Reply.json(413, "{\"error\":1}").earlyUnread().connectionClose(), Reply.json("2")))
                .start()) {
            Recorder call = Recorder.send(transport, HttpCall.postJson(backend.uri("/"), large, false));
            call.awaitEnd();
            assertThat(call.head().status()).isEqualTo(413);
            assertThat(call.text()).isEqualTo("{\"error\":1}");
            assertThat(call.events()).doesNotContain("sent");
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(2);
            assertThat(backend.connections().get(0).bytesRead()).isLessThan(large.length);
        }
    }

    @Test
    void largeRequest_comesWhole() {
        byte[] large = text(5_000_000).getBytes(StandardCharsets.UTF_8);
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"), Reply.json("2"))) {
            Recorder.send(transport, HttpCall.postJson(backend.uri("/"), large, false))
                    .awaitEnd();
            assertThat(backend.request(0).body()).isEqualTo(large);
            Recorder.send(transport, call(backend)).awaitEnd();
            assertThat(backend.connectionCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/1.1 99 Low\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 700 High\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nbad name: 1\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded: 1\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nname : 1\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nname: a\u0000b\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\ncontent-length: 0\n\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokXX0\r\n\r\n"
            })
    void answer_thatIsNoValidHttp_failsAndTheConnectionIsClosed(String answer) {
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.send(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write(answer);
            call.awaitFailure("protocol", Sent.ALL);
            peer.awaitClosed();
        }
    }

    @Test
    void answer_withEndlessHeaders_failsAtTheLimit() {
        try (RawServer server = new RawServer()) {
            Recorder call = Recorder.send(transport, HttpCall.get(server.uri("/")));
            RawServer.Peer peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(5000));
            call.awaitFailure("protocol", Sent.ALL);
            Recorder line = Recorder.send(transport, HttpCall.get(server.uri("/")));
            peer = server.next();
            peer.readRequest();
            peer.write("HTTP/1.1 200 " + "x".repeat(9000));
            line.awaitFailure("protocol", Sent.ALL);
        }
    }
}
