package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.CohereFace;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import dev.avionics.testkit.model.ResponsesFace;
import dev.avionics.testkit.model.ScenarioModels;
import dev.avionics.testkit.model.SimulatedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every face behaves as the name of its model says, and its adapter makes of it what it is. */
class ScenarioModelsTest {
    private static final String KEY = "sk-right-0123456789abcdef";
    private static final Duration FIRST = Duration.ofMillis(80);
    private static final Path PAGE = Path.of("../docs/testing.md");

    private static final Map<Integer, ErrorCategory> REFUSALS = Map.ofEntries(
            Map.entry(400, ErrorCategory.INVALID_REQUEST),
            Map.entry(401, ErrorCategory.AUTHENTICATION),
            Map.entry(402, ErrorCategory.QUOTA_EXHAUSTED),
            Map.entry(403, ErrorCategory.PERMISSION),
            Map.entry(404, ErrorCategory.MODEL_NOT_FOUND),
            Map.entry(408, ErrorCategory.TIMEOUT),
            Map.entry(413, ErrorCategory.CONTEXT_LENGTH),
            Map.entry(422, ErrorCategory.INVALID_REQUEST),
            Map.entry(429, ErrorCategory.RATE_LIMITED),
            Map.entry(500, ErrorCategory.SERVER_ERROR),
            Map.entry(502, ErrorCategory.SERVER_ERROR),
            Map.entry(503, ErrorCategory.OVERLOADED),
            Map.entry(504, ErrorCategory.TIMEOUT),
            Map.entry(529, ErrorCategory.OVERLOADED));

    /** The faces, with the endpoint that each is called by. */
    enum Face {
        OPENAI_LIKE(BackendKind.OPENAI_CHAT, "generic", model -> OpenAiFace.of(model, KEY)),
        OPENAI(BackendKind.OPENAI_CHAT, "openai", model -> OpenAiFace.strict(OpenAiVendor.OPENAI, model, KEY)),
        AZURE(BackendKind.AZURE_OPENAI, "", model -> OpenAiFace.strict(OpenAiVendor.AZURE, model, KEY)),
        GROQ(BackendKind.OPENAI_CHAT, "groq", model -> OpenAiFace.strict(OpenAiVendor.GROQ, model, KEY)),
        MISTRAL(BackendKind.OPENAI_CHAT, "mistral", model -> OpenAiFace.strict(OpenAiVendor.MISTRAL, model, KEY)),
        NIM(BackendKind.OPENAI_CHAT, "nvidia-nim", model -> OpenAiFace.strict(OpenAiVendor.NVIDIA_NIM, model, KEY)),
        RESPONSES(new BackendKind("openai-responses"), "", model -> ResponsesFace.of(model, KEY)),
        ANTHROPIC(BackendKind.ANTHROPIC_MESSAGES, "", model -> AnthropicFace.of(model, KEY)),
        GEMINI(BackendKind.GOOGLE_GENAI, "", model -> GeminiFace.of(model, KEY)),
        COHERE(BackendKind.COHERE_CHAT, "", model -> CohereFace.of(model, KEY)),
        OLLAMA(BackendKind.OLLAMA, "", OllamaFace::of),
        OLLAMA_GENERATE(BackendKind.OLLAMA, "ollama-generate", OllamaFace::of),
        // Its native API names no model.
        LLAMA_SERVER(BackendKind.LLAMA_SERVER, "openai", model -> LlamaServerFace.of(model, KEY));

        private final BackendKind kind;
        private final String apiType;
        private final Function<SimulatedModel, Function<SeenRequest, Reply>> faces;

        Face(BackendKind kind, String apiType, Function<SimulatedModel, Function<SeenRequest, Reply>> faces) {
            this.kind = kind;
            this.apiType = apiType;
            this.faces = faces;
        }

        private SimulatedBackend start() {
            return SimulatedBackend.start(Scenario.create()
                    .otherwise(ScenarioModels.of(SimulatedModel.of("simulated-1", 4096), faces)
                            .waiting(FIRST, Duration.ofMillis(5))));
        }

        /** Whether its API takes tools. */
        private boolean hasTools() {
            return this != OLLAMA_GENERATE;
        }

        /** Whether the wire format has a word for an answer that the vendor's filter ended. */
        private boolean filters() {
            return switch (this) {
                case COHERE, OLLAMA, OLLAMA_GENERATE -> false;
                default -> true;
            };
        }
    }

    private final Airframe airframe =
            Airframe.builder().retryPolicy(RetryPolicy.NEVER).build();

    @AfterEach
    void close() {
        airframe.close();
    }

    /** What came of a call. */
    private record Outcome(
            List<InferenceEvent> events, @Nullable InferenceException failure) {
        String text() {
            StringBuilder text = new StringBuilder();
            for (InferenceEvent event : events) {
                text.append(event instanceof InferenceEvent.TextDelta delta ? delta.text() : "");
            }
            return text.toString();
        }

        boolean called() {
            return events.stream().anyMatch(InferenceEvent.ToolCallReady.class::isInstance);
        }

        boolean thought() {
            return events.stream().anyMatch(InferenceEvent.ThinkingDelta.class::isInstance);
        }

        InferenceEvent.Completed completed() {
            assertThat(failure).isNull();
            return (InferenceEvent.Completed) events.get(events.size() - 1);
        }

        InferenceException failed() {
            assertThat(failure).as("a failure, not " + events).isNotNull();
            return failure;
        }
    }

    private Outcome ask(Face face, SimulatedBackend backend, String model, boolean streamed) {
        return ask(face, backend, model, InferenceRequest.of("Why is the sky blue?").toBuilder().stream(streamed));
    }

    private Outcome ask(Face face, SimulatedBackend backend, String model, InferenceRequest.Builder question) {
        EndpointSpec endpoint = EndpointSpec.builder("simulated", backend.uri(), face.kind)
                .apiType(face.apiType)
                .credentials(CredentialSource.key(Secret.of(KEY)))
                .build();
        InferenceRequest request = question.temperature(0.0).build();
        List<InferenceEvent> events = new ArrayList<>();
        try (EventCursor<InferenceEvent> cursor = airframe.infer(
                        new Target(endpoint, model),
                        request,
                        airframe.newCall().withTimeouts(Timeouts.Override.total(Duration.ofSeconds(5))))
                .open()) {
            while (cursor.hasNext()) {
                events.add(cursor.next());
            }
            return new Outcome(events, null);
        } catch (InferenceException why) {
            return new Outcome(events, why);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void refusal_ofAnyStatus_isItsCategory(Face face) {
        try (SimulatedBackend backend = face.start()) {
            REFUSALS.forEach((status, category) -> {
                InferenceException why =
                        ask(face, backend, "error-" + status, status % 2 == 0).failed();
                assertThat(why.category()).as(why.toString()).isEqualTo(category);
                assertThat(why.status()).as(why.toString()).hasValue(status);
                assertThat(why.retryAfter().isPresent())
                        .as(why.toString())
                        .isEqualTo(Set.of(429, 503, 529).contains(status));
            });
            InferenceException tooLong =
                    ask(face, backend, "context-length", true).failed();
            assertThat(tooLong.category()).as(tooLong.toString()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void stream_thatBreaks_keepsItsBeginning(Face face) {
        try (SimulatedBackend backend = face.start()) {
            Outcome error = ask(face, backend, "in-band-error", true);
            assertThat(error.text()).isEqualTo("You ");
            assertThat(error.failed().category()).as(error.failed().toString()).isEqualTo(ErrorCategory.SERVER_ERROR);
            for (String model : List.of("cut-mid-stream", "reset-mid-stream")) {
                Outcome cut = ask(face, backend, model, true);
                // A reset may overtake what was sent before it.
                assertThat(cut.text()).as(model).isIn("You ", model.startsWith("cut") ? "You " : "");
                assertThat(cut.failed().category()).as(cut.failed().toString()).isEqualTo(ErrorCategory.CONNECTION);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void stream_thatBreaksWhereToolsAreOffered_breaksAllTheSame(Face face) {
        InferenceRequest.Builder question = InferenceRequest.of("Why is the sky blue?").toBuilder()
                .tool(ToolSpec.of("weather", "Tells the weather"));
        try (SimulatedBackend backend = face.start()) {
            if (!face.hasTools()) {
                assertThat(ask(face, backend, "cut-mid-stream", question)
                                .failed()
                                .category())
                        .isEqualTo(ErrorCategory.UNSUPPORTED);
                return;
            }
            for (String model : List.of("in-band-error", "cut-mid-stream")) {
                Outcome broken = ask(face, backend, model, question);
                assertThat(broken.text()).as(model).isEqualTo("You ");
                assertThat(broken.failed().category())
                        .as(broken.failed().toString())
                        .isIn(ErrorCategory.SERVER_ERROR, ErrorCategory.CONNECTION);
            }
            assertThat(ask(face, backend, "length", question).completed().finish())
                    .isEqualTo(FinishReason.LENGTH);
            Outcome called = ask(face, backend, "calls-tool", question);
            assertThat(called.called()).isTrue();
            assertThat(called.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void stream_thatBreaksAfterThinking_keepsItsBeginning(Face face) {
        InferenceRequest.Builder question = InferenceRequest.of("Why is the sky blue?").toBuilder()
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW));
        try (SimulatedBackend backend = face.start()) {
            Outcome broken = ask(face, backend, "in-band-error", question);
            assertThat(broken.text()).isEqualTo("You ");
            assertThat(broken.failed().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void wholeAnswer_thatBreaks_fails(Face face) {
        try (SimulatedBackend backend = face.start()) {
            assertThat(ask(face, backend, "in-band-error", false).failed().category())
                    .isEqualTo(ErrorCategory.SERVER_ERROR);
            assertThat(ask(face, backend, "cut-mid-stream", false).failed().category())
                    .isEqualTo(ErrorCategory.CONNECTION);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void answer_thatIsOdd_isWhatItIs(Face face) {
        try (SimulatedBackend backend = face.start()) {
            for (boolean streamed : new boolean[] {true, false}) {
                Outcome empty = ask(face, backend, "empty", streamed);
                assertThat(empty.text()).isEmpty();
                assertThat(empty.completed().finish()).isEqualTo(FinishReason.STOP);

                Outcome cut = ask(face, backend, "length", streamed);
                assertThat(cut.text()).isEqualTo("You ");
                assertThat(cut.completed().finish()).isEqualTo(FinishReason.LENGTH);

                assertThat(ask(face, backend, "thinks", streamed).thought()).isTrue();
                if (face.filters()) {
                    assertThat(ask(face, backend, "content-filter", streamed)
                                    .completed()
                                    .finish())
                            .isEqualTo(FinishReason.CONTENT_FILTER);
                }
                assertThat(ask(face, backend, "html", streamed).failed().category())
                        .isEqualTo(ErrorCategory.PARSE);
                assertThat(ask(face, backend, "simulated-1", streamed).text())
                        .startsWith("You asked: Why is the sky blue?");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void answer_thatIsSlow_takesItsTime(Face face) {
        try (SimulatedBackend backend = face.start()) {
            long begun = System.nanoTime();
            assertThat(ask(face, backend, "slow-first-token", true).text()).startsWith("You asked:");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(FIRST);

            begun = System.nanoTime();
            assertThat(ask(face, backend, "slow-tokens", true).text()).startsWith("You asked:");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        }
    }

    @Test
    void silence_isGivenUpInTime() {
        try (SimulatedBackend backend = Face.OPENAI.start()) {
            EndpointSpec endpoint = EndpointSpec.builder("simulated", backend.uri(), BackendKind.OPENAI_CHAT)
                    .credentials(CredentialSource.key(Secret.of(KEY)))
                    .build();
            Timeouts.Override soon = Timeouts.Override.total(Duration.ofMillis(100));

            assertThat(airframe.infer(
                                    new Target(endpoint, "silence"),
                                    InferenceRequest.of("q"),
                                    airframe.newCall().withTimeouts(soon))
                            .collect())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.TIMEOUT));
        }
    }

    @Test
    void names_onThePage_areThoseThatThereAre() throws IOException {
        Pattern row = Pattern.compile("(?m)^\\| `([^|]+)` \\|");
        Pattern each = Pattern.compile("[a-z]+(?:-[a-z0-9]+)+|[a-z]+");
        Set<String> told = new TreeSet<>();
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("<!-- scenarios -->"), page.indexOf("<!-- scenarios: end -->"));
        for (Matcher found = row.matcher(table); found.find(); ) {
            for (Matcher name = each.matcher(found.group(1)); name.find(); ) {
                told.add(name.group());
            }
        }
        assertThat(told).isEqualTo(new TreeSet<>(ScenarioModels.names()));
    }
}
