package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.secret.SecretCanary;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MainProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STOP =
            "{\"id\":\"1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":2}}}";

    @TempDir
    Path folder;

    private static String delta(String text) {
        return "{\"id\":\"1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                + JsonValues.write(text) + "}}]}";
    }

    private static Reply answer(String... pieces) {
        List<String> events = new ArrayList<>();
        Arrays.stream(pieces).map(MainProcessTest::delta).forEach(events::add);
        events.add(STOP);
        events.add("[DONE]");
        return Reply.sse(events.toArray(String[]::new));
    }

    private static String error(String type, String message) {
        return "{\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"code\":null}}";
    }

    /** Runs a command against an address. */
    private CliProcess.Ended run(URI at, String input, String command, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--provider", "openai-compatible", "--base-url", at.toString(), "--model", "m"));
        arguments.addAll(List.of(more));
        return CliProcess.run(folder, Map.of(), input, arguments.toArray(String[]::new));
    }

    @Test
    void chat_prompt_printsTheAnswerOnly() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("Grüße ", "\uD83D\uDE00"))) {
            CliProcess.Ended ended = run(backend.uri(), "", "chat", "why", "not");

            assertThat(ended.out()).isEqualTo("Grüße \uD83D\uDE00\n");
            assertThat(ended.code()).isZero();
            assertThat(ended.err())
                    .isEqualTo("avionics: using openai-compatible at " + backend.uri() + " (asked for), model m\n");
            assertThat(backend.request(0).bodyText()).contains("\"why not\"").contains("\"stream\":true");
        }
    }

    /** The program's end while telemetry is exported there. */
    private CliProcess.Ended exporting(URI to, URI at) {
        return CliProcess.run(
                folder,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", to.toString()),
                "",
                "chat",
                "--provider",
                "openai-compatible",
                "--base-url",
                at.toString(),
                "--model",
                "m",
                "why");
    }

    @Test
    void chat_withACollector_isExportedBeforeTheEnd() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("yes"));
                SimulatedBackend collector = SimulatedBackend.start(
                        Scenario.create().otherwise(request -> Reply.of("application/x-protobuf", "")))) {
            CliProcess.Ended ended = exporting(collector.uri(), backend.uri());

            assertThat(ended.out()).isEqualTo("yes\n");
            assertThat(ended.code()).isZero();
            assertThat(ended.complaints()).isEmpty();
            assertThat(collector.requests())
                    .anySatisfy(request -> {
                        assertThat(request.path()).isEqualTo("/v1/traces");
                        assertThat(request.bodyText()).contains("chat m").contains("gen_ai.provider.name");
                    })
                    .anySatisfy(request -> {
                        assertThat(request.path()).isEqualTo("/v1/metrics");
                        assertThat(request.bodyText()).contains("gen_ai.client.operation.duration");
                    });
        }
    }

    @Test
    void chat_withADeadCollector_isAnsweredAndEnds() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("yes"));
                ClosedPort nobody = ClosedPort.open()) {
            CliProcess.Ended ended = exporting(nobody.uri(), backend.uri());

            assertThat(ended.out()).isEqualTo("yes\n");
            assertThat(ended.code()).isZero();
            // How often the exporter tries again in the time that is left is left to chance.
            assertThat(ended.complaints())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).containsIgnoringCase("export"));
        }
    }

    @Test
    void chat_withAWrongVariableOfTelemetry_exits2AndNamesIt() {
        CliProcess.Ended ended = CliProcess.run(
                folder,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                "",
                "chat",
                "why");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .isEqualTo(
                        "avionics: OTEL_EXPORTER_OTLP_PROTOCOL: grpc (expected: http/protobuf; collectors take it at port"
                                + " 4318)\n");
    }

    @Test
    void chat_twoLinesThroughAPipe_areTwoTurnsOfOneConversation() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("one"), answer("two"))) {
            CliProcess.Ended ended = run(backend.uri(), "first\n\nsecond\n", "chat", "--system", "be short");

            assertThat(ended.out()).isEqualTo("one\ntwo\n");
            assertThat(backend.request(1).bodyText()).containsSubsequence("be short", "first", "one", "second");
        }
    }

    @Test
    void chat_promptAndPipe_putsTheDocumentUnderThePrompt() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("short"))) {
            CliProcess.Ended ended = run(backend.uri(), "line 1\nline 2\n", "chat", "sum this up:");

            assertThat(ended.code()).isZero();
            assertThat(backend.request(0).bodyText()).contains("sum this up:\\n\\nline 1\\nline 2");
        }
    }

    @Test
    void chat_streamedAnswer_isPrintedPieceByPiece() throws IOException {
        Gate gate = Gate.create();
        Reply held = Reply.stream("text/event-stream")
                .event(delta("tick"))
                .await(gate)
                .event(delta("tock"))
                .event(STOP)
                .event("[DONE]");
        try (SimulatedBackend backend = SimulatedBackend.start(held);
                CliProcess cli = start(backend.uri(), "chat", "go")) {
            cli.write("");

            assertThat(read(cli.out(), 4)).isEqualTo("tick");
            gate.open();
            assertThat(cli.end().out()).isEqualTo("tock\n");
        }
    }

    @Test
    void chat_json_printsTheObject() {
        try (SimulatedBackend backend = SimulatedBackend.start(answer("hi"))) {
            CliProcess.Ended ended = run(backend.uri(), "", "chat", "--json", "why");

            Map<String, Object> object = JsonValues.parseObject(ended.out());
            assertThat(object.keySet())
                    .containsExactly(
                            "text",
                            "thinking",
                            "toolCalls",
                            "finishReason",
                            "usage",
                            "provider",
                            "model",
                            "latencyMs",
                            "timeToFirstTokenMs");
            assertThat(object)
                    .containsEntry("text", "hi")
                    .containsEntry("finishReason", "stop")
                    .containsEntry("provider", "openai-compatible")
                    .containsEntry("model", "m-1");
            assertThat(object.get("usage").toString())
                    .isEqualTo("{inputTokens=9, outputTokens=4, cacheReadTokens=2, cacheWriteTokens=null,"
                            + " reasoningTokens=null}");
        }
    }

    @Test
    void chat_wrongKey_exits3AndNamesTheVariable() {
        SecretCanary canary = SecretCanary.create();
        Reply refused = Reply.json(401, error("invalid_request_error", "Incorrect API key provided"));
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(refused))) {
            CliProcess.Ended ended = CliProcess.run(
                    folder,
                    Map.of("MY_KEY", canary.secret()),
                    "",
                    "chat",
                    "--provider",
                    "openai",
                    "--base-url",
                    backend.uri().toString(),
                    "--api-key-env",
                    "MY_KEY",
                    "why");

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.complaints()).hasSize(1);
            assertThat(ended.complaints().get(0)).contains("Incorrect API key", "OPENAI_API_KEY", "--api-key-env");
            canary.assertAbsentFrom(ended.out(), ended.err());
            assertThat(backend.request(0).header("Authorization")).contains("Bearer " + canary.secret());
        }
    }

    @Test
    void chat_badRequest_exits4() {
        Reply refused = Reply.json(400, error("invalid_request_error", "temperature is too hot"));
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(refused))) {
            CliProcess.Ended ended = run(backend.uri(), "", "chat", "why");

            assertThat(ended.code()).isEqualTo(4);
            assertThat(ended.complaints()).hasSize(1);
            assertThat(ended.complaints().get(0)).contains("temperature is too hot");
        }
    }

    @Test
    void chat_deadServer_exits5AndSaysWhatToDo() {
        try (ClosedPort port = ClosedPort.open()) {
            CliProcess.Ended ended = run(port.uri(), "", "chat", "why");

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.complaints()).hasSize(1);
            assertThat(ended.complaints().get(0)).contains(port.uri().toString(), "--base-url");
        }
    }

    @Test
    void chat_htmlAnswer_exits5() {
        Reply page = Reply.of("text/html", "<!doctype html><html><body>Log in</body></html>");
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(page))) {
            CliProcess.Ended ended = run(backend.uri(), "", "chat", "why");

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.complaints()).hasSize(1);
            assertThat(ended.complaints().get(0)).contains("HTML").contains("--base-url");
        }
    }

    @Test
    void chat_verbose_showsTheStackTrace() {
        try (ClosedPort port = ClosedPort.open()) {
            CliProcess.Ended ended = run(port.uri(), "", "chat", "--verbose", "why");

            assertThat(ended.err()).contains("attempt 1", "\tat dev.avionics.");
        }
    }

    @Test
    void chat_wrongUsage_exits2WithOneLine() {
        assertUsage("openai-compatible", "chat", "--provider", "opnai", "why");
        assertUsage("did you mean --model", "chat", "--modle", "m", "why");
        assertUsage("did you mean chat", "chta", "why");
        assertUsage("there is no file", "chat", "--model", "/nowhere/m.gguf", "why");
        assertUsage("NO_SUCH_KEY is not set", "chat", "--provider", "openai", "--api-key-env", "NO_SUCH_KEY", "why");
        assertUsage("no prompt", "chat", "--provider", "mock");
        assertUsage("is no time", "chat", "--timeout", "soon", "why");
        assertUsage("temperature", "chat", "--provider", "mock", "--temperature=-1", "why");
        assertUsage("is no address", "chat", "--provider", "openai", "--base-url", "localhost", "why");
    }

    private void assertUsage(String expected, String... arguments) {
        CliProcess.Ended ended = CliProcess.run(folder, Map.of(), "", arguments);

        assertThat(ended.code()).as(expected).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.complaints()).hasSize(1);
        assertThat(ended.complaints().get(0)).startsWith("avionics: ").contains(expected);
    }

    @Test
    void chat_interrupted_closesTheBackendAndExits130() throws Exception {
        Reply endless = Reply.stream("text/event-stream").event(delta("tick")).stall();
        try (SimulatedBackend backend = SimulatedBackend.start(endless);
                CliProcess cli = start(backend.uri(), "chat", "go")) {
            cli.write("");
            assertThat(read(cli.out(), 4)).isEqualTo("tick");
            long signalled = System.nanoTime();

            cli.signal("INT");

            long seen = backend.connections().get(0).awaitPeerClosed(PATIENCE).nanos();
            CliProcess.Ended ended = cli.end();
            assertThat(ended.code()).isEqualTo(130);
            assertThat(ended.err()).doesNotContain("\tat ");
            assertThat(Duration.ofNanos(seen - signalled)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void chat_readerThatLeaves_endsQuietly() throws Exception {
        Reply endless = Reply.stream("text/event-stream");
        for (int i = 0; i < 200; i++) {
            endless = endless.event(delta("tick\n")).pause(Duration.ofMillis(20));
        }
        try (SimulatedBackend backend = SimulatedBackend.start(endless.event(STOP));
                CliProcess cli = start(backend.uri(), "chat", "go")) {
            cli.write("");
            assertThat(read(cli.out(), 4)).isEqualTo("tick");

            cli.out().close();

            assertThat(backend.connections().get(0).awaitPeerClosed(PATIENCE)).isNotNull();
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void batch_mixedLines_answersInOrderAndGoesOnAfterErrors() throws IOException {
        Reply slow = answer("slow").latency(Duration.ofMillis(300));
        Scenario scenario = Scenario.create()
                .whenBodyContains("first", slow)
                .whenBodyContains("second", Reply.json(400, error("invalid_request_error", "no")))
                .whenBodyContains("third", answer("fast"));
        Path file = folder.resolve("in.jsonl");
        Files.writeString(file, """
                {"prompt":"first"}
                {"prompt":"second","retries":0}
                nonsense
                {"messages":[{"role":"user","content":"third"}],"stream":true}
                {"prompt":"x","provider":"nobody"}
                """);
        try (SimulatedBackend backend = SimulatedBackend.start(scenario)) {
            CliProcess.Ended ended = run(backend.uri(), "", "batch", "--parallel", "3", file.toString());

            List<String> lines = ended.out().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.get(0)).contains("\"text\":\"slow\"");
            assertThat(lines.get(1))
                    .contains("\"category\":\"invalid_request\"")
                    .contains("\"status\":400");
            assertThat(lines.get(2)).contains("not a JSON object").contains("\"status\":null");
            assertThat(lines.get(3)).contains("\"text\":\"fast\"");
            assertThat(lines.get(4)).contains("provider: nobody");
            assertThat(ended.code()).isZero();
            assertThat(ended.err()).contains("5 lines: 2 answered, 3 failed");
        }
    }

    @Test
    void embed_text_printsTheVectorOrItsLength() {
        Reply vector =
                Reply.json("{\"object\":\"list\",\"model\":\"e\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                        + "\"embedding\":[0.5,-1.0,0.25]}],\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
        try (SimulatedBackend backend = SimulatedBackend.start(vector, vector)) {
            assertThat(run(backend.uri(), "", "embed", "text").out()).isEqualTo("[0.5,-1.0,0.25]\n");
            assertThat(run(backend.uri(), "", "embed", "--length", "text").out())
                    .isEqualTo("3\n");
        }
    }

    @Test
    void versionAndHelp_go_toStandardOutput() {
        assertThat(CliProcess.run(folder, Map.of(), "", "--version").out()).startsWith("avionics ");
        CliProcess.Ended help = CliProcess.run(folder, Map.of(), "", "chat", "--help");
        assertThat(help.out()).contains("--first-byte-timeout");
        assertThat(help.code()).isZero();
    }

    private CliProcess start(URI at, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--provider", "openai-compatible", "--base-url", at.toString()));
        return CliProcess.start(folder, Map.of(), all.toArray(String[]::new));
    }

    private static String read(InputStream in, int bytes) throws IOException {
        return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }
}
