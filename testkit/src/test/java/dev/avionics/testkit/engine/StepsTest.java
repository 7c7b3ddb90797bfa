package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a protocol may want: several requests, polls, whole bodies; and what happens when it breaks. */
class StepsTest {
    private static final Target A = Rig.target("a", Billing.METERED);
    private static final Script GOOD = Script.reply(200).bytes(data("text hi", "finish stop", "[DONE]"));
    private final Rig rig = new Rig();

    private void firstHead(Function<HttpHead, Step<InferenceResult>> onHead) {
        rig.policy = RetryPolicy.NEVER;
        rig.protocol.inference = (scope, request) ->
                new Exchange<>(List.of(), new Step.Send<>(rig.protocol.call(scope, "/first"), onHead));
    }

    private Step<InferenceResult> second(Duration after) {
        return new Step.Send<>(
                dev.avionics.airframe.http.HttpCall.postJson(URI.create("http://a.test/second"), new byte[0], true),
                after,
                rig.protocol::onHead);
    }

    @Test
    void twoRequests_bodyOfTheFirstMakesTheSecond() {
        firstHead(head -> new Step.ReadAll<>(100, body -> {
            assertThat(LineProtocol.text(body)).isEqualTo("ticket");
            return second(Duration.ZERO);
        }));
        rig.transport
                .then(Script.reply(200).bytes("tic", "k").bytes("et").end())
                .then(GOOD);
        Reader reader = rig.read(A);
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.COMPLETE);
        assertThat(rig.transport.exchange(1).call().uri()).hasPath("/second");
        rig.assertQuiet();
    }

    @Test
    void poll_waitsBetweenItsRequests_andEveryRequestIsAuthorized() {
        Step<InferenceResult>[] poll = poll();
        firstHead(head -> poll[0]);
        rig.transport.then(4, Script.reply(202)).then(GOOD);
        Target withKey = Rig.target("a", Billing.METERED, CredentialSource.key(Secret.of("k")));
        Reader reader = rig.toEnd(rig.read(withKey));
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(rig.transport.exchanges())
                .extracting(e -> e.at().toMillis())
                .containsExactly(0L, 500L, 1000L, 1500L, 2000L);
        assertThat(rig.transport.exchanges())
                .allMatch(e -> "Bearer k".equals(e.call().headers().get("authorization")));
        rig.assertQuiet();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Step<InferenceResult>[] poll() {
        Step<InferenceResult>[] self = new Step[1];
        self[0] = new Step.Send<>(
                dev.avionics.airframe.http.HttpCall.get(URI.create("http://a.test/poll")),
                Duration.ofMillis(500),
                head -> head.status() == 202 ? self[0] : rig.protocol.onHead(head));
        return self;
    }

    @Test
    void lateNewsOfTheFirstRequest_isNotTakenForNewsOfTheSecond() {
        firstHead(head -> second(Duration.ZERO));
        rig.transport
                .then(Script.reply(202))
                .then(Script.begin()
                        .after(Duration.ofSeconds(1))
                        .connected()
                        .sent()
                        .head(200, headers())
                        .bytes(data("text hi", "finish stop", "[DONE]")));
        var receivers = new java.util.ArrayList<dev.avionics.airframe.http.HttpReceiver>();
        var spying = new dev.avionics.airframe.http.HttpTransport() {
            @Override
            public dev.avionics.airframe.http.HttpExchange send(
                    dev.avionics.airframe.http.HttpCall call,
                    Duration connect,
                    dev.avionics.airframe.http.HttpReceiver receiver) {
                receivers.add(receiver);
                return rig.transport.send(call, connect, receiver);
            }

            @Override
            public void close() {}
        };
        var engine = new dev.avionics.airframe.http.Engine(spying, rig.time, rig.time, rig.time.clock());
        Reader reader = rig.read(new dev.avionics.airframe.http.ProtocolAdapter(engine, rig.protocol)
                .infer(A, rig.request, rig.context));
        assertThat(receivers).hasSize(2);
        receivers.get(0).onBytes(ByteBuffer.wrap(new byte[10]));
        receivers.get(0).onEnd();
        receivers.get(0).onFailure(InferenceException.of(ErrorCategory.CONNECTION, "late"));
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(reader.text()).isEqualTo("hi");
        rig.assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void readAll_ofAGoodAnswer_isLimited(int most) {
        firstHead(head -> new Step.ReadAll<>(most, body -> second(Duration.ZERO)));
        rig.transport
                .then(Script.reply(200).bytes("01234").bytes("56789").end())
                .then(GOOD);
        Reader reader = rig.read(A);
        if (most == 10) {
            assertThat(reader.text()).isEqualTo("hi");
        } else {
            assertThat(reader.failure().category()).isEqualTo(ErrorCategory.PARSE);
            assertThat(reader.failure().getMessage()).contains("9 bytes");
            assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.CANCELLED);
        }
        rig.assertQuiet();
    }

    @Test
    void readAll_ofAnError_isCut() {
        firstHead(head -> new Step.ReadAll<>(4, body -> LineProtocol.failed(head, LineProtocol.text(body) + "!")));
        rig.protocol.streamed = true;
        rig.transport.then(
                Script.reply(400).bytes("01").bytes("23456789").bytes("more").end());
        Reader reader = rig.read(A);
        assertThat(reader.failure().status()).hasValue(400);
        assertThat(rig.transport.exchange(0).reads()).isEqualTo(2);
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        rig.assertQuiet();
    }

    @Test
    void wholeAnswerOnAStream_isReadByTheDecoderChosenAfterTheHead() {
        firstHead(head -> new Step.Decode<>(WholeJson.decoder((frame, out) -> {
            out.text(frame.text());
            out.finish(FinishReason.STOP, null);
            return EventDecoder.Progress.TAIL;
        })));
        rig.transport.then(Script.reply(200).bytes("{\"a\"").bytes(":1}").end());
        Reader reader = rig.read(A);
        assertThat(reader.text()).as("%s", reader).isEqualTo("{\"a\":1}");
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    /** A step, or a function, that breaks in its own way. */
    private record Break(String name, Function<HttpHead, Step<InferenceResult>> onHead) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Broken implements EventDecoder {
        private final boolean atEnd;

        Broken(boolean atEnd) {
            this.atEnd = atEnd;
        }

        @Override
        public Progress decode(ByteBuffer bytes, EventSink out) {
            if (!atEnd) {
                throw new StackOverflowError("decode");
            }
            bytes.position(bytes.limit());
            return Progress.NEED_MORE;
        }

        @Override
        public void end(EventSink out) {
            throw new IllegalStateException("end");
        }
    }

    static List<Break> breaks() {
        return List.of(
                new Break("onHead throws", head -> {
                    throw new IllegalStateException("onHead");
                }),
                new Break("onHead throws an error", head -> {
                    throw new AssertionError("onHead");
                }),
                new Break("onHead gives nothing", head -> null),
                new Break(
                        "ReadAll throws",
                        head -> new Step.ReadAll<>(100, body -> {
                            throw new ArithmeticException("then");
                        })),
                new Break("ReadAll gives nothing", head -> new Step.ReadAll<>(100, body -> null)),
                new Break("ReadAll twice", head -> new Step.ReadAll<>(100, b -> new Step.ReadAll<>(100, c -> null))),
                new Break("negative ReadAll", head -> new Step.ReadAll<>(-1, body -> null)),
                new Break(
                        "Decode after ReadAll",
                        head -> new Step.ReadAll<>(100, b -> new Step.Decode<>(new Broken(true)))),
                new Break("decode throws", head -> new Step.Decode<>(new Broken(false))),
                new Break("end throws", head -> new Step.Decode<>(new Broken(true))),
                new Break(
                        "a value where events belong",
                        head -> new Step.Done<>(new InferenceResult(
                                dev.avionics.airframe.Message.assistant("x"),
                                FinishReason.STOP,
                                null,
                                dev.avionics.airframe.Usage.absent(),
                                A,
                                null,
                                null,
                                1,
                                dev.avionics.airframe.RateLimitInfo.none(),
                                List.of()))),
                new Break(
                        "frame handler throws",
                        head -> new Step.Decode<>(dev.avionics.airframe.http.Sse.decoder((frame, out) -> {
                            throw new AssertionError("frame");
                        }))));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void protocolThatBreaks_isOneFailureAndNoHang(Break how) {
        firstHead(how.onHead());
        rig.transport.then(Script.reply(200).bytes(data("text x")).end());
        Reader reader = rig.read(A);
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(reader.failure().origin()).isEqualTo(ErrorOrigin.US);
        assertThat(reader.failure().provider()).contains("a");
        assertThat(reader.outcomes).isEqualTo(1);
        rig.assertQuiet();
    }

    @Test
    void protocolThatBreaksBeforeSending_isOneFailure() {
        rig.policy = RetryPolicy.NEVER;
        rig.protocol.inference = (scope, request) -> {
            throw new IllegalArgumentException("cannot say that");
        };
        InferenceException refused = rig.read(A).failure();
        assertThat(refused.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(refused.origin()).isEqualTo(ErrorOrigin.CALLER);
        assertThat(refused.sent()).isEqualTo(Sent.NOTHING);
        assertThat(rig.transport.exchanges()).isEmpty();
        rig.assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000})
    void authorizeThatThrows_isOneFailure_alsoAfterADelay(long delay) {
        rig.policy = RetryPolicy.NEVER;
        rig.protocol.authorize = call -> {
            throw new IllegalStateException("authorize");
        };
        rig.protocol.inference = (scope, request) -> new Exchange<>(
                List.of(),
                new Step.Send<>(rig.protocol.call(scope, "/x"), Duration.ofMillis(delay), rig.protocol::onHead));
        Reader reader = rig.toEnd(rig.read(A));
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.REJECTED);
        rig.assertQuiet();
    }

    @Test
    void credentialSources_thatFail_areAuthenticationFailuresOfOurs() {
        List<CredentialSource> broken = List.of(
                () -> {
                    throw new IllegalStateException("vault");
                },
                () -> CompletableFuture.failedFuture(new IllegalStateException("vault")),
                () -> null,
                () -> CompletableFuture.completedFuture(null));
        for (CredentialSource source : broken) {
            InferenceException why =
                    rig.read(Rig.target("a", Billing.METERED, source)).failure();
            assertThat(why.category()).isEqualTo(ErrorCategory.AUTHENTICATION);
            assertThat(why.origin()).isEqualTo(ErrorOrigin.US);
        }
        assertThat(rig.transport.exchanges()).isEmpty();
        rig.assertQuiet();
    }

    @Test
    void credentialThatComesLate_isUsed() {
        CompletableFuture<Credential> key = new CompletableFuture<>();
        rig.transport.then(GOOD);
        Reader reader = rig.read(Rig.target("a", Billing.METERED, () -> key));
        rig.time.advance(Duration.ofSeconds(5));
        key.complete(Credential.key(Secret.of("late")));
        rig.play();
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(rig.transport.exchange(0).call().headers()).containsEntry("authorization", "Bearer late");
        rig.assertQuiet();
    }

    @Test
    void endpointHeaders_winOverTheProtocols() {
        rig.transport.then(GOOD);
        EndpointSpec endpoint =
                A.endpoint().toBuilder().header("Accept", "mine").build();
        rig.read(new Target(endpoint, "m"));
        assertThat(rig.transport.exchange(0).call().headers()).containsAllEntriesOf(Map.of("accept", "mine"));
        rig.assertQuiet();
    }

    @Test
    void capabilityOfNo_isRefusedBeforeAnythingIsSent() {
        rig.protocol.capabilities = Capabilities.unknown().no(Feature.CHAT);
        InferenceException why = rig.read(A).failure();
        assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        assertThat(why.sent()).isEqualTo(Sent.NOTHING);
        assertThat(rig.transport.exchanges()).isEmpty();
        rig.assertQuiet();
    }
}
