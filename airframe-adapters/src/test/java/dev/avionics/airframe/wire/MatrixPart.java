package dev.avionics.airframe.wire;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a conversation may hold: a column of the matrix. The conversation goes on from a turn of the model, as its backend
 * gave it. Words in capitals are what bodies are searched for.
 *
 * @param name the column
 * @param adjusted how adjustments name it, in small letters
 * @param without a conversation without it
 * @param with the same with it
 * @param words what must be in the body, in this order, if it is carried; none if the body then only differs
 */
record MatrixPart(
        String name,
        List<String> adjusted,
        Function<Message, InferenceRequest> without,
        Function<Message, InferenceRequest> with,
        Function<Message, List<String>> words) {
    static final String VENDOR_DATA = "vendor-data";
    static final String OPAQUE = "opaque";

    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather",
            "Tells the weather of a city",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"],"
                    + "\"additionalProperties\":false}");
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"SCHEMAFIELD\":{\"type\":\"string\"}},"
            + "\"required\":[\"SCHEMAFIELD\"],\"additionalProperties\":false}";
    private static final Part IMAGE = Part.image("image/png", "IMAGEDATA");
    private static final Part RESULT = Part.text("RESULTONE");

    static final List<MatrixPart> ALL = List.of(
            found("text", turn -> talk(texts(turn)), "USERONE", "ASSISTANTTEXT", "USERTWO"),
            found("image", turn -> shown(turn, IMAGE), "IMAGEDATA"),
            found(
                    "image-url",
                    turn -> shown(turn, Part.image(URI.create("https://pictures.example/IMAGEURL.png"))),
                    "https://pictures.example/IMAGEURL.png"),
            found(
                    "document",
                    turn -> shown(turn, document(new MediaSource.Inline("application/pdf", "PDFDATAA"))),
                    "PDFDATAA"),
            found(
                    "document-url",
                    turn -> shown(
                            turn,
                            document(new MediaSource.Url(
                                    URI.create("https://papers.example/PDFURL.pdf"), "application/pdf"))),
                    "https://papers.example/PDFURL.pdf"),
            part("thinking", List.of("thinking", "reasoning"), turn -> talk(thought(turn)), MatrixPart::thoughts),
            part(
                    "thinking-before-tools",
                    List.of("thinking", "reasoning"),
                    turn -> tools(thought(turn), calls(turn).subList(0, 1), List.of(RESULT), false),
                    MatrixPart::thoughts),
            part(VENDOR_DATA, List.of("thinking", "vendor", "text", "toolcall"), MatrixPart::whole, VendorBlobs::of),
            part(OPAQUE, List.of("opaque"), turn -> talk(opaques(turn)), VendorBlobs::raw),
            found("tool-call", MatrixPart::oneCall, "weather", "ARGONE"),
            found("parallel-calls", MatrixPart::twoCalls, "ARGONE", "ARGTWO"),
            differs(
                    "one-call-only",
                    List.of("paralleltoolcalls", "toolcall"),
                    MatrixPart::oneCall,
                    request -> request.toBuilder().parallelToolCalls(false).build()),
            differs(
                    "forced-tool",
                    List.of("toolchoice"),
                    MatrixPart::oneCall,
                    request -> request.toBuilder()
                            .toolChoice(ToolChoice.tool("weather"))
                            .build()),
            found("tool-result", MatrixPart::oneCall, "ARGONE", "RESULTONE", "USERTWO"),
            found(
                    "tool-result-image",
                    turn -> tools(List.of(), calls(turn).subList(0, 1), List.of(RESULT, IMAGE), false),
                    "RESULTONE",
                    "IMAGEDATA"),
            new MatrixPart(
                    "tool-error",
                    List.of("toolresult", "iserror"),
                    MatrixPart::oneCall,
                    turn -> tools(List.of(), calls(turn).subList(0, 1), List.of(RESULT), true),
                    turn -> List.of()),
            part(
                    "system-in-between",
                    List.of("system", "instruction"),
                    MatrixPart::instructed,
                    turn -> List.of("USERONE", "USERMID", "SYSTEMMID", "USERTWO")),
            differs(
                    "json-schema",
                    List.of("output", "schema", "responseformat"),
                    turn -> talk(texts(turn)),
                    request -> request.toBuilder()
                            .output(OutputFormat.jsonSchema("city", SCHEMA))
                            .build()),
            differs(
                    "cache-hint",
                    List.of("cache"),
                    turn -> talk(texts(turn)),
                    request -> asked(
                            request,
                            new Message(
                                    Role.USER, List.of(new Part.Text("USERONE", VendorData.none(), CacheHint.SHORT))))),
            found("refusal", turn -> talk(List.of(new Part.Refusal("REFUSALTEXT"))), "REFUSALTEXT"),
            differs(
                    "speaker",
                    List.of("name"),
                    turn -> talk(texts(turn)),
                    request ->
                            asked(request, new Message(Role.USER, List.of(Part.text("USERONE")), "SPEAKERNAME", null))),
            differs(
                    "depth-of-thinking",
                    List.of("thinking", "reasoning"),
                    turn -> talk(texts(turn)),
                    request -> request.toBuilder()
                            .thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH))
                            .build()));

    private static MatrixPart part(
            String name,
            List<String> adjusted,
            Function<Message, InferenceRequest> with,
            Function<Message, List<String>> words) {
        return new MatrixPart(name, adjusted, turn -> talk(texts(turn)), with, words);
    }

    private static MatrixPart found(String name, Function<Message, InferenceRequest> with, String... words) {
        String kind = name.startsWith("document")
                ? "document"
                : name.startsWith("image") ? "image" : name.startsWith("tool-result") ? "toolresult" : name;
        List<String> adjusted = switch (name) {
            case "tool-call", "parallel-calls" -> List.of("toolcall");
            case "tool-result-image" -> List.of("toolresult", "image");
            default -> List.of(kind);
        };
        return part(name, adjusted, with, turn -> List.of(words));
    }

    private static MatrixPart differs(
            String name,
            List<String> adjusted,
            Function<Message, InferenceRequest> without,
            UnaryOperator<InferenceRequest> change) {
        return new MatrixPart(name, adjusted, without, without.andThen(change), turn -> List.of());
    }

    private static InferenceRequest talk(List<? extends Part> said) {
        return InferenceRequest.builder()
                .message(Message.user("USERONE"))
                .message(new Message(Role.ASSISTANT, List.copyOf(said)))
                .message(Message.user("USERTWO"))
                .build();
    }

    private static InferenceRequest asked(InferenceRequest request, Message first) {
        List<Message> messages = new ArrayList<>(request.messages());
        messages.set(0, first);
        return request.toBuilder().messages(messages).build();
    }

    private static InferenceRequest shown(Message turn, Part part) {
        return asked(talk(texts(turn)), Message.user(Part.text("USERONE"), part));
    }

    private static InferenceRequest instructed(Message turn) {
        InferenceRequest talk = talk(texts(turn));
        List<Message> messages = new ArrayList<>(talk.messages());
        messages.addAll(2, List.of(Message.user("USERMID"), Message.system("SYSTEMMID")));
        return talk.toBuilder().messages(messages).build();
    }

    private static InferenceRequest oneCall(Message turn) {
        return tools(List.of(), calls(turn).subList(0, 1), List.of(RESULT), false);
    }

    private static InferenceRequest twoCalls(Message turn) {
        return tools(List.of(), calls(turn), List.of(RESULT), false);
    }

    /** The turn as it was, with results of its calls. */
    private static InferenceRequest whole(Message turn) {
        if (turn.toolCalls().isEmpty()) {
            return talk(turn.parts());
        }
        List<Part> before = turn.parts().stream()
                .filter(part -> !(part instanceof Part.ToolCall))
                .toList();
        return tools(before, turn.toolCalls(), List.of(RESULT), false);
    }

    private static InferenceRequest tools(
            List<? extends Part> before, List<Part.ToolCall> calls, List<Part> result, boolean failed) {
        List<Part> said = new ArrayList<>(before);
        said.addAll(calls);
        InferenceRequest.Builder request =
                InferenceRequest.builder().message(Message.user("USERONE")).message(new Message(Role.ASSISTANT, said));
        for (Part.ToolCall call : calls) {
            request.message(new Message(
                    Role.TOOL,
                    List.of(new Part.ToolResult(call.id(), call.name(), result, failed, VendorData.none(), null))));
        }
        return request.message(Message.user("USERTWO")).tool(WEATHER).build();
    }

    private static Part document(MediaSource source) {
        return new Part.Document(source, "paper.pdf", VendorData.none(), null);
    }

    private static List<Part> texts(Message turn) {
        return of(turn, Part.Text.class);
    }

    private static List<Part> thought(Message turn) {
        List<Part> parts = of(turn, Part.Thinking.class);
        parts.addAll(texts(turn));
        return parts;
    }

    private static List<Part> opaques(Message turn) {
        List<Part> parts = of(turn, Part.Opaque.class);
        parts.addAll(texts(turn));
        return parts;
    }

    private static List<Part> of(Message turn, Class<? extends Part> kind) {
        return new ArrayList<>(turn.only(kind));
    }

    /** The turn's calls; of a backend that makes none, calls by hand. */
    private static List<Part.ToolCall> calls(Message turn) {
        List<Part.ToolCall> calls = turn.toolCalls();
        return calls.isEmpty()
                ? List.of(
                        new Part.ToolCall("call_1", "weather", "{\"city\":\"ARGONE\"}"),
                        new Part.ToolCall("call_2", "weather", "{\"city\":\"ARGTWO\"}"))
                : calls;
    }

    private static List<String> thoughts(Message turn) {
        return turn.thinking().isEmpty() ? List.of() : List.of("THINKINGTEXT");
    }

    /** Whether the turn's backend gives such a thing at all. */
    boolean isIn(Message turn) {
        return switch (name) {
            case "thinking", "thinking-before-tools", VENDOR_DATA, OPAQUE ->
                !words.apply(turn).isEmpty();
            default -> true;
        };
    }
}
