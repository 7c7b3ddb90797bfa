package dev.avionics.airframe.wire;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The requests whose form on the wire is committed for each backend. */
final class GoldenCases {
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather",
            "Tells the weather of a city",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"],"
                    + "\"additionalProperties\":false}");
    private static final ToolSpec CLOCK = ToolSpec.of("clock", "Tells the time");
    private static final String CITY = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
            + "\"large\":{\"type\":\"boolean\"}},\"required\":[\"name\",\"large\"],\"additionalProperties\":false}";

    private GoldenCases() {}

    /**
     * All cases by name.
     *
     * @param thinking what the backend itself thought before, with its vendor data
     */
    static Map<String, InferenceRequest> of(Part.Thinking thinking) {
        Map<String, InferenceRequest> cases = new LinkedHashMap<>();
        cases.put("minimal", InferenceRequest.of("Hello"));
        cases.put(
                "whole", InferenceRequest.of("Hello").toBuilder().stream(false).build());
        cases.put("full", full());
        cases.put("tools", tools());
        cases.put("image", image());
        cases.put("thinking", thinking(thinking));
        cases.put(
                "schema",
                InferenceRequest.of("Describe Paris").toBuilder()
                        .output(OutputFormat.jsonSchema("city", CITY))
                        .build());
        cases.put(
                "json",
                InferenceRequest.of("Describe Paris as JSON").toBuilder()
                        .output(OutputFormat.JSON_OBJECT)
                        .build());
        cases.put(
                "stop",
                InferenceRequest.of("Count").toBuilder()
                        .sampling(Sampling.builder().stop(List.of("5", "END")).build())
                        .build());
        cases.put(
                "temperature-zero",
                InferenceRequest.of("Hello").toBuilder().temperature(0.0).build());
        cases.put(
                "required-tool",
                InferenceRequest.of("Weather in Paris?").toBuilder()
                        .tool(WEATHER)
                        .toolChoice(ToolChoice.REQUIRED)
                        .build());
        cases.put(
                "forced-tool",
                InferenceRequest.of("Weather in Paris?").toBuilder()
                        .tools(List.of(WEATHER, CLOCK))
                        .toolChoice(ToolChoice.tool("weather"))
                        .parallelToolCalls(false)
                        .build());
        return cases;
    }

    private static InferenceRequest full() {
        return InferenceRequest.builder()
                .message(new Message(
                        dev.avionics.airframe.Role.SYSTEM,
                        List.of(new Part.Text("Be brief.", VendorData.none(), CacheHint.LONG))))
                .message(Message.user("Hello"))
                .message(Message.assistant("Hi."))
                .message(Message.user("Who are you?"))
                .tool(WEATHER)
                .toolChoice(ToolChoice.AUTO)
                .parallelToolCalls(true)
                .sampling(Sampling.builder()
                        .temperature(0.5)
                        .topP(0.9)
                        .topK(40)
                        .minP(0.05)
                        .maxTokens(256)
                        .stop(List.of("END"))
                        .seed(7L)
                        .presencePenalty(0.1)
                        .frequencyPenalty(0.2)
                        .repeatPenalty(1.1)
                        .build())
                .user("user-1")
                .build();
    }

    private static InferenceRequest tools() {
        return InferenceRequest.builder()
                .message(Message.user("Weather and time in Paris?"))
                .message(Message.assistant(
                        Part.text("Let me look."),
                        new Part.ToolCall("call_1", "weather", "{\"city\":\"Paris\"}"),
                        new Part.ToolCall("call_2", "clock", "{}")))
                .message(Message.toolResult("call_1", "weather", "sunny"))
                .message(new Message(
                        dev.avionics.airframe.Role.TOOL,
                        List.of(new Part.ToolResult(
                                "call_2", "clock", List.of(Part.text("no clock")), true, VendorData.none(), null))))
                .tools(List.of(WEATHER, CLOCK))
                .build();
    }

    private static InferenceRequest image() {
        return InferenceRequest.builder()
                .message(Message.user(Part.text("What is this?"), Part.image("image/png", PIXEL)))
                .build();
    }

    private static InferenceRequest thinking(Part.Thinking thinking) {
        return InferenceRequest.builder()
                .message(Message.user("Weather in Paris?"))
                .message(Message.assistant(thinking, new Part.ToolCall("call_1", "weather", "{\"city\":\"Paris\"}")))
                .message(Message.toolResult("call_1", "weather", "sunny"))
                .tool(WEATHER)
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH))
                .maxTokens(4096)
                .build();
    }
}
