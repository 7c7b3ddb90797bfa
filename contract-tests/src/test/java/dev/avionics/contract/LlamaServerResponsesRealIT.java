package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Responses API of a real llama-server. It says neither that an answer was cut by its limit nor keeps to schemas there, so
 * the whole contract is not for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LlamaServerResponsesRealIT {
    private final Airframe airframe = Airframe.create();
    private LlamaServerProcess server;

    @BeforeAll
    void start() {
        server = LlamaServerProcess.start(1, "--embeddings", "--pooling", "mean");
    }

    @AfterAll
    void stop() {
        airframe.close();
        if (server != null) {
            server.close();
        }
    }

    private Target target(String key) {
        EndpointSpec endpoint = EndpointSpec.builder("real", server.uri(), new BackendKind("openai-responses"))
                .apiType("openai-responses")
                .billing(EndpointSpec.Billing.FREE)
                .credentials(CredentialSource.key(Secret.of(key)))
                .build();
        return new Target(endpoint, LlamaServerProcess.ALIAS);
    }

    private static InferenceRequest.Builder ask(Message... messages) {
        return InferenceRequest.builder()
                .messages(List.of(messages))
                .temperature(0.0)
                .maxTokens(16);
    }

    private InferenceResult answer(InferenceRequest request) {
        return airframe.infer(target(LlamaServerProcess.KEY), request, airframe.newCall())
                .collect()
                .orTimeout(120, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    @Test
    void answer_streamedOrWhole_isTheSameInPieces() {
        InferenceRequest.Builder question = ask(Message.system("Be brief."), Message.user("What is the sea?"));
        List<InferenceEvent> events = new ArrayList<>();
        try (EventCursor<InferenceEvent> cursor = airframe.infer(
                        target(LlamaServerProcess.KEY), question.build(), airframe.newCall())
                .open()) {
            cursor.forEachRemaining(events::add);
        }
        InferenceResult whole = answer(question.stream(false).build());
        InferenceResult streamed = answer(question.stream(true).build());

        assertThat(events.stream().filter(InferenceEvent.TextDelta.class::isInstance))
                .hasSizeGreaterThan(3);
        assertThat(whole.text()).isNotBlank().isEqualTo(streamed.text());
        assertThat(whole.finish()).isEqualTo(FinishReason.STOP).isEqualTo(streamed.finish());
        assertThat(whole.usage().outputTotal()).isEqualTo(streamed.usage().outputTotal());
        assertThat(whole.usage().outputTotal().value()).isBetween(1L, 16L);
        assertThat(streamed.model()).isEqualTo(LlamaServerProcess.ALIAS);
    }

    /** Its own turn with ids, a later instruction, and calls of tools with their results: the server takes them all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void conversation_ofAllKindsOfItems_isTaken(boolean streamed) {
        InferenceResult first =
                answer(ask(Message.user("Say hello.")).stream(streamed).build());
        assertThat(first.message().parts().get(0).vendor().isEmpty()).isFalse();

        InferenceResult second = answer(ask(
                        Message.user("Say hello."),
                        first.message(),
                        Message.system("Be kind."),
                        Message.user("What is the weather in Paris?"),
                        Message.assistant(new Part.ToolCall("call_1", "weather", "{\"city\":\"Paris\"}")),
                        Message.toolResult("call_1", "weather", "sunny"))
                .tool(ToolSpec.of("weather", "Tells the weather"))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .stream(streamed)
                .build());

        assertThat(second.text()).isNotBlank();
        assertThat(second.usage().inputTotal().value())
                .isGreaterThan(first.usage().inputTotal().value());
        assertThat(second.adjustments()).extracting(Adjustment::what).isEmpty();
    }

    @Test
    void cancel_inMidAnswer_freesTheSlot() {
        InferenceStream<InferenceEvent> stream = airframe.infer(
                target(LlamaServerProcess.KEY),
                ask(Message.user("Write a very long story about the sea."))
                        .maxTokens(1500)
                        .build(),
                airframe.newCall());
        try (EventCursor<InferenceEvent> cursor = stream.open()) {
            while (!(cursor.next() instanceof InferenceEvent.TextDelta)) {
                // Not begun yet.
            }
            assertThat(server.busySlots()).isEqualTo(1);
            stream.cancel(CancelReason.CALLER);
            server.awaitIdle(Duration.ofSeconds(5));
        }
    }

    @Test
    void key_thatIsWrong_isAuthentication() {
        InferenceRequest request = ask(Message.user("Hi")).build();
        InferenceException why = null;
        try {
            airframe.infer(target("sk-wrong-0123456789abcdef"), request, airframe.newCall())
                    .collect()
                    .join();
        } catch (CompletionException failed) {
            why = (InferenceException) failed.getCause();
        }

        assertThat(why).isNotNull();
        assertThat(why.category()).isEqualTo(ErrorCategory.AUTHENTICATION);
    }

    @Test
    void modelsHealthAndEmbeddings_areThoseOfChats() {
        Target target = target(LlamaServerProcess.KEY);

        assertThat(airframe.models(target, airframe.newCall()).join())
                .extracting(ModelInfo::id)
                .contains(LlamaServerProcess.ALIAS);
        assertThat(airframe.health(target, airframe.newCall()).join().status()).isEqualTo(HealthState.Status.HEALTHY);
        assertThat(airframe.embed(target, EmbeddingRequest.of("a", "b"), airframe.newCall())
                        .join()
                        .vectors())
                .hasSize(2);
    }
}
