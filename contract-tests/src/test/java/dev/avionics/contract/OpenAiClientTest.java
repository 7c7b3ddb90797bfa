package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.client.LLMConnectionException;
import dev.avionics.llm.client.LLMException;
import dev.avionics.llm.client.LLMResponseException;
import dev.avionics.llm.client.LLMStreamException;
import dev.avionics.llm.client.OpenAiClient;
import dev.avionics.llm.client.OpenAiClientConfig;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Ending;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The client that hands on the wire's own chunks. */
class OpenAiClientTest {
    private static final String ONE = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"own\":[1]}]}";
    private static final String END = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
    }

    private OpenAiClient client(URI uri) {
        OpenAiClientConfig config = OpenAiClientConfig.of("m", uri);
        return new OpenAiClient(
                new OpenAiClientConfig(
                        "m",
                        uri,
                        Secret.of("k"),
                        Duration.ofSeconds(5),
                        0.5,
                        7,
                        "/api/v3/chat",
                        3,
                        Duration.ofMillis(1),
                        config.retryBackoffMax()),
                airframe);
    }

    private static List<Map<String, Object>> chunks(InferenceStream<Map<String, Object>> stream) {
        List<Map<String, Object>> chunks = new ArrayList<>();
        try (EventCursor<Map<String, Object>> cursor = stream.open()) {
            while (cursor.hasNext()) {
                chunks.add(cursor.next());
            }
        }
        return chunks;
    }

    @Test
    @Tag("row-116")
    void chunks_areTheServersJson() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse(ONE, END, "[DONE]"))) {
            List<Map<String, Object>> chunks = chunks(client(backend.uri())
                    .streamChat(List.of(Message.user("Hello")), List.of(ToolSpec.of("clock", "Tells the time"))));

            assertThat(chunks).containsExactly(JsonValues.parseObject(ONE), JsonValues.parseObject(END));
            assertThat(backend.requests().get(0).path()).isEqualTo("/api/v3/chat");
            assertThat(JsonValues.parseObject(backend.requests().get(0).bodyText()))
                    .containsEntry("model", "m")
                    .containsEntry("temperature", 0.5)
                    .containsEntry("max_tokens", 7L)
                    .containsKey("tools");
        }
    }

    @Test
    @Tag("row-116")
    void lines_thatAreNoJson_areLeftOutAndTold() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("oops", ONE, "{bad", END, "[DONE]"));
                LogCapture log = LogCapture.start()) {
            assertThat(chunks(client(backend.uri()).streamChat(List.of(Message.user("Hello")), List.of())))
                    .hasSize(2);
            assertThat(log.text()).contains("malformed_sse_chunk data=oops");
        }
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse("oops", "no", "[DONE]"))) {
            assertThatThrownBy(
                            () -> chunks(client(backend.uri()).streamChat(List.of(Message.user("Hello")), List.of())))
                    .isInstanceOfSatisfying(
                            LLMStreamException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
        }
    }

    private InferenceStream<Map<String, Object>> hello(URI uri) {
        return client(uri).streamChat(List.of(Message.user("Hello")), List.of());
    }

    @Test
    @Tag("row-28")
    void lines_thatAreNoJson_failTheStreamOnlyIfAllAreSo() {
        String[] bad = new String[10];
        Arrays.fill(bad, "{bad");
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse(bad));
                LogCapture log = LogCapture.start()) {
            assertThatThrownBy(() -> chunks(hello(backend.uri()))).isInstanceOf(LLMStreamException.class);
            assertThat(malformed(log)).isEqualTo(10);
        }
        bad[9] = ONE;
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Reply.sse(bad).event(END).event("[DONE]"));
                LogCapture log = LogCapture.start()) {
            assertThat(chunks(hello(backend.uri()))).contains(JsonValues.parseObject(ONE));
            assertThat(malformed(log)).isEqualTo(9);
        }
    }

    private static long malformed(LogCapture log) {
        return log.records().stream()
                .filter(line -> line.contains("malformed_sse_chunk"))
                .count();
    }

    static List<Reply> brokenConnections() {
        return List.of(
                Reply.hangUp(),
                Reply.resetPeer(),
                Reply.sse(ONE).thenReset(),
                Reply.sse(ONE, END).cutBodyAt(20, Ending.CLOSE));
    }

    @ParameterizedTest
    @MethodSource("brokenConnections")
    @Tag("row-25")
    @Tag("row-26")
    void connection_thatBreaks_isAConnectionException(Reply reply) {
        try (SimulatedBackend backend = SimulatedBackend.start(reply)) {
            assertThatThrownBy(() -> chunks(hello(backend.uri())))
                    .isInstanceOfSatisfying(
                            LLMConnectionException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.CONNECTION));
        }
    }

    @Test
    @Tag("row-26")
    void connection_thatCannotBeMade_isAConnectionException() {
        try (ClosedPort port = ClosedPort.open()) {
            assertThatThrownBy(() -> chunks(hello(port.uri())))
                    .isInstanceOf(LLMConnectionException.class)
                    .isInstanceOf(LLMException.class);
            assertThatThrownBy(() ->
                            chunks(client(port.uri()).streamChatWithRetry(List.of(Message.user("Hello")), List.of())))
                    .isInstanceOfSatisfying(
                            LLMConnectionException.class,
                            why -> assertThat(why.attempts()).isEqualTo(4));
            assertThatThrownBy(() -> client(port.uri()).preflightCheck().join())
                    .hasCauseInstanceOf(LLMConnectionException.class);
        }
    }

    @Test
    @Tag("row-26")
    void answer_thatDoesNotCome_isAConnectionException() throws Exception {
        VirtualTime time = VirtualTime.create();
        Gate never = Gate.create();
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Reply.sse(ONE, END, "[DONE]").heldBy(never));
                Airframe slow = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build()) {
            CompletableFuture<?> answer = new OpenAiClient(OpenAiClientConfig.of("m", backend.uri()), slow)
                    .streamChat(List.of(Message.user("Hello")), List.of())
                    .collect();
            never.awaitArrivals(1, Duration.ofSeconds(20));
            time.advance(OpenAiClientConfig.TIMEOUT.plusSeconds(1));

            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            LLMConnectionException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.TIMEOUT));
        }
    }

    @ParameterizedTest
    @Tag("row-25")
    @Tag("row-27")
    @CsvSource({"400", "401", "404", "408", "429", "500", "503", "504"})
    void refusal_isAResponseException_withItsStatusAndWords(int status) {
        Reply refusal = Reply.status(status)
                .header("Content-Type", "text/plain")
                .part("no such m\u00f6del for key sk-canary-5150abcdef".getBytes(StandardCharsets.ISO_8859_1));
        try (SimulatedBackend backend = SimulatedBackend.start(refusal)) {
            assertThatThrownBy(() -> chunks(hello(backend.uri())))
                    .isInstanceOfSatisfying(LLMResponseException.class, why -> {
                        assertThat(why.status()).hasValue(status);
                        assertThat(why).hasMessageContaining("no such m\ufffddel for key ***");
                        assertThat(why.excerpt()).hasValue("no such m\ufffddel for key ***");
                    });
        }
    }

    @Test
    @Tag("row-27")
    void errorWithinAnAnswer_isAResponseException() {
        String error = "{\"error\":{\"message\":\"busy\",\"type\":\"server_error\"}}";
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.sse(error))) {
            assertThatThrownBy(() -> chunks(hello(backend.uri())))
                    .isInstanceOf(LLMResponseException.class)
                    .hasMessageContaining("busy");
        }
    }

    @Test
    @Tag("row-25")
    void cursor_thatIsClosed_endsTheCallOfTheServer() {
        Gate rest = Gate.create();
        try (SimulatedBackend backend =
                SimulatedBackend.start(Reply.sse(ONE).await(rest).event(END))) {
            InferenceStream<Map<String, Object>> stream = hello(backend.uri());
            try (EventCursor<Map<String, Object>> cursor = stream.open()) {
                assertThat(cursor.next()).isEqualTo(JsonValues.parseObject(ONE));
            }

            assertThat(stream.outcome()
                            .toCompletableFuture()
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join())
                    .isInstanceOf(Outcome.Cancelled.class);
            assertThat(backend.requests().get(0).awaitPeerClosed(Duration.ofSeconds(20)))
                    .isNotNull();
        }
    }

    @Test
    @Tag("row-27")
    void preflight_ofAModelThatIsNotThere_isAResponseException() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json("{\"data\":[{\"id\":\"other\"}]}"))) {
            assertThatThrownBy(() -> client(backend.uri()).preflightCheck().join())
                    .hasCauseInstanceOf(LLMResponseException.class)
                    .hasMessageContaining("Available models: other");
        }
    }

    @Test
    @Tag("row-117")
    void failures_thatPass_areTriedAgainAndLogged() {
        Reply busy = Reply.json(503, "{\"error\":\"busy\"}");
        try (SimulatedBackend backend = SimulatedBackend.start(busy, busy, Reply.sse(ONE, END, "[DONE]"));
                LogCapture log = LogCapture.start()) {
            assertThat(chunks(client(backend.uri()).streamChatWithRetry(List.of(Message.user("Hello")), List.of())))
                    .hasSize(2);
            assertThat(backend.requests()).hasSize(3);
            assertThat(log.records().stream().filter(line -> line.contains("llm_retry")))
                    .hasSize(2);
        }
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json(400, "{\"error\":\"no\"}"))) {
            assertThatThrownBy(() -> chunks(
                            client(backend.uri()).streamChatWithRetry(List.of(Message.user("Hello")), List.of())))
                    .isInstanceOf(InferenceException.class);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    @Tag("row-115")
    void config_ofSettings_hasAllNine() {
        OpenAiClientConfig config = OpenAiClientConfig.of(AvionicsSettings.builder()
                .environment(Map.of(
                        "LLM_PROVIDER", "openai",
                        "LLM_DEFAULT_MODEL", "m",
                        "LLM_BASE_URL", "http://box:1234",
                        "LLM_TIMEOUT", "30",
                        "LLM_TEMPERATURE", "0.2",
                        "LLM_MAX_TOKENS", "100",
                        "LLM_API_PATH", "/api/v3/chat",
                        "LLM_MAX_RETRIES", "5",
                        "LLM_RETRY_BACKOFF_BASE", "0.5",
                        "LLM_RETRY_BACKOFF_MAX", "8"))
                .build());

        assertThat(config)
                .isEqualTo(new OpenAiClientConfig(
                        "m",
                        URI.create("http://box:1234"),
                        null,
                        Duration.ofSeconds(30),
                        0.2,
                        100,
                        "/api/v3/chat",
                        5,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(8)));
    }

    @ParameterizedTest
    @Tag("row-115")
    @CsvSource({
        "0, 3, 1, 30, timeout",
        "1, -1, 1, 30, maxRetries",
        "1, 3, 0, 30, retryBackoffBase",
        "1, 3, 9, 3, retryBackoffMax"
    })
    void config_wrong_isRefusedByItsName(int timeout, int retries, int base, int most, String name) {
        assertThatThrownBy(() -> new OpenAiClientConfig(
                        "m",
                        URI.create("http://box"),
                        null,
                        Duration.ofSeconds(timeout),
                        null,
                        null,
                        "/v1",
                        retries,
                        Duration.ofSeconds(base),
                        Duration.ofSeconds(most)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + ": ");
    }

    @Test
    void preflight_ofAClosedPort_saysSo() {
        try (ClosedPort port = ClosedPort.open()) {
            assertThatThrownBy(() -> client(port.uri()).preflightCheck().join())
                    .hasMessageContaining("Cannot connect to");
        }
    }
}
