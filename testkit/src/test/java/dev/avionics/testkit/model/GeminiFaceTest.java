package dev.avionics.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Google would not take, the face does not take. */
class GeminiFaceTest {
    private static final String KEY = "sk-right-0123456789abcdef";
    private static final String HELLO = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]}";
    private static final String CALL = "{\"functionCall\":{\"name\":\"f\",\"args\":{}}}";
    private static final String SIGNED =
            "{\"functionCall\":{\"name\":\"f\",\"args\":{}},\"thoughtSignature\":\"skip_thought_signature_validator\"}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                                                             | contents is not specified",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]}],\"top_k\":1}         | Unknown name \"top_k\"",
                "{\"contents\":[{\"role\":\"assistant\",\"parts\":[{\"text\":\"a\"}]}]}                 | valid role",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[]}]}                                   | must not be empty",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"a\"}]}]}      | Unknown name \"type\"",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\",\"inlineData\":{}}]}]}    | oneof field",
                "{\"contents\":[{\"role\":\"model\",\"parts\":[{\"text\":\"a\"}]}]}                     | end with a user role",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]},{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]}]}"
                        + " | alternate",
            })
    void conversation_thatGoogleRefuses_isRefused(String body, String words) {
        assertThatThrownBy(() -> GeminiRequest.read(JsonValues.parseObject(body), false))
                .isInstanceOf(RefusedRequest.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"maxTokens\":1}                                                     | Unknown name \"maxTokens\"",
                "{\"stopSequences\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}                      | at most 5",
                "{\"responseJsonSchema\":{\"type\":\"object\"}}                           | response mime type",
                "{\"thinkingConfig\":{\"thinkingBudget\":1,\"thinkingLevel\":\"low\"}}      | only one",
                "{\"thinkingConfig\":{\"effort\":\"low\"}}                                | Unknown name \"effort\"",
            })
    void options_thatGoogleRefuses_areRefused(String generation, String words) {
        String body = HELLO.substring(0, HELLO.length() - 1) + ",\"generationConfig\":" + generation + "}";

        assertThatThrownBy(() -> GeminiRequest.read(JsonValues.parseObject(body), false))
                .isInstanceOf(RefusedRequest.class)
                .hasMessageContaining(words);
    }

    private static void tools(String call, String result) {
        String body = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]},{\"role\":\"model\",\"parts\":["
                + call + "]},{\"role\":\"user\",\"parts\":[" + result + "]}]}";
        GeminiRequest.read(JsonValues.parseObject(body), true);
    }

    @Test
    void results_thatDoNotFitTheirCalls_areRefused() {
        String right = "{\"functionResponse\":{\"name\":\"f\",\"response\":{}}}";
        tools(SIGNED, right);

        assertThatThrownBy(() -> tools(SIGNED, "{\"text\":\"a\"}")).hasMessageContaining("number of function response");
        assertThatThrownBy(() -> tools(SIGNED, right + "," + right))
                .hasMessageContaining("number of function response");
        assertThatThrownBy(() -> tools(SIGNED, "{\"functionResponse\":{\"name\":\"g\",\"response\":{}}}"))
                .hasMessageContaining("number of function response");
        assertThatThrownBy(() -> tools(SIGNED, "{\"functionResponse\":{\"name\":\"f\",\"response\":\"a\"}}"))
                .hasMessageContaining("not a Struct");
        assertThatThrownBy(() -> tools(CALL, right)).hasMessageContaining("missing a thought_signature");
        assertThatThrownBy(() -> tools(SIGNED.replace("skip_thought_signature_validator", "other"), right))
                .hasMessageContaining("not valid");
    }

    private record Answer(int status, String body) {}

    private static Answer ask(SimulatedBackend backend, String path, String key) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) backend.uri().resolve(path).toURL().openConnection();
        if (!key.isEmpty()) {
            connection.setRequestProperty("x-goog-api-key", key);
        }
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(HELLO.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void key_anywhereButInItsHeader_isRefused() throws IOException {
        GeminiFace face = GeminiFace.of(SimulatedModel.of("m", 100), KEY);
        String path = "/v1beta/models/m:generateContent";
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face))) {
            assertThat(ask(backend, path, KEY).status()).isEqualTo(200);
            assertThat(ask(backend, path + "?key=" + KEY, KEY).status()).isEqualTo(403);
            assertThat(ask(backend, path, "").status()).isEqualTo(403);
            assertThat(ask(backend, path, "sk-wrong-0123456789abcdef"))
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(400))
                    .satisfies(answer -> assertThat(answer.body()).contains("API_KEY_INVALID"));
            assertThat(ask(backend, "/v1beta/models/x:generateContent", KEY).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void stream_withAndWithoutEvents_isInItsFraming() throws IOException {
        GeminiFace face = GeminiFace.of(SimulatedModel.of("m", 100), KEY);
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face))) {
            String events = ask(backend, "/v1beta/models/m:streamGenerateContent?alt=sse", KEY)
                    .body();
            String array =
                    ask(backend, "/v1beta/models/m:streamGenerateContent", KEY).body();

            assertThat(events).startsWith("data: {").endsWith("}\r\n\r\n");
            assertThat(Json.list(JsonValues.parse(array))).hasSizeGreaterThan(3);
        }
    }
}
