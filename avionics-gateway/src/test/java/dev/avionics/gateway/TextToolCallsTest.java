package dev.avionics.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("row-153")
class TextToolCallsTest {
    @Test
    void toolObject_amongWords_isACall() {
        List<Part.ToolCall> calls =
                TextToolCalls.in("Sure: {\"tool\": \"look\", \"parameters\": {\"at\": \"}{\"}} there.", "s");
        assertThat(calls).extracting(Part.ToolCall::name).containsExactly("look");
        assertThat(calls.get(0).arguments()).containsEntry("at", "}{");
    }

    @Test
    void nestedJson_fourDeep_isReadWhole() {
        String json = "{\"tool\":\"t\",\"parameters\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}";
        assertThat(TextToolCalls.in(json, "s").get(0).argumentsJson()).isEqualTo("{\"a\":{\"b\":{\"c\":{\"d\":1}}}}");
    }

    @Test
    void steps_areCallsInOrderWithIdsOfTheirOwn() {
        List<Part.ToolCall> calls = TextToolCalls.in(
                "```json\n{\"steps\":[{\"tool\":\"a\",\"parameters\":{}},{\"tool\":\"b\"}]}\n```", "s");
        assertThat(calls).extracting(Part.ToolCall::name).containsExactly("a", "b");
        assertThat(calls).extracting(Part.ToolCall::id).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no call here",
                "{\"tool\": \"look\", \"parameters\": {\"at\": 1}",
                "{\"tool\": \"look\", \"parameters\": {\"at\": }}",
                "{\"tool\": 1}",
                "{\"tool\": \"\"}",
                "{\"tool\": \"look\", \"parameters\": \"words\"}",
                "{ curly words }",
            })
    void text_withoutAWholeCall_givesNone(String text) {
        assertThat(TextToolCalls.in(text, "s")).isEmpty();
    }

    @Test
    void gateway_takesNativeCallsBeforeTextAndTextOnlyIfAsked() {
        String json = "{\"tool\":\"written\",\"parameters\":{}}";
        try (GatewayRig rig = new GatewayRig()) {
            rig.openai.events(GatewayRig.text(json), ScriptedAdapter.completed(FinishReason.STOP, 1));
            assertThat(rig.gateway().build().complete(GatewayRequest.of("hi")).toolCalls())
                    .isEmpty();
            LLMGateway reading = rig.gateway().textToolCalls(true).build();
            assertThat(reading.complete(GatewayRequest.of("hi")).toolCalls())
                    .extracting(Part.ToolCall::name)
                    .containsExactly("written");
        }
        try (GatewayRig rig = new GatewayRig()) {
            rig.openai.events(
                    GatewayRig.text(json),
                    new InferenceEvent.ToolCallReady(0, new Part.ToolCall("id", "native", "{}")),
                    ScriptedAdapter.completed(FinishReason.TOOL_CALLS, 1));
            assertThat(rig.gateway()
                            .textToolCalls(true)
                            .build()
                            .complete(GatewayRequest.of("hi"))
                            .toolCalls())
                    .extracting(Part.ToolCall::name)
                    .containsExactly("native");
        }
    }
}
