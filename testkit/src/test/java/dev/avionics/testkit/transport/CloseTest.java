package dev.avionics.testkit.transport;

import static dev.avionics.testkit.transport.Recorder.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SilentPort;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.leak.SocketWatch;
import dev.avionics.testkit.leak.ThreadWatch;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloseTest {
    private static HttpTransport transport() {
        return NettyTransport.create(
                TransportOptions.builder().maxConnections(3).build());
    }

    @Test
    void transport_beforeTheFirstCall_hasNoThread() {
        ThreadWatch threads = ThreadWatch.start("avionics");
        try (HttpTransport transport = transport()) {
            assertThat(threads.newThreads()).isEmpty();
        }
        assertThat(threads.newThreads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_inAllPhases_rejectsAndLeavesNothing(boolean nativeIo) {
        ThreadWatch threads = ThreadWatch.start("avionics");
        SocketWatch sockets = SocketWatch.start();
        HttpTransport transport = NettyTransport.create(
                TransportOptions.builder().maxConnections(3).nativeIo(nativeIo).build());
        List<Recorder> calls = new ArrayList<>();
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create()
                        .when(request -> request.target().equals("/ok"), Reply.json("1"))
                        .when(request -> request.target().equals("/head"), Reply.silence())
                        .when(
                                request -> request.target().equals("/body"),
                                Reply.sse("a").stall())
                        .when(request -> request.target().equals("/unread"), Reply.of("text/plain", "x".repeat(100))));
                SilentPort silent = SilentPort.open()) {
            Recorder.send(transport, HttpCall.get(backend.uri("/ok"))).awaitEnd();
            Recorder head = Recorder.send(transport, HttpCall.get(backend.uri("/head")));
            Recorder body = Recorder.send(transport, HttpCall.get(backend.uri("/body")));
            Recorder unread = Recorder.sendLazily(transport, HttpCall.get(backend.uri("/unread")));
            head.awaitSent();
            body.awaitReadComplete(1);
            unread.awaitHead();
            Recorder waiting = Recorder.send(transport, HttpCall.get(backend.uri("/waiting")));
            Recorder connecting = Recorder.send(transport, HttpCall.get(silent.uri()));
            calls.addAll(List.of(head, body, unread, waiting, connecting));
            assertThat(threads.newThreads()).anyMatch(name -> name.startsWith("avionics-io"));
            transport.close();
            assertThat(threads.newThreads()).isEmpty();
            for (Recorder call : calls) {
                InferenceException why = call.awaitFailure();
                assertThat(why.category()).as("%s", why).isEqualTo(ErrorCategory.REJECTED);
            }
            assertThat(head.awaitFailure().sent()).isEqualTo(Sent.ALL);
            assertThat(waiting.awaitFailure().sent()).isEqualTo(Sent.NOTHING);
            transport.close();
        }
        sockets.assertNoNewSockets(PATIENCE);
    }

    @Test
    void call_afterClose_isRejected() throws Exception {
        HttpTransport used = transport();
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("1"))) {
            Recorder.send(used, HttpCall.get(backend.uri("/"))).awaitEnd();
            used.close();
            HttpTransport unused = transport();
            unused.close();
            for (HttpTransport transport : List.of(used, unused)) {
                Recorder call = Recorder.send(transport, HttpCall.get(backend.uri("/")));
                InferenceException why = call.awaitFailure();
                assertThat(why.category()).isEqualTo(ErrorCategory.REJECTED);
                assertThat(why.sent()).isEqualTo(Sent.NOTHING);
                call.exchange().read();
                call.exchange().cancel();
                CompletableFuture<Boolean> ran = new CompletableFuture<>();
                call.exchange().execute(() -> ran.complete(call.exchange().inThread()));
                assertThat(ran.get(5, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void close_duringManyCalls_endsEachExactlyOnce() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(Reply.json("1")))) {
            for (int round = 0; round < 20; round++) {
                HttpTransport transport = transport();
                List<Recorder> calls = new ArrayList<>();
                CompletableFuture<Void> closing = null;
                for (int i = 0; i < 100; i++) {
                    calls.add(Recorder.send(transport, HttpCall.get(backend.uri("/"))));
                    if (i == 50) {
                        closing = CompletableFuture.runAsync(transport::close);
                    }
                }
                closing.join();
                for (Recorder call : calls) {
                    call.await(
                            () -> call.events().contains("end") || call.events().contains("failure"));
                    call.assertOrderly();
                }
            }
        }
    }

    @Test
    void close_onItsOwnThread_returns() {
        HttpTransport transport = transport();
        ThreadWatch threads = ThreadWatch.start("avionics");
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.silence())) {
            Recorder call = Recorder.greedy();
            call.whenSent(transport::close);
            call.start(transport, HttpCall.get(backend.uri("/")), PATIENCE);
            assertThat(call.awaitFailure().category()).isEqualTo(ErrorCategory.REJECTED);
            threads.assertNoNewThreads(PATIENCE);
        }
    }

    @Test
    void lookUpThatHangs_doesNotKeepCloseForLong() {
        HttpTransport transport = NettyTransport.create(TransportOptions.builder()
                .resolver(host -> {
                    try {
                        new CompletableFuture<Void>().get();
                    } catch (Exception e) {
                        throw new java.net.UnknownHostException(host);
                    }
                    return List.of();
                })
                .build());
        ThreadWatch threads = ThreadWatch.start("avionics");
        Recorder call = Recorder.send(transport, HttpCall.get(URI.create("http://llm.example/")));
        call.exchange().execute(() -> {});
        transport.close();
        assertThat(call.awaitFailure().category()).isEqualTo(ErrorCategory.REJECTED);
        threads.assertNoNewThreads(PATIENCE);
    }
}
