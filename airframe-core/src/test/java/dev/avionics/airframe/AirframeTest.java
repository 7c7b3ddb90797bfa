package dev.avionics.airframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider;
import dev.avionics.airframe.stream.InferenceStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AirframeTest {
    private static final BackendKind KIND = BackendKind.of("stub");
    private static final Target TARGET = new Target(
            EndpointSpec.builder("a", URI.create("http://a.test"), KIND).build(), "m");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<String> log = new ArrayList<>();
    private final Airframe airframe = Airframe.builder()
            .transport(new Transport())
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .delivery(Delivery.TRANSPORT)
            .discover(false)
            .build();

    private final class Transport implements HttpTransport {
        @Override
        public HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public void close() {
            log.add("transport closed");
        }
    }

    /** Answers models, and nothing else. */
    private final class Stub implements BackendAdapter {
        private final String name;

        Stub(String name) {
            this.name = name;
        }

        @Override
        public Capabilities capabilities(Target target) {
            return Capabilities.unknown();
        }

        @Override
        public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletableFuture<HealthState> health(Target target, CallContext context) {
            return CompletableFuture.completedFuture(new HealthState(HealthState.Status.HEALTHY, NOW, name));
        }

        @Override
        public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
            return CompletableFuture.completedFuture(List.of(ModelInfo.of(name)));
        }

        @Override
        public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
            throw new AssertionError("not asked here");
        }

        @Override
        public void close() {
            log.add(name + " closed");
            if (name.startsWith("broken")) {
                throw new IllegalStateException("broken");
            }
        }
    }

    private BackendAdapterProvider provider(BackendKind kind, String name) {
        return new BackendAdapterProvider() {
            @Override
            public BackendKind kind() {
                return kind;
            }

            @Override
            public BackendAdapter create(Host host) {
                log.add(name + " made");
                return new Stub(name);
            }
        };
    }

    private InferenceException failureOf(CompletableFuture<?> future) {
        return (InferenceException)
                catchThrowableOfType(CompletionException.class, future::join).getCause();
    }

    @Test
    void adapter_isMadeWithTheFirstCall_once_andTheLastOneRegisteredWins() {
        airframe.adapters().register(provider(KIND, "first"));
        airframe.adapters().register(provider(KIND, "second"));
        assertThat(log).isEmpty();
        assertThat(airframe.models(TARGET, airframe.newCall()).join()).containsExactly(ModelInfo.of("second"));
        assertThat(airframe.health(TARGET, airframe.newCall()).join().detail()).isEqualTo("second");
        airframe.adapters().register(provider(KIND, "third"));
        assertThat(airframe.models(TARGET, airframe.newCall()).join()).containsExactly(ModelInfo.of("second"));
        assertThat(log).containsExactly("second made");
        assertThat(airframe.adapters().kinds()).containsExactly("stub");
    }

    @Test
    @Tag("row-23")
    void kind_unknown_failsTheCall_withTheKnownOnes() {
        airframe.adapters().register(BackendKind.OLLAMA, new Stub("ollama"));
        airframe.adapters().register(BackendKind.OPENAI_CHAT, new Stub("openai"));
        String message = "no adapter for backend kind stub; known: ollama, openai-chat";
        List<CompletableFuture<?>> calls = List.of(
                airframe.infer(TARGET, InferenceRequest.of("hi"), airframe.newCall())
                        .collect(),
                airframe.embed(TARGET, EmbeddingRequest.of("a"), airframe.newCall()),
                airframe.rerank(TARGET, new RerankRequest("q", List.of("d"), null), airframe.newCall()),
                airframe.models(TARGET, airframe.newCall()));
        for (CompletableFuture<?> call : calls) {
            assertThat(failureOf(call)).hasMessageContaining(message);
            assertThat(failureOf(call).category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        }
        assertThat(airframe.health(TARGET, airframe.newCall()).join())
                .isEqualTo(new HealthState(HealthState.Status.UNKNOWN, NOW, message));
    }

    @Test
    @Tag("row-38")
    void close_closesEveryAdapterAndTheTransport_evenIfOneFails_andRefusesCalls() {
        airframe.adapters().register(KIND, new Stub("broken"));
        airframe.adapters().register(BackendKind.MOCK, new Stub("mock"));
        airframe.adapters().register(provider(BackendKind.OLLAMA, "never asked"));
        airframe.adapters().adapter(KIND);
        airframe.adapters().adapter(BackendKind.MOCK);

        airframe.close();
        airframe.close();

        assertThat(log)
                .startsWith("mock closed", "broken closed", "transport closed")
                .doesNotContain("never asked made");
        InferenceException why = failureOf(airframe.models(TARGET, airframe.newCall()));
        assertThat(why.category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(why).hasMessageContaining("the airframe is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> airframe.adapters().register(KIND, new Stub("late")))
                .withMessage("the airframe is closed");
    }

    @Test
    void builder_refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Airframe.builder().transport(null))
                .withMessage("value");
        assertThatNullPointerException().isThrownBy(() -> Airframe.builder().clock(null));
    }
}
