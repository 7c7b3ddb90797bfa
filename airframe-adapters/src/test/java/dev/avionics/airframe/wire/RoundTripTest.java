package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.anthropic.Anthropic;
import dev.avionics.airframe.cohere.Cohere;
import dev.avionics.airframe.gemini.Gemini;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.llamaserver.LlamaServer;
import dev.avionics.airframe.ollama.Ollama;
import dev.avionics.airframe.openai.OpenAiChat;
import dev.avionics.airframe.openai.OpenAiResponses;
import dev.avionics.airframe.spi.WireProtocol;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a protocol writes of the model's turn, it reads back from an answer that holds the same. */
class RoundTripTest {
    private static final List<Message> TURNS = List.of(
            Message.assistant("Hello."),
            Message.assistant(new Part.ToolCall("call_1", "weather", "{\"city\":\"Rome\",\"days\":[1,2]}")),
            Message.assistant(
                    new Part.ToolCall("call_1", "weather", "{\"city\":\"Rome\"}"),
                    new Part.ToolCall("call_2", "weather", "{\"city\":\"Oslo\"}")),
            Message.assistant(Part.text("Let me look."), new Part.ToolCall("call_9", "weather", "{}")));

    static Stream<Arguments> turns() {
        Stream<Arguments> all = TURNS.stream()
                .flatMap(turn -> Stream.of(
                        Arguments.of("openai", new OpenAiChat(), "", turn),
                        Arguments.of("llama-server", new LlamaServer(), "openai", turn),
                        Arguments.of("ollama", new Ollama(), "", turn),
                        Arguments.of("gemini", new Gemini(), "", turn),
                        Arguments.of("anthropic", new Anthropic(), "", turn)));
        // Cohere knows no text beside tool calls but its own plan.
        Message plan = Message.assistant(
                new Part.Thinking("Let me look.", VendorData.of("cohere", "{\"type\":\"tool_plan\"}"), null),
                new Part.ToolCall("call_9", "weather", "{}"));
        Stream<Arguments> cohere = Stream.concat(TURNS.stream().limit(3), Stream.of(plan))
                .map(turn -> Arguments.of("cohere", new Cohere(), "", turn));
        return Stream.concat(all, cohere);
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("turns")
    @Tag("row-3")
    @Tag("row-5")
    void turnOfTheModel_writtenAndRead_isTheSame(String name, WireProtocol protocol, String apiType, Message turn) {
        EndpointSpec endpoint = EndpointSpec.builder("test", URI.create("http://localhost:1"), protocol.kind())
                .apiType(apiType)
                .build();
        InferenceRequest request = InferenceRequest.builder().message(Message.user("q")).message(turn).stream(false)
                .build();
        Dialogue<?> dialogue = Dialogue.of(protocol.inference(Dialogue.scope(endpoint, "m"), request));
        Map<String, ?> body = Dialogue.json(dialogue.sent().get(0));
        List<?> written = (List<?>) body.get(body.containsKey("contents") ? "contents" : "messages");

        Decoded decoded = dialogue.answer(200, "application/json", JsonValues.write(answer(protocol, written.get(1))))
                .decoded();

        ResultAssembler assembler = new ResultAssembler();
        decoded.events().forEach(assembler::accept);
        assertThat(decoded.completed()).isNotNull();
        assertThat(assembler.message()).as(name).isEqualTo(turn);
    }

    private static Object answer(WireProtocol protocol, Object message) {
        if (protocol.kind().equals(BackendKind.COHERE_CHAT)) {
            return Map.of("message", message, "finish_reason", "COMPLETE");
        }
        if (protocol.kind().equals(BackendKind.GOOGLE_GENAI)) {
            return Map.of("candidates", List.of(Map.of("content", message, "finishReason", "STOP")));
        }
        if (protocol.kind().equals(BackendKind.ANTHROPIC_MESSAGES)) {
            return Map.of(
                    "type", "message", "content", ((Map<?, ?>) message).get("content"), "stop_reason", "end_turn");
        }
        return protocol.kind().equals(BackendKind.OLLAMA)
                ? Map.of("model", "m", "message", message, "done", true, "done_reason", "stop")
                : Map.of(
                        "model",
                        "m",
                        "choices",
                        List.of(Map.of("index", 0, "message", message, "finish_reason", "stop")));
    }

    /** No kind borrows the protocol of another as a stand-in. */
    @Test
    @Tag("row-22")
    void protocols_found_areOneOfItsOwnForEachKind() {
        List<WireProtocol> found = ServiceLoader.load(WireProtocol.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();

        assertThat(found)
                .extracting(WireProtocol::kind)
                .containsExactlyInAnyOrder(
                        BackendKind.OPENAI_CHAT,
                        BackendKind.LLAMA_SERVER,
                        BackendKind.OLLAMA,
                        BackendKind.AZURE_OPENAI,
                        BackendKind.COHERE_CHAT,
                        BackendKind.GOOGLE_GENAI,
                        BackendKind.ANTHROPIC_MESSAGES,
                        OpenAiResponses.KIND);
        assertThat(found).extracting(Object::getClass).doesNotHaveDuplicates();
    }
}
