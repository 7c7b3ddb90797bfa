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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as an OpenAI-shaped server: {@code /v1/chat/completions}, {@code /v1/embeddings}, {@code /v1/models}.
 * Reasoning comes as {@code reasoning_content}.
 */
public final class OpenAiFace implements Function<SeenRequest, Reply> {
    private static final Pattern DEPLOYMENT = Pattern.compile("/deployments/([^/]+)/");
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final SimulatedModel model;
    private final String key;
    private final boolean anyModel;
    private final @Nullable OpenAiVendor vendor;

    private OpenAiFace(SimulatedModel model, String key, boolean anyModel, @Nullable OpenAiVendor vendor) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
        this.anyModel = anyModel;
        this.vendor = vendor;
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one; empty for none
     */
    public static OpenAiFace of(SimulatedModel model, String key) {
        return new OpenAiFace(model, key, false, null);
    }

    /**
     * A face that refuses what a vendor would refuse, at the vendor's paths.
     *
     * @param key the only right one
     */
    public static OpenAiFace strict(OpenAiVendor vendor, SimulatedModel model, String key) {
        return new OpenAiFace(model, key, false, requireNonNull(vendor, "vendor"));
    }

    /** This face with an answer for every name of a model. */
    public OpenAiFace ofAnyModel() {
        return new OpenAiFace(model, key, true, vendor);
    }

    @Override
    public Reply apply(SeenRequest request) {
        try {
            return vendor == null ? answer(request, path(request)) : strictly(vendor, request);
        } catch (RefusedRequest refusal) {
            return error(refusal.status(), type(refusal.status()), null, refusal.words());
        }
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    private Reply strictly(OpenAiVendor strict, SeenRequest request) {
        String operation = strict.operation(request);
        if (!strict.knows(request, key)) {
            return wrongKey();
        }
        if (operation.equals("chat/completions")) {
            strict.checkChat(Json.body(request));
        } else if (operation.equals("embeddings")) {
            strict.checkEmbeddings(Json.body(request));
        }
        Reply ready = model.later().remove(operation);
        if (ready != null) {
            return ready;
        }
        Reply reply = answer(request, operation);
        boolean whole = operation.equals("chat/completions") && !Json.isTrue(Json.body(request), "stream");
        if (strict != OpenAiVendor.NVIDIA_NIM || !whole) {
            return reply;
        }
        // What is not streamed may take longer than the vendor keeps a connection: it is asked for again.
        String id = "req-" + NUMBERS.incrementAndGet();
        model.later().put("status/" + id, reply);
        return Reply.json(202, Json.write(object("requestId", id))).header("NVCF-REQID", id);
    }

    private static String path(SeenRequest request) {
        return request.path().startsWith("/v1/") ? request.path().substring("/v1/".length()) : request.path();
    }

    private static Reply wrongKey() {
        return error(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
    }

    private Reply answer(SeenRequest request, String operation) {
        boolean open = key.isEmpty()
                || vendor != null
                || request.header("Authorization").orElse("").equals("Bearer " + key);
        if (!open) {
            return wrongKey();
        }
        return switch (request.method() + " " + operation) {
            case "POST chat/completions" -> chat(named(request));
            case "POST embeddings" -> embeddings(Json.body(request));
            case "GET models" ->
                json(object(
                        "object",
                        "list",
                        "data",
                        List.of(object("id", model.name(), "object", "model", "created", 1))));
            default -> error(404, "invalid_request_error", null, "Unknown request URL: " + request.path());
        };
    }

    /** The body, with the name of the deployment as the model where the path tells it. */
    private static Map<String, @Nullable Object> named(SeenRequest request) {
        Matcher deployment = DEPLOYMENT.matcher(request.path());
        Map<String, @Nullable Object> body = new LinkedHashMap<>(Json.body(request));
        if (deployment.find()) {
            body.put("model", deployment.group(1));
        }
        return body;
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
            return Act.whole(answer, json(whole(answer)));
        }
        Reply reply = Reply.sse().event(chunk(object("role", "assistant", "content", ""), null));
        for (String piece : answer.thinking()) {
            reply = reply.event(chunk(object("reasoning_content", piece), null));
        }
        for (String piece : answer.pieces()) {
            reply = reply.event(chunk(object("content", piece), null)).pause(answer.pause());
        }
        if (!answer.calls().isEmpty()) {
            reply = calls(reply, answer);
        }
        if (Act.isBroken(answer)) {
            Map<String, @Nullable Object> why =
                    object("message", "The server had an error.", "type", "server_error", "code", null);
            return Act.brokenOff(reply, answer, "data: " + Json.write(object("error", why)) + "\n\n");
        }
        reply = reply.event(chunk(object(), answer.finish()));
        if ((vendor != null && vendor.alwaysTellsUsage())
                || Json.isTrue(Json.map(body.get("stream_options")), "include_usage")) {
            Map<String, @Nullable Object> last = frame("chat.completion.chunk", List.of());
            last.put("usage", usage(answer.input(), answer));
            reply = reply.event(Json.write(last));
        }
        return reply.event("[DONE]");
    }

    private Reply calls(Reply reply, Answer answer) {
        if (vendor == null || !vendor.streamsArguments()) {
            return reply.event(chunk(object("tool_calls", calls(answer, true)), null));
        }
        Reply pieces = reply;
        for (int i = 0; i < answer.calls().size(); i++) {
            ToolUse use = answer.calls().get(i);
            String arguments = Json.write(use.arguments());
            int half = arguments.length() / 2;
            Map<String, @Nullable Object> begin = object("name", use.tool(), "arguments", "");
            pieces = pieces.event(call(object("index", i, "id", use.id(), "type", "function", "function", begin)));
            pieces = pieces.event(
                    call(object("index", i, "function", object("arguments", arguments.substring(0, half)))));
            pieces = pieces.event(call(object("index", i, "function", object("arguments", arguments.substring(half)))));
        }
        return pieces;
    }

    private String call(Map<String, @Nullable Object> delta) {
        return chunk(object("tool_calls", List.of(delta)), null);
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
                Json.text(format, "type").equals("json_object") ? object("type", "object") : schema(body, format),
                thinks,
                Json.number(body, "temperature"),
                Json.number(body, body.containsKey("max_tokens") ? "max_tokens" : "max_completion_tokens"),
                Json.texts(body.get("stop")));
    }

    private static Map<String, @Nullable Object> schema(
            Map<String, @Nullable Object> body, Map<String, @Nullable Object> format) {
        Object guided = Json.map(body.get("nvext")).get("guided_json");
        return Json.map(
                guided != null ? guided : Json.map(format.get("json_schema")).get("schema"));
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
            data.add(object("object", "embedding", "index", data.size(), "embedding", model.vector(text)));
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
