package dev.avionics.airframe.http;

import static dev.avionics.airframe.error.ErrorCategory.AUTHENTICATION;
import static dev.avionics.airframe.error.ErrorCategory.CONTENT_FILTER;
import static dev.avionics.airframe.error.ErrorCategory.CONTEXT_LENGTH;
import static dev.avionics.airframe.error.ErrorCategory.INVALID_REQUEST;
import static dev.avionics.airframe.error.ErrorCategory.MODEL_NOT_FOUND;
import static dev.avionics.airframe.error.ErrorCategory.OVERLOADED;
import static dev.avionics.airframe.error.ErrorCategory.PARSE;
import static dev.avionics.airframe.error.ErrorCategory.QUOTA_EXHAUSTED;
import static dev.avionics.airframe.error.ErrorCategory.RATE_LIMITED;
import static dev.avionics.airframe.error.ErrorCategory.SERVER_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HttpErrorsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final HttpErrors ERRORS = HttpErrors.of("acme");

    private static InferenceException error(int status, String body, String... headers) {
        return error(ERRORS, status, body, headers);
    }

    private static InferenceException error(HttpErrors errors, int status, String body, String... headers) {
        Map<String, String> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return errors.of(HttpHead.of(status, map), bytes(body), NOW);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "301, INVALID_REQUEST",
        "307, INVALID_REQUEST",
        "400, INVALID_REQUEST",
        "401, AUTHENTICATION",
        "402, QUOTA_EXHAUSTED",
        "403, PERMISSION",
        "404, MODEL_NOT_FOUND",
        "405, INVALID_REQUEST",
        "407, AUTHENTICATION",
        "408, TIMEOUT",
        "409, INVALID_REQUEST",
        "410, MODEL_NOT_FOUND",
        "413, CONTEXT_LENGTH",
        "415, INVALID_REQUEST",
        "418, INVALID_REQUEST",
        "422, INVALID_REQUEST",
        "424, SERVER_ERROR",
        "425, OVERLOADED",
        "429, RATE_LIMITED",
        "451, PERMISSION",
        "498, OVERLOADED",
        "499, CANCELLED",
        "500, SERVER_ERROR",
        "501, INVALID_REQUEST",
        "502, SERVER_ERROR",
        "503, OVERLOADED",
        "504, TIMEOUT",
        "520, SERVER_ERROR",
        "524, SERVER_ERROR",
        "529, OVERLOADED",
        "599, SERVER_ERROR",
        "200, PARSE",
    })
    void category_emptyBody_isThatOfTheStatus(int status, ErrorCategory wanted) {
        InferenceException error = error(status, "");

        assertThat(error.category()).isEqualTo(wanted);
        assertThat(error.status()).hasValue(status);
        assertThat(error.provider()).contains("acme");
        assertThat(error.getMessage()).startsWith("acme answered " + status).doesNotContain("\n");
        assertThat(error.origin()).isEqualTo(ErrorOrigin.BACKEND);
    }

    @Test
    @Tag("row-27")
    void of_bodyThatIsNotUtf8_isReadable_andKeysAreMasked() {
        byte[] body = "no such m\u00f6del for key sk-canary-5150abcdef".getBytes(StandardCharsets.ISO_8859_1);
        InferenceException error = ERRORS.of(HttpHead.of(404, Map.of()), ByteBuffer.wrap(body), NOW);

        assertThat(error.status()).hasValue(404);
        assertThat(error.getMessage()).contains("no such m\ufffddel for key ***");
        assertThat(error.excerpt()).hasValue("no such m\ufffddel for key ***");
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                // Where the words stand.
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":\"c\"}}",
                        INVALID_REQUEST,
                        "c",
                        "m"),
                Arguments.of(
                        400, "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":null}}", INVALID_REQUEST, "t", "m"),
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"m\",\"code\":400,\"status\":\"INVALID_ARGUMENT\"}}",
                        INVALID_REQUEST,
                        "INVALID_ARGUMENT",
                        "m"),
                Arguments.of(500, "{\"error\":\"it broke\"}", SERVER_ERROR, "", "it broke"),
                Arguments.of(
                        403,
                        "{\"error\":\"forbidden_thing\",\"message\":\"not you\"}",
                        ErrorCategory.PERMISSION,
                        "forbidden_thing",
                        "not you"),
                Arguments.of(400, "{\"message\":\"m\"}", INVALID_REQUEST, "", "m"),
                Arguments.of(400, "{\"detail\":\"m\"}", INVALID_REQUEST, "", "m"),
                Arguments.of(
                        422,
                        "{\"detail\":[{\"loc\":[\"body\",\"messages\",0],\"msg\":\"field required\",\"type\":\"missing\"}]}",
                        INVALID_REQUEST,
                        "missing",
                        "body.messages.0: field required"),
                Arguments.of(
                        422,
                        "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"x\"],"
                                + "\"msg\":\"required\"}]},\"type\":\"invalid_request_error\"}",
                        INVALID_REQUEST,
                        "invalid_request_error",
                        "body.x: required"),
                Arguments.of(
                        400,
                        "{\"object\":\"error\",\"message\":\"m\",\"type\":\"BadRequestError\",\"code\":400}",
                        INVALID_REQUEST,
                        "BadRequestError",
                        "m"),
                Arguments.of(400, "{\"code\":\"1261\",\"message\":\"m\"}", INVALID_REQUEST, "1261", "m"),
                Arguments.of(400, "{\"errors\":[{\"message\":\"m\",\"code\":7}]}", INVALID_REQUEST, "7", "m"),
                Arguments.of(400, "{\"errors\":[\"one\",\"two\"]}", INVALID_REQUEST, "", "one; two"),
                Arguments.of(
                        404,
                        "{\"status\":404,\"title\":\"Not Found\",\"detail\":\"Function 'x': Not found for account 'y'\"}",
                        MODEL_NOT_FOUND,
                        "",
                        "Function 'x'"),
                Arguments.of(
                        400,
                        "[{\"error\":{\"code\":400,\"message\":\"m\",\"status\":\"INVALID_ARGUMENT\"}}]",
                        INVALID_REQUEST,
                        "INVALID_ARGUMENT",
                        "m"),
                Arguments.of(404, "404 page not found", MODEL_NOT_FOUND, "", "404 page not found"),
                Arguments.of(
                        502,
                        "<html><head><title>502 Bad Gateway</title></head></html>",
                        SERVER_ERROR,
                        "",
                        "502 Bad Gateway"),
                Arguments.of(
                        400,
                        "{\"fault\":{\"faultstring\":\"m\",\"detail\":{\"errorcode\":\"x.y\"}}}",
                        INVALID_REQUEST,
                        "x.y",
                        "m"),
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"{\\\"error\\\":{\\\"message\\\":\\\"inner\\\",\\\"code\\\":\\\"c\\\"}}\"}}",
                        INVALID_REQUEST,
                        "c",
                        "inner"),
                Arguments.of(
                        429,
                        "{\"error\":{\"message\":\"Provider returned error\",\"code\":429,\"metadata\":{\"raw\":"
                                + "\"model is busy upstream\"}}}",
                        RATE_LIMITED,
                        "",
                        "model is busy upstream"),
                Arguments.of(400, "{\"error\":{\"message\":\"cut off\",\"type\":\"x", INVALID_REQUEST, "", "cut off"),
                Arguments.of(500, "{}", SERVER_ERROR, "", "try again later"),
                Arguments.of(500, "null", SERVER_ERROR, "", "null"),
                Arguments.of(500, "{\"error\":{}}", SERVER_ERROR, "", "try again later"),
                Arguments.of(500, "{\"error\":[[[[[[[[[[{}]]]]]]]]]]}", SERVER_ERROR, "", "try again later"),
                // What the words mean.
                Arguments.of(
                        429,
                        "{\"error\":{\"message\":\"m\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
                        QUOTA_EXHAUSTED,
                        "insufficient_quota",
                        "m"),
                Arguments.of(
                        429,
                        "{\"error\":{\"message\":\"m\",\"code\":\"credit_balance_exhausted\"}}",
                        QUOTA_EXHAUSTED,
                        "credit_balance_exhausted",
                        "m"),
                Arguments.of(
                        400,
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance "
                                + "is too low to access the API.\"}}",
                        QUOTA_EXHAUSTED,
                        "invalid_request_error",
                        "credit balance"),
                Arguments.of(
                        429,
                        "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\",\"details\":"
                                + "{\"error_code\":\"enforced_spend_limit_reached\"}}}",
                        QUOTA_EXHAUSTED,
                        "enforced_spend_limit_reached",
                        "m"),
                Arguments.of(
                        429,
                        "{\"error\":{\"message\":\"Rate limit reached for m in org on tokens per min (TPM): Limit 1\","
                                + "\"code\":\"rate_limit_exceeded\"}}",
                        RATE_LIMITED,
                        "rate_limit_exceeded",
                        "Rate limit"),
                Arguments.of(
                        429,
                        "{\"error\":{\"message\":\"The system is experiencing high demand\",\"code\":\"429\"}}",
                        OVERLOADED,
                        "",
                        "high demand"),
                Arguments.of(
                        429,
                        "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota, please check your plan and "
                                + "billing details.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"violations\":[{\"quotaId\":"
                                + "\"GenerateRequestsPerDayPerProject\"}]}]}}",
                        QUOTA_EXHAUSTED,
                        "RESOURCE_EXHAUSTED",
                        "quota"),
                Arguments.of(
                        429,
                        "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota, please check your plan and "
                                + "billing details.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"violations\":[{\"quotaId\":"
                                + "\"GenerateRequestsPerMinute\"}]}]}}",
                        RATE_LIMITED,
                        "RESOURCE_EXHAUSTED",
                        "quota"),
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"m\",\"code\":\"context_length_exceeded\"}}",
                        CONTEXT_LENGTH,
                        "context_length_exceeded",
                        "m"),
                Arguments.of(
                        413,
                        "{\"error\":{\"message\":\"Request too large on tokens per minute (TPM): Limit 6000\","
                                + "\"code\":\"rate_limit_exceeded\"}}",
                        CONTEXT_LENGTH,
                        "rate_limit_exceeded",
                        "too large"),
                Arguments.of(
                        400,
                        "{\"error\":{\"code\":\"content_filter\",\"message\":\"m\"}}",
                        CONTENT_FILTER,
                        "content_filter",
                        "m"),
                Arguments.of(
                        400,
                        "{\"error\":{\"code\":\"invalid_prompt\",\"message\":\"Your prompt was flagged as potentially "
                                + "violating our usage policy\"}}",
                        CONTENT_FILTER,
                        "invalid_prompt",
                        "flagged"),
                Arguments.of(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass a valid API key.\","
                                + "\"status\":\"INVALID_ARGUMENT\"}}",
                        AUTHENTICATION,
                        "INVALID_ARGUMENT",
                        "API key not valid"),
                Arguments.of(
                        403,
                        "{\"message\":\"The security token included in the request is invalid.\"}",
                        AUTHENTICATION,
                        "",
                        "security token"),
                Arguments.of(498, "{\"message\":\"invalid token\"}", AUTHENTICATION, "", "invalid token"),
                Arguments.of(
                        400,
                        "{\"type\":\"invalid_model\",\"message\":\"Invalid model: x\"}",
                        MODEL_NOT_FOUND,
                        "invalid_model",
                        "x"),
                Arguments.of(404, "{\"error\":\"model 'x' not found\"}", MODEL_NOT_FOUND, "", "check the model's name"),
                Arguments.of(
                        404,
                        "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"m\"}}",
                        MODEL_NOT_FOUND,
                        "DeploymentNotFound",
                        "check the model's name"),
                Arguments.of(404, "<html></html>", MODEL_NOT_FOUND, "", "check the base URL"),
                Arguments.of(
                        503,
                        "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}",
                        OVERLOADED,
                        "unavailable_error",
                        "Loading model"),
                Arguments.of(
                        500,
                        "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
                        OVERLOADED,
                        "overloaded_error",
                        "Overloaded"),
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"Unsupported value: 'role' does not support 'developer' with this model.\","
                                + "\"code\":\"unsupported_value\"}}",
                        INVALID_REQUEST,
                        "unsupported_value",
                        "developer"),
                Arguments.of(
                        400,
                        "{\"error\":{\"message\":\"max_tokens is too large: 99. This model supports at most 5 completion "
                                + "tokens\",\"code\":\"invalid_value\"}}",
                        INVALID_REQUEST,
                        "invalid_value",
                        "max_tokens"),
                // A good status with an error inside.
                Arguments.of(200, "{\"error\":{\"message\":\"m\",\"code\":429}}", RATE_LIMITED, "", "m"),
                Arguments.of(200, "{\"error\":{\"message\":\"m\",\"code\":502}}", SERVER_ERROR, "", "m"),
                Arguments.of(200, "{\"error\":\"m\"}", SERVER_ERROR, "", "m"),
                Arguments.of(
                        200,
                        "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\"}}",
                        INVALID_REQUEST,
                        "invalid_request_error",
                        "m"),
                Arguments.of(200, "<!DOCTYPE html><title>Sign in</title>", PARSE, "html", "login page"),
                Arguments.of(200, "ok", PARSE, "", "no JSON: ok"),
                Arguments.of(200, "  ", PARSE, "", "empty"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void of_bodiesOfAllShapes_areUnderstood(
            int status, String body, ErrorCategory category, String code, String words) {
        InferenceException error = error(status, body);

        assertThat(error.category()).isEqualTo(category);
        assertThat(error.code().orElse("")).isEqualTo(code);
        assertThat(error.getMessage()).contains(words).doesNotContain("\n");
        assertThat(error.status()).hasValue(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "This model's maximum context length is 8,192 tokens. However, you requested 9000 tokens",
                "prompt is too long: 205000 tokens > 200000 maximum",
                "prompt too long; exceeded max context length by 10 tokens",
                "Your input exceeds the context window of this model.",
                "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
                "Please reduce the length of the messages or completion.",
                "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
                "the request exceeds the available context size. try increasing the context size",
                "too many tokens: size limit exceeded by 25836 tokens.",
                "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
                "The input (9 tokens) is longer than the model's context length (8 tokens).",
                "The number of tokens to keep is greater than the context length",
                "invalid params, context window exceeds limit",
                "Input length exceeds the context length",
            })
    void category_wordsOfContextLength_areKnown(String words) {
        String body = dev.avionics.airframe.json.JsonValues.write(Map.of("error", Map.of("message", words)));

        assertThat(error(400, body).category()).isEqualTo(CONTEXT_LENGTH);
        assertThat(ERRORS.inBand(body).category()).isEqualTo(CONTEXT_LENGTH);
    }

    @Test
    void category_tooManyTokensOfARateLimit_isNoContextLength() {
        String body = "{\"error\":{\"message\":\"Rate limit: too many tokens\",\"code\":429}}";

        assertThat(error(429, body).category()).isEqualTo(RATE_LIMITED);
        assertThat(ERRORS.inBand(body).category()).isEqualTo(RATE_LIMITED);
    }

    @Test
    void fields_ofAShapeOfItsOwn_giveCodeAndWords() {
        HttpErrors own = ERRORS.fields("trouble", "words");
        String body = "{\"status\":{\"trouble\":\"unknown_model\",\"words\":\"Nobody is called x.\"}}";

        InferenceException why = error(own, 400, body);
        assertThat(why.category()).isEqualTo(MODEL_NOT_FOUND);
        assertThat(why.code()).contains("unknown_model");
        assertThat(why.getMessage()).contains("Nobody is called x.");
        assertThat(own.inBand(body).getMessage()).contains("Nobody is called x.");
        // Whoever stands in front of the backend has the usual shape.
        assertThat(error(own, 401, "{\"error\":{\"message\":\"no key\",\"code\":\"c\"}}"))
                .hasMessageContaining("(c): no key");
    }

    @Test
    void mapping_ofAProtocol_winsOverTheTable() {
        HttpErrors own = ERRORS.mapping((status, details) -> status == 498 ? AUTHENTICATION : null);

        assertThat(error(own, 498, "").category()).isEqualTo(AUTHENTICATION);
        assertThat(error(own, 429, "").category()).isEqualTo(RATE_LIMITED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "retry-after        | 20                            | 20000",
                "retry-after        | 1.5                           | 1500",
                "retry-after        | Sat, 21 Nov 2026 10:00:30 GMT | 30000",
                "retry-after        | Sat, 21 Nov 2026 09:00:30 GMT | -",
                "retry-after        | 0                             | -",
                "retry-after        | -5                            | -",
                "retry-after        | soon                          | -",
                "retry-after        | 99999999999                   | -",
                "retry-after        | 1e3                           | -",
                "retry-after-ms     | 250.5                         | 250.5",
                "retry-after-ms     | 0                             | -",
            })
    void retryAfter_headerInAnyForm_isRead(String name, String value, Double millis) {
        Duration wait = error(429, "", name, value).retryAfter().orElse(null);

        assertThat(wait).isEqualTo(millis == null ? null : Duration.ofNanos((long) (millis * 1e6)));
    }

    @Test
    void retryAfter_manySources_haveAnOrder() {
        String body =
                "{\"error\":{\"message\":\"Please try again in 6m1.5s.\",\"details\":[{\"retryDelay\":\"34.4s\"}]}}";
        String sentence = "{\"error\":{\"message\":\"Please try again in 1m1.5s. Or not\"}}";
        String[] limits = {"x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "7s"};

        assertThat(error(429, body, "retry-after-ms", "100", "retry-after", "2").retryAfter())
                .contains(Duration.ofMillis(100));
        assertThat(error(429, body, "retry-after", "2").retryAfter()).contains(Duration.ofSeconds(2));
        assertThat(error(429, body, limits).retryAfter()).contains(Duration.ofMillis(34_400));
        assertThat(error(429, sentence, limits).retryAfter()).contains(Duration.ofMillis(61_500));
        assertThat(error(429, "", limits).retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(error(429, "", "x-ratelimit-remaining-tokens", "5", "x-ratelimit-reset-tokens", "7s")
                        .retryAfter())
                .isEmpty();
        assertThat(error(500, "", limits).retryAfter()).isEmpty();
    }

    @Test
    void retryAfter_hintOfTheProtocol_winsOverTheCommonOnes() {
        HttpErrors own =
                ERRORS.waits(details -> Duration.ofSeconds(details.texts("wait").size()));

        assertThat(error(own, 429, "{\"wait\":\"x\",\"message\":\"try again in 9s\"}")
                        .retryAfter())
                .contains(Duration.ofSeconds(1));
        assertThat(error(own, 429, "{\"message\":\"try again in 9s\"}").retryAfter())
                .contains(Duration.ofSeconds(9));
    }

    @Test
    void retryAfter_dateAndClockOfTheBackend_areTakenTogether() {
        InferenceException error =
                error(503, "", "retry-after", "Sat, 21 Nov 2026 12:00:30 GMT", "date", "Sat, 21 Nov 2026 12:00:00 GMT");

        assertThat(error.retryAfter()).contains(Duration.ofSeconds(30));
    }

    @Test
    void of_headers_giveRequestIdRetryWordAndLimits() {
        InferenceException error = error(
                429, "", "apim-request-id", "req-7", "x-should-retry", "false", "x-ratelimit-limit-requests", "60");

        assertThat(error.requestId()).contains("req-7");
        assertThat(error.shouldRetry()).contains(false);
        assertThat(error.rateLimits().requestLimit())
                .hasValueSatisfying(w -> assertThat(w.limit()).isEqualTo(60L));
        assertThat(error(429, "{\"request_id\":\"r1\"}").requestId()).contains("r1");
        assertThat(error(429, "").shouldRetry()).isEmpty();
    }

    @Test
    void of_redirect_saysWhereItLeads() {
        InferenceException error = error(301, "", "location", "https://other.example:8443/v1/x?key=abc");

        assertThat(error.category()).isEqualTo(INVALID_REQUEST);
        assertThat(error.getMessage())
                .isEqualTo(
                        "acme answered 301, a redirect to https://other.example:8443/v1/x: redirects are not followed,"
                                + " check the base URL");
        assertThat(error(302, "", "location", "::no address").getMessage()).contains("check the base URL");
    }

    @Test
    void of_keysInTheBody_areMaskedEverywhere() {
        String own = "0123456789abcdef0123456789abcdef";
        String body = "{\"error\":{\"message\":\"Incorrect API key provided: sk-proj-abc123def456ghi. Also " + own
                + "\\nBearer abcDEF123456 x\",\"code\":\"sk-proj-abc123def456ghi\"}}";

        InferenceException error = ERRORS.of(HttpHead.of(401, Map.of()), bytes(body), NOW, Secret.of(own));

        String all = error + error.getMessage() + error.excerpt() + error.code();
        assertThat(all)
                .doesNotContain("abc123")
                .doesNotContain(own)
                .doesNotContain("DEF123")
                .contains("***");
    }

    @Test
    void of_longBody_isCutInTheExcerpt() {
        InferenceException error = error(500, "x".repeat(10_000));

        assertThat(error.excerpt()).hasValueSatisfying(text -> assertThat(text).hasSize(500));
        assertThat(error.getMessage()).hasSizeLessThan(500);
    }

    @Test
    void inBand_anyForm_isAnError() {
        assertThat(ERRORS.inBand("\"it broke\"").getMessage()).isEqualTo("acme reported an error: it broke");
        InferenceException anthropic = ERRORS.inBand(
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},\"request_id\":\"r\"}");
        assertThat(anthropic.category()).isEqualTo(OVERLOADED);
        assertThat(anthropic.code()).contains("overloaded_error");
        assertThat(anthropic.requestId()).contains("r");
        assertThat(ERRORS.inBand("{\"message\":\"m\",\"code\":\"rate_limit_exceeded\"}")
                        .category())
                .isEqualTo(RATE_LIMITED);
        InferenceException failed = ERRORS.inBand(
                "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}}");
        assertThat(failed.category()).isEqualTo(SERVER_ERROR);
        assertThat(failed.code()).contains("server_error");
        assertThat(ERRORS.inBand("").category()).isEqualTo(SERVER_ERROR);
        assertThat(ERRORS.inBand("{\"message\":\"m\",\"code\":529}").status()).hasValue(529);
    }
}
