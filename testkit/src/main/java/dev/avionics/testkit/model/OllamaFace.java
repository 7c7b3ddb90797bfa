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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as Ollama: {@code /api/chat}, {@code /api/generate}, {@code /api/embed}, {@code /api/show},
 * {@code /api/tags}, {@code /api/version}. Looks at no key. Stricter than Ollama: see {@link OllamaShape}.
 */
public final class OllamaFace implements Function<SeenRequest, Reply> {
    private static final String TIME = "2026-01-01T00:00:00Z";
    private static final Set<String> ALL = Set.of("completion", "tools", "vision", "thinking", "embedding");

    private final SimulatedModel model;
    private final Set<String> abilities;

    private OllamaFace(SimulatedModel model, Set<String> abilities) {
        this.model = requireNonNull(model, "model");
        this.abilities = abilities;
    }

    /** A face of a model that can do everything. */
    public static OllamaFace of(SimulatedModel model) {
        return new OllamaFace(model, ALL);
    }

    /** This face of a model that cannot do some things: {@code tools}, {@code vision}, {@code thinking}, {@code embedding}. */
    public OllamaFace without(String... missing) {
        Set<String> left = new TreeSet<>(abilities);
        for (String one : missing) {
            if (!left.remove(one)) {
                throw new IllegalArgumentException("missing: " + one + " (expected: one of " + left + ")");
            }
        }
        return new OllamaFace(model, left);
    }

    @Override
    public Reply apply(SeenRequest request) {
        try {
            return switch (request.method() + " " + request.path()) {
                case "POST /api/chat" -> chat(Json.body(request));
                case "POST /api/generate" -> generate(Json.body(request));
                case "POST /api/embed" -> embed(Json.body(request));
                case "POST /api/show" -> show(Json.body(request));
                case "GET /api/tags" -> {
                    Map<String, @Nullable Object> details = object("family", "simulated", "parameter_size", "1B");
                    yield Reply.json(Json.write(object(
                            "models",
                            List.of(object("name", model.name(), "model", model.name(), "details", details)))));
                }
                case "GET /api/version" -> Reply.json("{\"version\":\"0.12.0\"}");
                default ->
                    Reply.status(404).header("Content-Type", "text/plain").part("404 page not found");
            };
        } catch (RefusedRequest why) {
            return Reply.json(why.status(), Json.write(object("error", why.words())));
        }
    }

    private Reply chat(Map<String, @Nullable Object> body) {
        OllamaShape.chat(body);
        return answer(body, false);
    }

    private Reply generate(Map<String, @Nullable Object> body) {
        OllamaShape.generate(body);
        return answer(body, true);
    }

    private void known(Map<String, @Nullable Object> body) {
        if (!Json.text(body, "model").equals(model.name())) {
            throw new RefusedRequest(404, "model", "model '" + Json.text(body, "model") + "' not found");
        }
    }

    private void able(String ability, String words) {
        if (!abilities.contains(ability)) {
            throw new RefusedRequest(400, ability, words);
        }
    }

    private Reply answer(Map<String, @Nullable Object> body, boolean generate) {
        known(body);
        Question question = question(body, generate);
        if (question.turns().isEmpty()) {
            return Reply.json(Json.write(end(
                    new Answer(List.of(), List.of(), List.of(), "load", Duration.ZERO, 0),
                    message("", "", generate),
                    generate)));
        }
        if (question.thinks()) {
            able("thinking", "\"" + model.name() + "\" does not support thinking");
        }
        if (!question.tools().isEmpty()) {
            able("tools", model.name() + " does not support tools");
        }
        if (question.turns().stream().anyMatch(turn -> turn.images() > 0)) {
            able("vision", "this model is missing data required for image input");
        }
        if (model.isTooLong(question)) {
            throw new RefusedRequest(
                    400,
                    "messages",
                    "prompt too long; exceeded max context length by " + (question.tokens() - model.context())
                            + " tokens");
        }
        Answer answer = model.answer(question);
        // Ollama streams unless it is told not to.
        if (Boolean.FALSE.equals(body.get("stream"))) {
            Map<String, @Nullable Object> message =
                    message(answer.text(), String.join("", answer.thinking()), generate);
            return Act.whole(answer, Reply.json(Json.write(end(answer, withCalls(message, answer), generate))));
        }
        Reply reply = Reply.stream("application/x-ndjson");
        for (String piece : answer.thinking()) {
            reply = reply.part(line(message("", piece, generate), generate));
        }
        for (String piece : answer.pieces()) {
            reply = reply.part(line(message(piece, "", generate), generate)).pause(answer.pause());
        }
        if (Act.isBroken(answer)) {
            return Act.brokenOff(reply, answer, Json.write(object("error", "an error was encountered")) + "\n");
        }
        if (!answer.calls().isEmpty()) {
            reply = reply.part(line(withCalls(message("", "", generate), answer), generate));
        }
        return reply.part(Json.write(end(answer, message("", "", generate), generate)) + "\n");
    }

    private static Question question(Map<String, @Nullable Object> body, boolean generate) {
        List<Turn> turns = new ArrayList<>();
        if (generate && !Json.text(body, "prompt").isEmpty()) {
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
                "json".equals(body.get("format")) ? object("type", "object") : Json.map(body.get("format")),
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
        frame.put("done_reason", answer.finish().equals("tool_calls") ? "stop" : answer.finish());
        frame.put("prompt_eval_count", answer.input());
        frame.put("eval_count", answer.output());
        return frame;
    }

    private Reply embed(Map<String, @Nullable Object> body) {
        OllamaShape.embed(body);
        known(body);
        able("embedding", "this model does not support embeddings");
        List<List<Double>> vectors = new ArrayList<>();
        int tokens = 0;
        for (String text : Json.texts(body.get("input"))) {
            vectors.add(model.vector(text));
            tokens += SimulatedModel.tokensOf(text);
        }
        return Reply.json(
                Json.write(object("model", model.name(), "embeddings", vectors, "prompt_eval_count", tokens)));
    }

    private Reply show(Map<String, @Nullable Object> body) {
        known(body);
        return Reply.json(Json.write(object(
                "capabilities",
                List.copyOf(new TreeSet<>(abilities)),
                "details",
                object("family", "simulated", "parameter_size", "1B"),
                "model_info",
                object("general.architecture", "simulated", "simulated.context_length", model.context()))));
    }
}
