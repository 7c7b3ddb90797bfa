package dev.avionics.airframe.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol around its answers: addresses, keys, models, health, what it can do. */
class AnthropicTest {
    private static final InferenceRequest QUESTION = InferenceRequest.of("q");

    private static HttpCall call(String address) {
        return Given.ANTHROPIC
                .inference(Dialogue.scope(Given.endpoint(address), Given.OLD), QUESTION)
                .first()
                .call();
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example, https://api.example/v1/messages",
        "https://api.example/, https://api.example/v1/messages",
        "https://api.example/v1, https://api.example/v1/messages",
        "https://api.example/v1/messages, https://api.example/v1/messages",
        "https://res.example/anthropic, https://res.example/anthropic/v1/messages",
    })
    void address_isThatOfTheMessages(String base, String wanted) {
        assertThat(call(base).uri()).hasToString(wanted);
    }

    @Test
    @Tag("row-56")
    void key_goesIntoTheVendorsHeader_andATokenIntoAuthorization() {
        HttpCall call = call("https://api.example");
        Secret secret = Secret.of("sk-1");

        assertThat(Given.ANTHROPIC
                        .authorize(call, Given.ENDPOINT, Credential.key(secret))
                        .headers())
                .containsEntry("x-api-key", "sk-1")
                .doesNotContainKey("authorization");
        assertThat(Given.ANTHROPIC
                        .authorize(call, Given.ENDPOINT, Credential.bearer(secret))
                        .headers())
                .containsEntry("authorization", "Bearer sk-1")
                .doesNotContainKey("x-api-key");
        assertThat(Given.ANTHROPIC
                        .authorize(call, Given.ENDPOINT, Credential.header("api-key", secret))
                        .headers())
                .containsEntry("api-key", "sk-1")
                .doesNotContainKeys("x-api-key", "authorization");
        assertThat(Given.ANTHROPIC.authorize(call, Given.ENDPOINT, Credential.NONE))
                .isSameAs(call);
    }

    @Test
    void betaFeatures_areNamedInEveryRequest() {
        var scope = Dialogue.scope(Given.with("anthropic_beta", "a-1,b-2"), Given.OLD);

        for (Exchange<?> exchange : List.of(
                Given.ANTHROPIC.inference(scope, QUESTION),
                Given.ANTHROPIC.models(scope),
                Given.ANTHROPIC.health(scope),
                Given.ANTHROPIC.tokenCounting().orElseThrow().count(scope, QUESTION))) {
            assertThat(exchange.first().call().headers())
                    .containsEntry("anthropic-beta", "a-1,b-2")
                    .containsEntry("anthropic-version", "2023-06-01");
        }
    }

    @ParameterizedTest
    @CsvSource({"200, HEALTHY", "401, DEGRADED", "529, UNHEALTHY"})
    void health_isToldByTheList(int status, HealthState.Status wanted) {
        Dialogue<HealthState> dialogue = Dialogue.of(Given.ANTHROPIC.health(Dialogue.scope(Given.ENDPOINT, "")));

        assertThat(dialogue.sent().get(0)).satisfies(call -> {
            assertThat(call.method()).isEqualTo("GET");
            assertThat(call.uri()).hasToString("https://api.anthropic.example/v1/models?limit=1");
        });
        assertThat(dialogue.answer(status, "application/json", "{}").value().status())
                .isEqualTo(wanted);
    }

    private static Dialogue<List<ModelInfo>> models() {
        return Dialogue.of(Given.ANTHROPIC.models(Dialogue.scope(Given.ENDPOINT, "")));
    }

    @Test
    void models_areAskedForPageByPage() {
        Dialogue<List<ModelInfo>> dialogue = models().answer(
                        200,
                        "application/json",
                        "{\"data\":[{\"id\":\"a\",\"display_name\":\"A\",\"max_input_tokens\":1000,\"capabilities\":{}}],"
                                + "\"has_more\":true,\"first_id\":\"a\",\"last_id\":\"a b\"}")
                .answer(200, "application/json", "{\"data\":[{\"id\":\"b\"}],\"has_more\":false,\"last_id\":\"b\"}");

        assertThat(dialogue.sent())
                .extracting(call -> call.uri().getRawQuery())
                .containsExactly("limit=1000", "limit=1000&after_id=a+b");
        assertThat(dialogue.value()).extracting(ModelInfo::id).containsExactly("a", "b");
        assertThat(dialogue.value().get(0).contextWindow()).isEqualTo(1000);
        assertThat(dialogue.value().get(0).details()).containsEntry("display_name", "A");
    }

    @Test
    void models_thatNeverEnd_areLeftAtSomePoint() {
        assertThatThrownBy(() -> {
                    Dialogue<List<ModelInfo>> dialogue = models();
                    for (int i = 1; i <= 50; i++) {
                        String page = "{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"" + i + "\"}";
                        dialogue.answer(200, "application/json", page);
                    }
                })
                .hasMessageContaining("does not end: 50 pages came");
        assertThat(models().answer(200, "application/json", "{\"data\":[],\"has_more\":true,\"last_id\":\"a\"}")
                        .value())
                .isEmpty();
    }

    @Test
    void models_refusedOrUnreadable_fail() {
        assertThat(models().answer(
                                401,
                                "application/json",
                                "{\"error\":{\"type\":\"authentication_error\",\"message\":\"x\"}}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.AUTHENTICATION);
        assertThatThrownBy(() -> models().answer(200, "application/json", "{\"models\":1}"))
                .hasMessageContaining("no list of models");
    }

    private static Dialogue<Long> count(InferenceRequest request) {
        return Dialogue.of(Given.ANTHROPIC
                .tokenCounting()
                .orElseThrow()
                .count(Dialogue.scope(Given.ENDPOINT, Given.MIDDLE), request));
    }

    @Test
    void tokens_areCountedOfWhatThePromptIsMadeOf() {
        Dialogue<Long> dialogue = count(QUESTION.toBuilder()
                .tool(ToolSpec.of("f", ""))
                .toolChoice(ToolChoice.AUTO)
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .sampling(Sampling.builder()
                        .temperature(0.1)
                        .maxTokens(9)
                        .stop(List.of("x"))
                        .build())
                .user("u")
                .build());

        assertThat(dialogue.sent().get(0).uri()).hasToString("https://api.anthropic.example/v1/messages/count_tokens");
        assertThat(Dialogue.json(dialogue.sent().get(0)))
                .containsOnlyKeys("model", "messages", "tools", "tool_choice", "thinking", "output_config");
        assertThat(dialogue.answer(200, "application/json", "{\"input_tokens\":14}")
                        .value())
                .isEqualTo(14L);
        assertThatThrownBy(() -> count(QUESTION).answer(200, "application/json", "{}"))
                .hasMessageContaining("no count of tokens");
        assertThat(count(QUESTION)
                        .answer(
                                404,
                                "application/json",
                                "{\"error\":{\"type\":\"not_found_error\",\"message\":\"model: x\"}}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
    }

    @Test
    void capabilities_areThoseOfTheModel() {
        Capabilities old = Given.ANTHROPIC.capabilities(Given.ENDPOINT, "claude-3-5-haiku-latest");
        Capabilities newest = Given.ANTHROPIC.capabilities(Given.ENDPOINT, Given.NEW);
        Capabilities unknown = Given.ANTHROPIC.capabilities(Given.ENDPOINT, "qwen");

        assertThat(old.of(Feature.FORCED_TOOL)).isEqualTo(Support.YES);
        assertThat(old.of(Feature.THINKING)).isEqualTo(Support.NO);
        assertThat(old.of(Feature.JSON_SCHEMA)).isEqualTo(Support.YES);
        assertThat(old.of(Feature.EMBEDDINGS)).isEqualTo(Support.NO);
        assertThat(old.of(Feature.JSON_OBJECT)).isEqualTo(Support.UNKNOWN);
        assertThat(newest.of(Feature.FORCED_TOOL)).isEqualTo(Support.NO);
        assertThat(newest.of(Feature.THINKING)).isEqualTo(Support.YES);
        assertThat(newest.of(Feature.TOOLS)).isEqualTo(Support.YES);
        assertThat(unknown.of(Feature.TOOLS)).isEqualTo(Support.UNKNOWN);
        assertThat(unknown.of(Feature.FORCED_TOOL)).isEqualTo(Support.UNKNOWN);
        assertThat(Given.ANTHROPIC
                        .capabilities(Given.with("json_schema", "false"), Given.NEW)
                        .of(Feature.JSON_SCHEMA))
                .isEqualTo(Support.NO);
    }

    @Test
    void forcedTool_ofAModelThatCannotBeForced_isRefusedBeforeItIsSent() {
        InferenceRequest forced = QUESTION.toBuilder()
                .tool(ToolSpec.of("f", ""))
                .toolChoice(ToolChoice.REQUIRED)
                .build();

        for (String model : List.of("claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1")) {
            assertThat(CapabilityCheck.refuse(
                            Given.ANTHROPIC.capabilities(Given.ENDPOINT, model),
                            forced,
                            new Target(Given.ENDPOINT, model)))
                    .as(model)
                    .hasMessageContaining("forces a call");
        }
        for (String model : List.of("claude-opus-5", "claude-fable-5", "claude-haiku-5-5", Given.OLD, "qwen")) {
            assertThat(CapabilityCheck.refuse(
                            Given.ANTHROPIC.capabilities(Given.ENDPOINT, model),
                            forced,
                            new Target(Given.ENDPOINT, model)))
                    .as(model)
                    .isNull();
        }
    }

    @Test
    void modelHint_tellsWhatIsBehindAnotherName() {
        InferenceRequest json = QUESTION.toBuilder()
                .output(OutputFormat.jsonSchema("n", "{\"type\":\"object\",\"additionalProperties\":false}"))
                .build();

        assertThat(Given.sent(Given.with("model_hint", "claude-opus-5"), "my-deployment", json)
                        .body())
                .containsEntry("model", "my-deployment")
                .containsKey("output_config");
    }

    @Test
    void clocks_areThoseOfTheAddress() {
        assertThat(Given.ANTHROPIC.timeouts(Given.ENDPOINT, "m")).isEqualTo(Timeouts.HOSTED);
        assertThat(Given.ANTHROPIC.timeouts(
                        Given.ENDPOINT.toBuilder()
                                .baseUrl(URI.create("http://127.0.0.1:8080"))
                                .build(),
                        "m"))
                .isEqualTo(Timeouts.LOCAL);
    }
}
