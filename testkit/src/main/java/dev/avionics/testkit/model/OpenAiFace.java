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
 * A simulated model as an OpenAI-shaped server: {@code /v1/chat/completions}, {@code /v1/embeddings}, {@code /v1/models}.
 * Reasoning comes as {@code reasoning_content}.
 */
public final class OpenAiFace implements Function<SeenRequest, Reply> {
    private final SimulatedModel model;
    private final String key;
    private final boolean anyModel;

    private OpenAiFace(SimulatedModel model, String key, boolean anyModel) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
        this.anyModel = anyModel;
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one; empty for none
     */
    public static OpenAiFace of(SimulatedModel model, String key) {
        return new OpenAiFace(model, key, false);
    }

    /** This face with an answer for every name of a model. */
    OpenAiFace ofAnyModel() {
        return new OpenAiFace(model, key, true);
    }

    @Override
    public Reply apply(SeenRequest request) {
        boolean known =
                key.isEmpty() || request.header("Authorization").orElse("").equals("Bearer " + key);
        if (!known) {
            return error(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
        }
        return switch (request.method() + " " + request.path()) {
            case "POST /v1/chat/completions" -> chat(Json.body(request));
            case "POST /v1/embeddings" -> embeddings(Json.body(request));
            case "GET /v1/models" ->
                json(object(
                        "object",
                        "list",
                        "data",
                        List.of(object("id", model.name(), "object", "model", "created", 1))));
            default -> error(404, "invalid_request_error", null, "Unknown request URL: " + request.path());
        };
    }

    private Reply chat(Map<String, @Nullable Object> body) {
        if (!anyModel && !Json.text(body, "model").equals(model.name())) {
            return error(
                    404,
                    "invalid_request_error",
                    "model_not_found",
                    "The model `" + Json.text(body, "model") + "` does not exist.");
        }
        Question question = question(body);
        if (model.isTooLong(question)) {
            return error(
                    400,
                    "invalid_request_error",
                    "context_length_exceeded",
                    "This model's maximum context length is " + model.context() + " tokens, but the messages hold "
                            + question.tokens() + ".");
        }
        Answer answer = model.answer(question);
        if (!Json.isTrue(body, "stream")) {
            return json(whole(answer));
        }
        Reply reply = Reply.sse().event(chunk(object("role", "assistant", "content", ""), null));
        for (String piece : answer.thinking()) {
            reply = reply.event(chunk(object("reasoning_content", piece), null));
        }
        for (String piece : answer.pieces()) {
            reply = reply.event(chunk(object("content", piece), null)).pause(answer.pause());
        }
        if (!answer.calls().isEmpty()) {
            reply = reply.event(chunk(object("tool_calls", calls(answer, true)), null));
        }
        reply = reply.event(chunk(object(), answer.finish()));
        if (Json.isTrue(Json.map(body.get("stream_options")), "include_usage")) {
            Map<String, @Nullable Object> last = frame("chat.completion.chunk", List.of());
            last.put("usage", usage(answer.input(), answer));
            reply = reply.event(Json.write(last));
        }
        return reply.event("[DONE]");
    }

    private static Question question(Map<String, @Nullable Object> body) {
        List<Turn> turns = new ArrayList<>();
        Json.list(body.get("messages")).forEach(message -> turns.add(turn(Json.map(message))));
        List<Tool> tools = new ArrayList<>();
        for (Object tool : Json.list(body.get("tools"))) {
            Map<String, @Nullable Object> function = Json.map(Json.map(tool).get("function"));
            tools.add(new Tool(Json.text(function, "name"), Json.map(function.get("parameters"))));
        }
        Map<String, @Nullable Object> format = Json.map(body.get("response_format"));
        boolean thinks = body.containsKey("reasoning_effort")
                || Json.isTrue(Json.map(body.get("chat_template_kwargs")), "enable_thinking");
        return new Question(
                turns,
                tools,
                Json.text(format, "type").equals("json_object")
                        ? object("type", "object")
                        : Json.map(Json.map(format.get("json_schema")).get("schema")),
                thinks,
                Json.number(body, "temperature"),
                Json.number(body, body.containsKey("max_tokens") ? "max_tokens" : "max_completion_tokens"),
                Json.texts(body.get("stop")));
    }

    static Turn turn(Map<String, @Nullable Object> message) {
        StringBuilder text = new StringBuilder(Json.text(message, "content"));
        int images = 0;
        for (Object part : Json.list(message.get("content"))) {
            text.append(Json.text(Json.map(part), "text"));
            images += Json.text(Json.map(part), "type").equals("image_url") ? 1 : 0;
        }
        return new Turn(Json.text(message, "role"), text.toString(), images);
    }

    private Map<String, @Nullable Object> whole(Answer answer) {
        Map<String, @Nullable Object> message = object("role", "assistant", "content", answer.text());
        if (!answer.thinking().isEmpty()) {
            message.put("reasoning_content", String.join("", answer.thinking()));
        }
        if (!answer.calls().isEmpty()) {
            message.put("tool_calls", calls(answer, false));
        }
        Map<String, @Nullable Object> whole = frame(
                "chat.completion", List.of(object("index", 0, "message", message, "finish_reason", answer.finish())));
        whole.put("usage", usage(answer.input(), answer));
        return whole;
    }

    private static List<Map<String, @Nullable Object>> calls(Answer answer, boolean indexed) {
        List<Map<String, @Nullable Object>> calls = new ArrayList<>();
        for (ToolUse use : answer.calls()) {
            Map<String, @Nullable Object> function =
                    object("name", use.tool(), "arguments", Json.write(use.arguments()));
            calls.add(object(
                    "index", indexed ? calls.size() : null, "id", use.id(), "type", "function", "function", function));
        }
        return calls;
    }

    private String chunk(Map<String, @Nullable Object> delta, @Nullable String finish) {
        return Json.write(
                frame("chat.completion.chunk", List.of(object("index", 0, "delta", delta, "finish_reason", finish))));
    }

    private Map<String, @Nullable Object> frame(String kind, List<?> choices) {
        return object("id", "chatcmpl-1", "object", kind, "created", 1, "model", model.name(), "choices", choices);
    }

    private static Map<String, @Nullable Object> usage(int input, Answer answer) {
        return object(
                "prompt_tokens",
                input,
                "completion_tokens",
                answer.output(),
                "total_tokens",
                input + answer.output(),
                "completion_tokens_details",
                object("reasoning_tokens", answer.thinking().size()));
    }

    private Reply embeddings(Map<String, @Nullable Object> body) {
        List<Map<String, @Nullable Object>> data = new ArrayList<>();
        int tokens = 0;
        for (String text : Json.texts(body.get("input"))) {
            data.add(object("object", "embedding", "index", data.size(), "embedding", SimulatedModel.vector(text)));
            tokens += SimulatedModel.tokensOf(text);
        }
        return json(object(
                "object",
                "list",
                "data",
                data,
                "model",
                model.name(),
                "usage",
                object("prompt_tokens", tokens, "total_tokens", tokens)));
    }

    private static Reply json(Map<String, @Nullable Object> body) {
        return Reply.json(Json.write(body));
    }

    private static Reply error(int status, String type, @Nullable String code, String message) {
        return Reply.json(status, Json.write(object("error", object("message", message, "type", type, "code", code))));
    }
}
