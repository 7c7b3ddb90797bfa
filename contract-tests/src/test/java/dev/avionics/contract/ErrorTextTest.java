package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in a log after each of eight failures: where, what came, how it began, and what to do. Never the key. */
@Tag("row-79")
class ErrorTextTest {
    private static final String KEY = "sk-secret-0123456789abcdef";

    private final Airframe airframe =
            Airframe.builder().retryPolicy(RetryPolicy.NEVER).build();

    @AfterEach
    void close() {
        airframe.close();
    }

    private String textAfter(Reply reply) {
        try (SimulatedBackend backend = SimulatedBackend.start(reply)) {
            return text(backend.uri());
        }
    }

    private String text(URI uri) {
        EndpointSpec endpoint = EndpointSpec.builder("openai", uri, BackendKind.OPENAI_CHAT)
                .credentials(CredentialSource.key(Secret.of(KEY)))
                .build();
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().stream(false).build();
        try {
            airframe.infer(
                            new Target(endpoint, "gpt-4o-mini"),
                            request,
                            airframe.newCall().withTotal(Duration.ofSeconds(2)))
                    .collect()
                    .join();
            throw new AssertionError("answered");
        } catch (CompletionException failed) {
            InferenceException why = (InferenceException) failed.getCause();
            assertThat(why.toString()).doesNotContain(KEY);
            return why.toString()
                    .replace(InferenceException.class.getName(), "error")
                    .replace(uri.toString(), "URL")
                    .replace(uri.getAuthority(), "HOST");
        }
    }

    @Test
    void wrongKey_isMaskedAndTold() {
        assertThat(textAfter(Reply.json(
                                401,
                                "{\"error\":{\"message\":\"Incorrect API key provided: " + KEY
                                        + ".\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}")
                        .header("x-request-id", "req_1")))
                .isEqualTo(
                        "error: openai answered 401 (invalid_api_key): Incorrect API key provided: ***"
                                + " – check the API key of this endpoint"
                                + " [AUTHENTICATION at URL, model gpt-4o-mini, status 401, request req_1"
                                + ", answer: {\"error\":{\"message\":\"Incorrect API key provided: ***\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}]");
    }

    @Test
    void unknownModel_isTold() {
        assertThat(
                        textAfter(
                                Reply.json(
                                        404,
                                        "{\"error\":{\"message\":\"The model `gpt-4o-mini` does not exist\",\"code\":\"model_not_found\"}}")))
                .isEqualTo(
                        "error: openai answered 404 (model_not_found): The model `gpt-4o-mini` does not exist – check the model's name"
                                + " [MODEL_NOT_FOUND at URL, model gpt-4o-mini, status 404"
                                + ", answer: {\"error\":{\"message\":\"The model `gpt-4o-mini` does not exist\",\"code\":\"model_not_found\"}}]");
    }

    @Test
    void rateLimit_saysHowLong() {
        assertThat(textAfter(Reply.json(
                                429,
                                "{\"error\":{\"message\":\"Rate limit reached\",\"code\":"
                                        + "\"rate_limit_exceeded\"}}")
                        .header("retry-after", "90")))
                .isEqualTo(
                        "error: openai answered 429 (rate_limit_exceeded): Rate limit reached – wait 90 s"
                                + " [RATE_LIMITED at URL, model gpt-4o-mini, status 429"
                                + ", answer: {\"error\":{\"message\":\"Rate limit reached\",\"code\":\"rate_limit_exceeded\"}}]");
    }

    @Test
    void pageOfAProxy_isTold() {
        assertThat(textAfter(Reply.status(502)
                        .header("content-type", "text/html")
                        .part("<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")))
                .isEqualTo("error: openai answered 502: page \"502 Bad Gateway\""
                        + " [SERVER_ERROR at URL, model gpt-4o-mini, status 502"
                        + ", answer: <html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>]");
    }

    @Test
    void answerThatIsNoJson_isShown() {
        assertThat(textAfter(Reply.json(200, "{\"choices\": [oops")))
                .isEqualTo("error: not valid JSON: Unrecognized token 'oops'"
                        + ": was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
                        + " [PARSE at URL, model gpt-4o-mini, answer: {\"choices\": [oops]");
    }

    @Test
    void longAnswer_isCut() {
        assertThat(textAfter(Reply.json(500, "{\"error\":{\"message\":\"" + "ab ".repeat(400) + "\"}}")))
                .startsWith("error: openai answered 500: ab ab")
                .contains(" [SERVER_ERROR at URL, model gpt-4o-mini, status 500, answer: {\"error\":")
                .hasSizeBetween(800, 1000);
    }

    @Test
    void closedPort_asksForTheServer() {
        try (ClosedPort port = ClosedPort.open()) {
            assertThat(text(port.uri()))
                    .isEqualTo("error: connection refused at URL: is the server running?"
                            + " [CONNECTION at URL, model gpt-4o-mini]");
        }
    }

    @Test
    void silence_namesTheClock() {
        assertThat(textAfter(Reply.silence()))
                .isEqualTo("error: the call to URL did not end in time (clock total)"
                        + " [TIMEOUT at URL, model gpt-4o-mini]");
    }
}
