package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.testkit.model.ResponsesFace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ProvesRow(ProviderRow.RESPONSES)
class OpenAiResponsesContractTest extends SimulatedContract {
    OpenAiResponsesContractTest() {
        super(new BackendKind("openai-responses"), "openai-responses", ResponsesFace.of(MODEL, KEY));
    }

    /** The API has none. */
    @Override
    protected boolean takesStopSequences() {
        return false;
    }

    /** The face refuses a call without the reasoning that led to it, and reasoning that is not what it gave out. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reasoningBeforeACall_goesBackWithIt(boolean streamed) {
        InferenceRequest question = ask("What is the weather in Paris?")
                .tool(ToolSpec.of("weather", "Tells the weather"))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .stream(streamed)
                .build();
        InferenceResult asked = airframe()
                .infer(target(), question, airframe().newCall())
                .collect()
                .join();
        assertThat(asked.thinking()).isNotBlank();
        assertThat(asked.finish()).isEqualTo(FinishReason.TOOL_CALLS);

        Part.ToolCall call = asked.toolCalls().get(0);
        InferenceResult told = airframe()
                .infer(
                        target(),
                        question.toBuilder()
                                .message(asked.message())
                                .message(Message.toolResult(call.id(), call.name(), "sunny, 21 degrees"))
                                .build(),
                        airframe().newCall())
                .collect()
                .join();

        assertThat(told.text()).contains("21");
    }
}
