package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.model.AnthropicFace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ProvesRow(ProviderRow.ANTHROPIC)
class AnthropicContractTest extends SimulatedContract {
    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather",
            "Tells the weather of a city",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}");

    AnthropicContractTest() {
        super(BackendKind.ANTHROPIC_MESSAGES, "", AnthropicFace.of(MODEL, KEY));
    }

    /** The simulated model takes what this one takes. */
    @Override
    protected Target target() {
        return like("claude-sonnet-4-6");
    }

    private Target like(String model) {
        EndpointSpec endpoint = super.target().endpoint().toBuilder()
                .metadata("model_hint", model)
                .build();
        return new Target(endpoint, MODEL.name());
    }

    @Override
    protected Support embeddings() {
        return Support.NO;
    }

    private InferenceResult answer(Target target, InferenceRequest request) {
        return airframe().infer(target, request, airframe().newCall()).collect().join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-sonnet-4-20250514", "claude-sonnet-4-6", "claude-opus-5-5"})
    void toolLoop_withThinking_goesOnWithItsOwnSignature(String model) {
        InferenceRequest question = InferenceRequest.builder()
                .message(Message.user("What is the weather in Paris?"))
                .tool(WEATHER)
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH))
                .temperature(0.5)
                .build();
        InferenceResult first = answer(like(model), question);
        Part.ToolCall call = first.toolCalls().get(0);
        InferenceResult told = answer(
                like(model),
                question.toBuilder()
                        .message(first.message())
                        .message(Message.toolResult(call.id(), call.name(), "sunny, 21 degrees"))
                        .build());

        assertThat(first.thinking()).isNotBlank();
        assertThat(first.finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(told.text()).contains("21");
        assertThat(told.thinking()).isNotBlank();
        assertThat(told.adjustments()).extracting(one -> one.what()).containsExactly("temperature");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void schema_ofAModelThatTakesNone_isKeptByAForcedCall(boolean stream) {
        InferenceResult result = answer(
                like("claude-sonnet-4-20250514"),
                InferenceRequest.of("Describe Paris.").toBuilder().stream(stream)
                        .output(OutputFormat.jsonSchema(
                                "city", "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}"))
                        .build());

        assertThat(JsonValues.parseObject(result.text())).containsEntry("name", "Paris");
        assertThat(result.finish()).isEqualTo(FinishReason.STOP);
        assertThat(result.toolCalls()).isEmpty();
        assertThat(result.adjustments()).extracting(one -> one.what()).containsExactly("output");
    }

    @Test
    void tokens_counted_areThoseOfTheAnswer() {
        InferenceRequest question = InferenceRequest.builder()
                .message(Message.system("Be brief."))
                .message(Message.user("Why is the sky blue?"))
                .tool(WEATHER)
                .build();

        Long counted =
                airframe().countTokens(target(), question, airframe().newCall()).join();

        assertThat(counted)
                .isEqualTo(answer(target(), question).usage().inputTotal().value())
                .isPositive();
    }

    @Test
    void models_onSeveralPages_areAllThere() {
        assertThat(airframe().models(target(), airframe().newCall()).join())
                .extracting(one -> one.id())
                .containsExactly(MODEL.name(), MODEL.name() + "-older");
    }
}
