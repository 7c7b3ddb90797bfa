package dev.avionics.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Ending;
import dev.avionics.testkit.backend.Gate;
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
import dev.avionics.testkit.model.ResponsesFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.SecretCanary;
import dev.avionics.testkit.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was recorded over sockets comes back the same, through the same adapters. */
class RecordReplayTest {
    private static final SimulatedModel MODEL = SimulatedModel.of(Talk.MODEL, 4096);

    private final SecretCanary key = SecretCanary.create();

    @TempDir
    private Path folder;

    static Stream<Arguments> backends() {
        Function<String, Function<SeenRequest, Reply>> openAi = key -> OpenAiFace.of(MODEL, key);
        Function<String, Function<SeenRequest, Reply>> ollama = key -> OllamaFace.of(MODEL);
        Function<String, Function<SeenRequest, Reply>> llama = key -> LlamaServerFace.of(MODEL, key);
        Function<String, Function<SeenRequest, Reply>> responses = key -> ResponsesFace.of(MODEL, key);
        Function<String, Function<SeenRequest, Reply>> anthropic = key -> AnthropicFace.of(MODEL, key);
        Function<String, Function<SeenRequest, Reply>> gemini = key -> GeminiFace.of(MODEL, key);
        Function<String, Function<SeenRequest, Reply>> cohere = key -> CohereFace.of(MODEL, key);
        return Stream.of(
                Arguments.of(BackendKind.OPENAI_CHAT, "", "/v1", openAi, true),
                Arguments.of(new BackendKind("openai-responses"), "", "/v1", responses, true),
                Arguments.of(BackendKind.ANTHROPIC_MESSAGES, "", "", anthropic, true),
                Arguments.of(BackendKind.GOOGLE_GENAI, "", "", gemini, true),
                Arguments.of(BackendKind.COHERE_CHAT, "", "", cohere, true),
                Arguments.of(BackendKind.OLLAMA, "ollama-chat", "", ollama, true),
                Arguments.of(BackendKind.OLLAMA, "ollama-generate", "", ollama, false),
                Arguments.of(BackendKind.LLAMA_SERVER, "openai", "", llama, true),
                Arguments.of(BackendKind.LLAMA_SERVER, "native", "", llama, false));
    }

    /** Records what is said, by way of a file. */
    private Recording record(Target target, Consumer<Talk> says, List<String> seen) {
        Recorder recorder = Recorder.create();
        try (Talk live = Talk.live(target, recorder::around)) {
            says.accept(live);
            seen.addAll(live.seen());
        }
        Path file = folder.resolve("recording.jsonl");
        recorder.recording().write(file);
        return Recording.read(file);
    }

    private Recording recordChat(Scenario scenario, Consumer<Talk> says, List<String> seen) {
        try (SimulatedBackend backend = SimulatedBackend.start(scenario)) {
            Recording recording = record(chat(backend.uri()), says, seen);
            backend.takeScriptFailures();
            return recording;
        }
    }

    private Target chat(URI base) {
        return Talk.target(URI.create(base + "/v1"), BackendKind.OPENAI_CHAT, "", key.secret());
    }

    private List<String> replayed(Replay replay, Consumer<Talk> says) {
        VirtualTime time = VirtualTime.create();
        try (Talk talk = Talk.virtual(chat(URI.create("http://elsewhere.test")), time, replay.transport(time))) {
            says.accept(talk);
            return talk.seen();
        }
    }

    private String file() {
        try {
            return Files.readString(folder.resolve("recording.jsonl"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("backends")
    void recording_ofEveryAdapter_playsTheSameEvents(
            BackendKind kind,
            String apiType,
            String path,
            Function<String, Function<SeenRequest, Reply>> face,
            boolean tools) {
        List<String> seen = new java.util.ArrayList<>();
        Recording recording;
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face.apply(key.secret())))) {
            Target target = Talk.target(URI.create(backend.uri() + path), kind, apiType, key.secret());
            recording = record(target, talk -> talk.all(tools), seen);
        }
        assertThat(seen).hasSize(tools ? 7 : 6).last().asString().contains("answered 400");
        key.assertAbsentFrom(file(), recording);

        VirtualTime time = VirtualTime.create();
        try (Replay replay = Replay.of(recording);
                Talk talk = Talk.virtual(
                        Talk.target(URI.create("http://elsewhere.test" + path), kind, apiType, "sk-another-key-0"),
                        time,
                        replay.transport(time))) {
            assertThat(talk.all(tools).seen()).isEqualTo(seen);
        }
        try (Replay replay = Replay.of(recording);
                SimulatedBackend backend = SimulatedBackend.start(replay.scenario());
                Talk talk = Talk.live(
                        Talk.target(URI.create(backend.uri() + path), kind, apiType, "sk-another-key-0"), t -> t)) {
            assertThat(talk.all(tools).seen()).isEqualTo(seen);
        }
    }

    @Test
    void recording_keepsChunksAsTheyCame_andTheirTimes() {
        List<String> seen = new java.util.ArrayList<>();
        Duration gap = Duration.ofMillis(30);
        // The second piece ends in the middle of a character.
        byte[] text =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"🙂\"},\"finish_reason\":\"stop\"}]}\n\n"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int inside = new String(text, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\u00f0') + 2;
        Reply reply = Reply.stream("text/event-stream")
                .part(java.util.Arrays.copyOfRange(text, 0, 9))
                .pause(gap)
                .part(java.util.Arrays.copyOfRange(text, 9, inside))
                .pause(gap)
                .part(java.util.Arrays.copyOfRange(text, inside, text.length))
                .event("[DONE]");
        Consumer<Talk> says = talk -> talk.infer(Talk.ask("Hi").build());
        Recording recording = recordChat(Scenario.of(reply), says, seen);

        List<RecordedExchange.Chunk> chunks = recording.exchanges().get(0).chunks();
        assertThat(chunks).hasSizeBetween(3, 4);
        assertThat(chunks.get(0).bytes()).hasSize(9);
        assertThat(chunks.get(1).bytes()).hasSize(inside - 9);
        assertThat(chunks.get(1).at().minus(chunks.get(0).at())).isGreaterThanOrEqualTo(gap.dividedBy(2));
        assertThat(file()).contains("\"text\":\"data: {\\\"c\"", "\"base64\":");

        VirtualTime time = VirtualTime.create();
        try (Replay replay = Replay.of(recording).timed();
                Talk talk = Talk.virtual(chat(URI.create("http://elsewhere.test")), time, replay.transport(time))) {
            says.accept(talk);
            assertThat(talk.seen()).isEqualTo(seen);
            assertThat(time.elapsed()).isGreaterThanOrEqualTo(chunks.get(2).at());
        }
        assertThat(replayed(Replay.of(recording), says)).isEqualTo(seen);
    }

    @Test
    void headers_ofAnAnswer_reachThePlayersReader() {
        List<String> seen = new java.util.ArrayList<>();
        Reply limited = Reply.json(400, "{\"error\":{\"message\":\"no\"}}")
                .header("x-request-id", "req_7")
                .header("x-ratelimit-remaining-requests", "41");
        Reply reply = Reply.json("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}")
                .header("x-ratelimit-remaining-requests", "42");
        Consumer<Talk> says = talk -> talk.infer(Talk.ask("Hi").stream(false).build())
                .infer(Talk.ask("Hi").stream(false).build());
        Recording recording = recordChat(Scenario.of(reply, limited), says, seen);

        assertThat(recording.exchanges().get(0).head().headers()).containsEntry("x-ratelimit-remaining-requests", "42");
        assertThat(recording.exchanges().get(1).head().headers()).containsEntry("x-request-id", "req_7");
        List<String> again = replayed(Replay.of(recording), says);
        assertThat(again).isEqualTo(seen);
        assertThat(again.get(0)).contains("remaining=42");
    }

    @Test
    void secrets_whereverTheyStand_areNotInTheFile() {
        String secret = key.secret();
        SecretCanary told = SecretCanary.create();
        String half = secret.substring(0, 24);
        Reply error = Reply.json(
                        400,
                        "{\"error\":{\"message\":\"the key " + secret + " (" + half
                                + "…) of org-abc123def456 is of no use, nor is "
                                + java.util.Base64.getEncoder()
                                        .encodeToString(
                                                ("user:" + secret).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                + "\"},\"access_token\":\"opaque token\"}")
                .header("Set-Cookie", "session=" + secret)
                .header("Openai-Organization", "my-company")
                .header("X-Echo", "you sent " + secret);
        Reply stream = Reply.sse(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"It is " + secret.substring(0, 20),
                secret.substring(20) + " and " + told.secret() + ".\"},\"finish_reason\":\"stop\"}]}");
        // One event in two chunks: the secret lies across the cut.
        String wire = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"It is " + secret + " and "
                + told.secret() + ".\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        int cut = wire.indexOf(secret) + 17;
        stream = Reply.stream("text/event-stream")
                .part(wire.substring(0, cut))
                .pause(Duration.ofMillis(20))
                .part(wire.substring(cut));
        Recorder recorder = Recorder.create().knowing(dev.avionics.airframe.Secret.of(told.secret()));
        try (SimulatedBackend backend = SimulatedBackend.start(error, stream);
                Talk live = Talk.live(
                        Talk.target(URI.create(backend.uri() + "/v1"), BackendKind.OPENAI_CHAT, "", secret),
                        recorder::around)) {
            live.infer(Talk.ask("Why is " + told.secret() + " wrong?").build())
                    .infer(Talk.ask("Say it").build());
        }
        Recording recording = recorder.recording();
        recording.write(folder.resolve("recording.jsonl"));

        key.assertAbsentFrom(file(), recording, recording.exchanges());
        told.assertAbsentFrom(file());
        assertThat(file())
                .contains("\"authorization\":\"***\"", "\"set-cookie\":\"***\"", "\"openai-organization\":\"***\"")
                .doesNotContain("abc123def456", "my-company", "opaque token");
        assertThat(recording.exchanges().get(1).chunks()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(recording.exchanges().get(1).bodyText())
                .contains("It is " + "*".repeat(secret.length()) + " and ")
                .hasSameSizeAs(wire);
    }

    static Stream<Arguments> ends() {
        Reply stream = Reply.sse(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}]}");
        return Stream.of(
                Arguments.of("cut", stream.pause(Duration.ofMillis(20)).close(), "FAILED", "eof"),
                Arguments.of("reset", stream.pause(Duration.ofMillis(20)).reset(), "FAILED", "reset"),
                Arguments.of("no answer", Reply.hangUp(), "FAILED", "eof"),
                Arguments.of(
                        "whole answer cut",
                        Reply.json("{\"choices\":[{\"index\":0}]}").cutBodyAt(10, Ending.CLOSE),
                        "FAILED",
                        "eof"),
                Arguments.of("in-band", stream.event("{\"error\":{\"message\":\"overloaded\"}}"), "CANCELLED", ""),
                Arguments.of("no end", stream, "COMPLETE", ""),
                Arguments.of("error", Reply.json(529, "{\"error\":{\"message\":\"overloaded\"}}"), "COMPLETE", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void endings_areRecorded_andPlayTheSame(String name, Reply reply, String how, String code) {
        List<String> seen = new java.util.ArrayList<>();
        Consumer<Talk> says = talk -> talk.infer(Talk.ask("Hi").build());
        Recording recording = recordChat(Scenario.of(reply), says, seen);

        RecordedExchange.End end = recording.exchanges().get(0).end();
        assertThat(end.how()).hasToString(how);
        assertThat(end.why() == null ? "" : end.why().code().orElse("")).isEqualTo(code);
        try (Replay replay = Replay.of(recording)) {
            assertThat(replayed(replay, says)).isEqualTo(seen);
        }
        try (Replay replay = Replay.of(recording);
                SimulatedBackend backend = SimulatedBackend.start(replay.scenario());
                Talk talk = Talk.live(chat(backend.uri()), t -> t)) {
            says.accept(talk);
            assertThat(talk.seen()).isEqualTo(seen);
        }
    }

    @Test
    void refusedConnection_isRecorded_andPlaysOnTheTransportOnly() {
        List<String> seen = new java.util.ArrayList<>();
        Consumer<Talk> says = talk -> talk.infer(Talk.ask("Hi").build());
        Recording recording;
        try (ClosedPort closed = ClosedPort.open()) {
            recording = record(chat(closed.uri()), says, seen);
        }

        assertThat(recording.exchanges().get(0).end().why().code()).contains("connect");
        assertThat(replayed(Replay.of(recording), says)).isEqualTo(seen);
        assertThatThrownBy(() -> Replay.of(recording).scenario())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exchange 1 failed with CONNECTION connect");
    }

    @Test
    void retries_areRecordedEach_andPlayTheSame() {
        List<String> seen = new java.util.ArrayList<>();
        Consumer<Talk> says = talk -> talk.infer(Talk.ask("Hi").build(), RetryPolicy.DEFAULT);
        Recording recording = recordChat(
                Scenario.of(
                        Reply.json(503, "{\"error\":{\"message\":\"busy\"}}"),
                        Reply.json(429, "{\"error\":{\"message\":\"slowly\"}}").header("Retry-After", "0"),
                        Reply.sse(
                                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
                                "[DONE]")),
                says,
                seen);

        assertThat(recording.exchanges()).hasSize(3);
        assertThat(seen.get(0)).contains("complete");
        try (Replay replay = Replay.of(recording)) {
            assertThat(replayed(replay, says)).isEqualTo(seen);
        }
    }

    @Test
    void cancelledCall_isRecordedAsCancelled_withTheBytesSoFar() {
        Gate never = Gate.create();
        Reply reply = Reply.sse("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}")
                .await(never);
        Recorder recorder = Recorder.create();
        try (SimulatedBackend backend = SimulatedBackend.start(reply);
                dev.avionics.airframe.Airframe airframe = dev.avionics.airframe.Airframe.builder()
                        .transportAround(recorder::around)
                        .build()) {
            try (var cursor = airframe.infer(chat(backend.uri()), Talk.ask("Hi").build(), airframe.newCall())
                    .open()) {
                cursor.next();
                cursor.next();
                assertThat(recorder.recording().exchanges().get(0).end().how()).isEqualTo(RecordedExchange.How.OPEN);
            }
            backend.request(0).awaitPeerClosed(Duration.ofSeconds(20));
            backend.takeScriptFailures();
        }
        RecordedExchange exchange = recorder.recording().exchanges().get(0);
        assertThat(exchange.end().how()).isEqualTo(RecordedExchange.How.CANCELLED);
        assertThat(exchange.bodyText()).contains("\"content\":\"a\"");
    }

    private Recording oneAnswer() {
        return recordChat(
                Scenario.of(Reply.json(
                        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}")),
                talk -> talk.infer(whole("Hello", 0.0)),
                new java.util.ArrayList<>());
    }

    private static InferenceRequest whole(String text, double temperature) {
        return Talk.ask(text).temperature(temperature).stream(false).build();
    }

    @Test
    void request_thatIsAnother_failsWithItsDifferences() {
        Replay replay = Replay.of(oneAnswer());

        List<String> seen = replayed(replay, talk -> talk.infer(whole("Hello there", 0.5), RetryPolicy.DEFAULT));

        assertThat(seen.get(0)).contains("request 1 of 1 is not the recorded one");
        assertThatThrownBy(replay::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("replay: request 1 of 1 is not the recorded one:\n"
                        + "  body.messages[0].content: \"Hello there\" (recorded: \"Hello\")\n"
                        + "  body.temperature: 0.5 (recorded: 0.0)");
    }

    @Test
    void request_ofAnotherPathAndHead_failsWithItsDifferences() {
        Replay replay = Replay.of(oneAnswer());

        replayed(replay, Talk::models);

        assertThat(replay.takeDifferences().get(0))
                .contains(
                        "method: \"GET\" (recorded: \"POST\")",
                        "path: \"/v1/models\" (recorded: \"/v1/chat/completions\")",
                        "header content-type: (none) (recorded: \"application/json\")",
                        "body: \"\"")
                .doesNotContain("authorization");
        replay.close();
    }

    @Test
    void request_withoutAKeyThatTheRecordingHas_differs() {
        Recording recording = oneAnswer();
        Consumer<Talk> says = talk -> talk.infer(whole("Hello", 0.0));
        VirtualTime time = VirtualTime.create();
        Target keyless = new Target(
                chat(URI.create("http://elsewhere.test")).endpoint().toBuilder()
                        .credentials(dev.avionics.airframe.spi.CredentialSource.none())
                        .build(),
                Talk.MODEL);
        Replay replay = Replay.of(recording);
        try (Talk talk = Talk.virtual(keyless, time, replay.transport(time))) {
            says.accept(talk);
        }
        assertThat(replay.takeDifferences())
                .singleElement()
                .asString()
                .contains("header authorization: (none) (recorded: \"***\")");

        Replay lenient = Replay.of(recording).ignoringHeaders("Authorization");
        try (Talk talk = Talk.virtual(keyless, time, lenient.transport(time))) {
            says.accept(talk);
        }
        lenient.close();
    }

    @Test
    void requests_tooManyAndTooFew_fail() {
        Recording recording = oneAnswer();
        Replay more = Replay.of(recording);
        replayed(more, talk -> talk.infer(whole("Hello", 0.0)).infer(whole("Hello", 0.0)));
        assertThat(more.left()).isZero();
        assertThatThrownBy(more::close).isInstanceOf(AssertionError.class).hasMessageContaining("one request too many");

        Replay fewer = Replay.of(recording);
        assertThat(fewer.left()).isEqualTo(1);
        assertThatThrownBy(fewer::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("POST /v1/chat/completions")
                .hasMessageContaining("did not come");
    }

    @Test
    void request_overSockets_thatIsAnother_isAnsweredWithTheDifference() {
        Replay replay = Replay.of(oneAnswer());
        try (SimulatedBackend backend = SimulatedBackend.start(replay.scenario());
                Talk talk = Talk.live(chat(backend.uri()), t -> t)) {
            talk.infer(whole("Goodbye", 0.0), RetryPolicy.DEFAULT);
            assertThat(talk.seen().get(0)).contains("501", "is not the recorded one");
            assertThat(backend.requests()).hasSize(1);
        }
        assertThat(replay.takeDifferences()).singleElement().asString().contains("Goodbye", "Hello");
        replay.close();
    }
}
