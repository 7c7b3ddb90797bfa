package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import dev.avionics.gateway.CacheMode;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.StreamingChunk;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SingleFlightLayerTest {
    private static final GatewayRequest COLD =
            GatewayRequest.builder("hi").temperature(0.0).build();

    private final GatewayRig rig = new GatewayRig();
    /** The answers of the backend, which the test gives piece by piece. */
    private final List<Upstream> calls = new ArrayList<>();

    private final LLMGateway gateway = rig.gateway()
            .retryPolicy(RetryPolicy.NEVER)
            .singleFlight(true)
            .layer(450, new Upstreams())
            .build();

    /** What stands in for the rest of the pipeline: each call that gets here is a call upstream. */
    private final class Upstreams implements GatewayLayer {
        @Override
        public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
            Upstream upstream = new Upstream();
            return InferenceStream.from(call.context(), upstream).observe(outcome -> upstream.ends++);
        }
    }

    private final class Upstream implements Source {
        Sink sink;
        long asked;
        int ends;
        boolean begun;
        CancelReason cancelled;

        @Override
        public void start(Sink to) {
            calls.add(this);
            sink = to;
        }

        @Override
        public void request(long n) {
            asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
        }

        @Override
        public void cancel(CancelReason why) {
            cancelled = why;
        }

        /** Nothing is delivered before the first content is there. */
        private void commit() {
            if (!begun) {
                begun = true;
                sink.event(new InferenceEvent.Started(
                        new Target(rig.providers.named(GatewayRig.OPENAI).endpoint(), "gpt-4o"),
                        1,
                        RateLimitInfo.none(),
                        List.of()));
            }
        }

        void say(String text) {
            commit();
            sink.event(GatewayRig.text(text));
            sink.flushPoint();
        }

        void end() {
            commit();
            sink.event(ScriptedAdapter.completed(FinishReason.STOP, 5));
        }
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Reader<StreamingChunk> read(GatewayRequest request) {
        return Reader.of(gateway.completeStream(request));
    }

    private List<Reader<StreamingChunk>> read(int readers) {
        List<Reader<StreamingChunk>> all = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            all.add(read(COLD));
        }
        return all;
    }

    private static String text(Reader<StreamingChunk> reader) {
        return reader.got.stream().map(StreamingChunk::text).collect(Collectors.joining());
    }

    private Upstream only() {
        assertThat(calls).hasSize(1);
        return calls.get(0);
    }

    @Test
    void calls_thatAreIdenticalAndInTheAir_areOneCallUpstream() {
        List<Reader<StreamingChunk>> readers = read(10);
        only().say("The sky ");
        only().say("is blue.");
        only().end();

        assertThat(readers).allSatisfy(reader -> {
            assertThat(text(reader)).isEqualTo("The sky is blue.");
            assertThat(reader.complete).isTrue();
        });
        assertThat(only().ends).isEqualTo(1);
        assertThat(gateway.stats().totalRequests()).isEqualTo(10);
        assertThat(gateway.stats().cached()).isEqualTo(9);
        assertThat(read(COLD).complete).isFalse();
        assertThat(calls).hasSize(2);
    }

    @Test
    void first_whoLeaves_endsNobodyElsesAnswer() {
        List<Reader<StreamingChunk>> readers = read(10);
        only().say("The sky ");
        readers.get(0).subscription.cancel();
        assertThat(only().cancelled).isNull();
        only().say("is blue.");
        only().end();

        assertThat(readers.subList(1, 10)).allSatisfy(reader -> {
            assertThat(text(reader)).isEqualTo("The sky is blue.");
            assertThat(reader.complete).isTrue();
        });
        assertThat(text(readers.get(0))).isEqualTo("The sky ");
        assertThat(readers.get(0).complete).isFalse();
        assertThat(gateway.stats().cancelled()).isEqualTo(1);
    }

    @Test
    void last_whoLeaves_endsTheCallUpstream() {
        List<Reader<StreamingChunk>> readers = read(3);
        readers.get(0).subscription.cancel();
        readers.get(2).subscription.cancel();
        assertThat(only().cancelled).isNull();
        readers.get(1).subscription.cancel();

        assertThat(only().cancelled).isNotNull();
        assertThat(read(COLD).error).isNull();
        assertThat(calls).hasSize(2);
    }

    @Test
    void lateReader_isGivenTheAnswerFromItsStart() {
        Reader<StreamingChunk> early = read(COLD);
        only().say("The sky ");
        Reader<StreamingChunk> late = read(COLD);
        assertThat(text(late)).isEqualTo("The sky ");
        only().say("is blue.");
        only().end();

        assertThat(text(late)).isEqualTo(text(early)).isEqualTo("The sky is blue.");
    }

    @Test
    void readerLaterThanAMebibyte_makesACallOfItsOwn() {
        Reader<StreamingChunk> early = read(COLD);
        String piece = "x".repeat(1 << 18);
        only().say(piece);
        assertThat(read(COLD).error).isNull();
        assertThat(calls).hasSize(1);
        only().say(piece);
        only().say(piece);

        Reader<StreamingChunk> late = read(COLD);
        assertThat(calls).hasSize(2);
        assertThat(late.got).isEmpty();
        calls.get(0).end();
        assertThat(early.complete).isTrue();
        calls.get(1).end();
        assertThat(late.complete).isTrue();
    }

    @Test
    void slowReader_slowsNobodyAndFailsWhenItIsAMebibyteBehind() {
        Reader<StreamingChunk> fast = read(COLD);
        Reader<StreamingChunk> slow = new Reader<>();
        gateway.completeStream(COLD).subscribe(slow);
        slow.subscription.request(1);
        // A stream takes up to 256 events ahead of its reader; what comes then stays with the shared answer.
        String piece = "y".repeat(1 << 13);
        for (int i = 0; i < 400; i++) {
            only().say(piece);
        }
        only().end();

        assertThat(fast.complete).isTrue();
        assertThat(text(fast)).hasSize(400 << 13);
        slow.subscription.request(Long.MAX_VALUE);
        assertThat(slow.error)
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("fell more than 1 MiB behind");
    }

    @Test
    void slowReader_thatIsAlone_isWaitedFor() {
        Reader<StreamingChunk> slow = new Reader<>();
        gateway.completeStream(COLD).subscribe(slow);
        slow.subscription.request(1);

        assertThat(only().asked).isLessThan(1000);
        String piece = "y".repeat(1 << 20);
        only().say(piece);
        only().say(piece);
        only().end();
        slow.subscription.request(Long.MAX_VALUE);
        assertThat(slow.complete).isTrue();
        assertThat(text(slow)).hasSize(2 << 20);
    }

    @Test
    void failure_isEverybodys() {
        List<Reader<StreamingChunk>> readers = read(5);
        only().say("The sky ");
        only().sink.fail(failure(ErrorCategory.SERVER_ERROR));

        assertThat(readers).allSatisfy(reader -> {
            assertThat(((InferenceException) reader.error).category()).isEqualTo(ErrorCategory.SERVER_ERROR);
            assertThat(text(reader)).isEqualTo("The sky ");
        });
        assertThat(gateway.stats().failures()).isEqualTo(5);
    }

    @Test
    void limitOfTheOneWhoLeads_isNobodyElses() {
        List<Reader<StreamingChunk>> readers = read(3);
        only().sink
                .fail(InferenceException.builder(ErrorCategory.BUDGET_EXCEEDED, "the leader's budget is used up")
                        .origin(ErrorOrigin.US)
                        .build());

        assertThat(readers.get(0).error).hasMessageContaining("the leader's budget");
        assertThat(calls).hasSize(2);
        calls.get(1).say("blue");
        calls.get(1).end();
        assertThat(readers.subList(1, 3))
                .allSatisfy(reader -> assertThat(text(reader)).isEqualTo("blue"));
    }

    @Test
    void calls_ofOtherTenantsModelsOrWithoutTheCache_shareNothing() {
        read(COLD);
        read(COLD.withKey("other"));
        read(COLD.withTarget("openai", "gpt-4.1"));
        read(COLD.withCache(CacheMode.OFF));
        read(GatewayRequest.builder("hi").temperature(0.7).build());
        read(GatewayRequest.builder("ho").temperature(0.0).build());
        assertThat(calls).hasSize(6);

        read(COLD.withAgent("planner"));
        assertThat(calls).hasSize(6);
    }

    @Test
    void deadline_isEachReadersOwn() {
        Reader<InferenceEvent> hurried = Reader.of(
                gateway.infer(COLD, gateway.newCall().withTimeouts(Timeouts.Override.total(Duration.ofSeconds(2)))));
        Reader<StreamingChunk> patient = read(COLD);
        only().say("The sky ");
        rig.time.advance(Duration.ofSeconds(2));

        assertThat(((InferenceException) hurried.error).category()).isEqualTo(ErrorCategory.TIMEOUT);
        assertThat(only().cancelled).isNull();
        only().say("is blue.");
        only().end();
        assertThat(text(patient)).isEqualTo("The sky is blue.");
    }

    @Test
    void readers_whoAskForOneAtATime_areEachGivenTheirOwn() {
        List<Reader<StreamingChunk>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Reader<StreamingChunk> reader = new Reader<>();
            gateway.completeStream(COLD).subscribe(reader);
            reader.subscription.request(1);
            readers.add(reader);
        }
        only().say("a");
        only().say("b");
        only().say("c");
        assertThat(readers).extracting(SingleFlightLayerTest::text).containsExactly("a", "a", "a");
        readers.get(1).subscription.request(1);
        readers.get(2).subscription.request(5);
        assertThat(readers).extracting(SingleFlightLayerTest::text).containsExactly("a", "ab", "abc");
        only().end();
        readers.forEach(reader -> reader.subscription.request(9));
        assertThat(readers).extracting(SingleFlightLayerTest::text).containsOnly("abc");
        assertThat(readers).allMatch(reader -> reader.complete);
    }
}
