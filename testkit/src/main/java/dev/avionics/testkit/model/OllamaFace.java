package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Tool;
import dev.avionics.testkit.model.SimulatedModel.ToolUse;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as Ollama: {@code /api/chat}, {@code /api/generate}, {@code /api/embed}, {@code /api/tags},
 * {@code /api/version}. Looks at no key.
 */
public final class OllamaFace implements Function<SeenRequest, Reply> {
    private static final String TIME = "2026-01-01T00:00:00Z";

    private final SimulatedModel model;

    private OllamaFace(SimulatedModel model) {
        this.model = requireNonNull(model, "model");
    }

    /** A face of a model. */
    public static OllamaFace of(SimulatedModel model) {
        return new OllamaFace(model);
    }

    @Override
    public Reply apply(SeenRequest request) {
        return switch (request.method() + " " + request.path()) {
            case "POST /api/chat" -> answer(Json.body(request), false);
            case "POST /api/generate" -> answer(Json.body(request), true);
            case "POST /api/embed" -> embed(Json.body(request));
            case "GET /api/tags" -> {
                Map<String, @Nullable Object> details = object("family", "simulated", "parameter_size", "1B");
                yield Reply.json(Json.write(object(
                        "models", List.of(object("name", model.name(), "model", model.name(), "details", details)))));
            }
            case "GET /api/version" -> Reply.json("{\"version\":\"0.12.0\"}");
            default -> Reply.of("text/plain", "404 page not found");
        };
    }

    private Reply answer(Map<String, @Nullable Object> body, boolean generate) {
        if (!Json.text(body, "model").equals(model.name())) {
            return error(404, "model '" + Json.text(body, "model") + "' not found");
        }
        Question question = question(body, generate);
        if (model.isTooLong(question)) {
            return error(
                    400,
                    "prompt too long; exceeded max context length by " + (question.tokens() - model.context())
                            + " tokens");
        }
        Answer answer = model.answer(question);
        // Ollama streams unless it is told not to.
        if (Boolean.FALSE.equals(body.get("stream"))) {
            Map<String, @Nullable Object> message =
                    message(answer.text(), String.join("", answer.thinking()), generate);
            return Reply.json(Json.write(end(answer, withCalls(message, answer), generate)));
        }
        Reply reply = Reply.stream("application/x-ndjson");
        for (String piece : answer.thinking()) {
            reply = reply.part(line(message("", piece, generate), generate));
        }
        for (String piece : answer.pieces()) {
            reply = reply.part(line(message(piece, "", generate), generate)).pause(answer.pause());
        }
        if (!answer.calls().isEmpty()) {
            reply = reply.part(line(withCalls(message("", "", generate), answer), generate));
        }
        return reply.part(Json.write(end(answer, message("", "", generate), generate)) + "\n");
    }

    private static Question question(Map<String, @Nullable Object> body, boolean generate) {
        List<Turn> turns = new ArrayList<>();
        if (generate) {
            turns.add(new Turn("system", Json.text(body, "system"), 0));
            turns.add(new Turn(
                    "user",
                    Json.text(body, "prompt"),
                    Json.list(body.get("images")).size()));
        }
        for (Object one : Json.list(body.get("messages"))) {
            Map<String, @Nullable Object> message = Json.map(one);
            turns.add(new Turn(
                    Json.text(message, "role"),
                    Json.text(message, "content"),
                    Json.list(message.get("images")).size()));
        }
        List<Tool> tools = new ArrayList<>();
        for (Object tool : Json.list(body.get("tools"))) {
            Map<String, @Nullable Object> function = Json.map(Json.map(tool).get("function"));
            tools.add(new Tool(Json.text(function, "name"), Json.map(function.get("parameters"))));
        }
        Map<String, @Nullable Object> options = Json.map(body.get("options"));
        Object think = body.get("think");
        return new Question(
                turns,
                tools,
                Json.map(body.get("format")),
                think != null && !think.equals(false),
                Json.number(options, "temperature"),
                Json.number(options, "num_predict"),
                Json.texts(options.get("stop")));
    }

    private static Map<String, @Nullable Object> message(String text, String thinking, boolean generate) {
        return object(
                "role",
                generate ? null : "assistant",
                generate ? "response" : "content",
                text,
                "thinking",
                thinking.isEmpty() ? null : thinking);
    }

    private static Map<String, @Nullable Object> withCalls(Map<String, @Nullable Object> message, Answer answer) {
        List<Map<String, @Nullable Object>> calls = new ArrayList<>();
        for (ToolUse use : answer.calls()) {
            calls.add(object("id", use.id(), "function", object("name", use.tool(), "arguments", use.arguments())));
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        return message;
    }

    private Map<String, @Nullable Object> frame(Map<String, @Nullable Object> message, boolean generate) {
        Map<String, @Nullable Object> frame = object("model", model.name(), "created_at", TIME);
        if (generate) {
            frame.putAll(message);
        } else {
            frame.put("message", message);
        }
        return frame;
    }

    private String line(Map<String, @Nullable Object> message, boolean generate) {
        Map<String, @Nullable Object> frame = frame(message, generate);
        frame.put("done", false);
        return Json.write(frame) + "\n";
    }

    private Map<String, @Nullable Object> end(Answer answer, Map<String, @Nullable Object> message, boolean generate) {
        Map<String, @Nullable Object> frame = frame(message, generate);
        frame.put("done", true);
        frame.put("done_reason", answer.finish().equals("length") ? "length" : "stop");
        frame.put("prompt_eval_count", answer.input());
        frame.put("eval_count", answer.output());
        return frame;
    }

    private Reply embed(Map<String, @Nullable Object> body) {
        List<List<Double>> vectors = new ArrayList<>();
        int tokens = 0;
        for (String text : Json.texts(body.get("input"))) {
            vectors.add(SimulatedModel.vector(text));
            tokens += SimulatedModel.tokensOf(text);
        }
        return Reply.json(
                Json.write(object("model", model.name(), "embeddings", vectors, "prompt_eval_count", tokens)));
    }

    private static Reply error(int status, String message) {
        return Reply.json(status, Json.write(object("error", message)));
    }
}
