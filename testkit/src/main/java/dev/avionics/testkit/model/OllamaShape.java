package dev.avionics.testkit.model;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Ollama takes. It passes over fields and options that it does not know; here they are refused, so that a test tells
 * whoever sends one.
 */
final class OllamaShape {
    private static final String UNKNOWN = "json: unknown field \"%s\"";
    private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

    private static final Shape CHAT = new Shape(
            400,
            UNKNOWN,
            Set.of(
                    "model",
                    "messages",
                    "tools",
                    "format",
                    "options",
                    "think",
                    "keep_alive",
                    "stream",
                    "truncate",
                    "shift",
                    "logprobs",
                    "top_logprobs"));
    private static final Shape GENERATE = new Shape(
            400,
            UNKNOWN,
            Set.of(
                    "model",
                    "prompt",
                    "suffix",
                    "system",
                    "template",
                    "images",
                    "format",
                    "options",
                    "raw",
                    "context",
                    "think",
                    "keep_alive",
                    "stream",
                    "truncate",
                    "shift",
                    "logprobs",
                    "top_logprobs"));
    private static final Shape EMBED =
            new Shape(400, UNKNOWN, Set.of("model", "input", "truncate", "dimensions", "keep_alive", "options"));
    private static final Shape MESSAGE = new Shape(
            400, UNKNOWN, Set.of("role", "content", "images", "thinking", "tool_calls", "tool_name", "tool_call_id"));
    private static final Shape OPTIONS = new Shape(
            400,
            "option \"%s\" is not known",
            Set.of(
                    "num_predict",
                    "temperature",
                    "top_k",
                    "top_p",
                    "min_p",
                    "typical_p",
                    "repeat_last_n",
                    "repeat_penalty",
                    "presence_penalty",
                    "frequency_penalty",
                    "seed",
                    "stop",
                    "num_ctx",
                    "num_keep",
                    "num_batch",
                    "num_gpu",
                    "num_thread",
                    "main_gpu",
                    "use_mmap"));

    private OllamaShape() {}

    /** Refuses what is no request for a chat. */
    static void chat(Map<String, @Nullable Object> body) {
        CHAT.check(body);
        common(body);
        Set<String> calls = new HashSet<>();
        for (Object one : list(body, "messages")) {
            message(Json.map(one), calls);
        }
        for (Object tool : list(body, "tools")) {
            Map<String, @Nullable Object> function = Json.map(Json.map(tool).get("function"));
            if (!Json.text(Json.map(tool), "type").equals("function")
                    || Json.text(function, "name").isEmpty()
                    || !(function.get("parameters") instanceof Map<?, ?>)) {
                throw new RefusedRequest(400, "tools", "invalid tool: want type function, name and parameters");
            }
        }
    }

    /** Refuses what is no request for one prompt. */
    static void generate(Map<String, @Nullable Object> body) {
        GENERATE.check(body);
        common(body);
        string(body, "prompt");
        string(body, "system");
        images(body);
    }

    /** Refuses what is no request for embeddings. */
    static void embed(Map<String, @Nullable Object> body) {
        EMBED.check(body);
        options(body);
        if (!(body.get("input") instanceof String) && !(body.get("input") instanceof List<?>)) {
            throw new RefusedRequest(400, "input", "invalid input type");
        }
    }

    private static void common(Map<String, @Nullable Object> body) {
        options(body);
        Object format = body.get("format");
        if (format != null && !format.equals("json") && !(format instanceof Map<?, ?>)) {
            throw new RefusedRequest(400, "format", "invalid format: " + Json.write(format));
        }
        Object think = body.get("think");
        if (think != null
                && !(think instanceof Boolean)
                && !Set.of("low", "medium", "high", "max").contains(think)) {
            throw new RefusedRequest(400, "think", "invalid think value: " + Json.write(think));
        }
        Object keep = body.get("keep_alive");
        if (keep instanceof String text && text.matches("-?[0-9]+")) {
            throw new RefusedRequest(400, "keep_alive", "time: missing unit in duration \"" + text + "\"");
        }
    }

    private static void options(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> options = Json.map(body.get("options"));
        OPTIONS.check(options);
        options.forEach((name, value) -> {
            boolean right = switch (name) {
                case "stop" -> value instanceof List<?>;
                case "use_mmap" -> value instanceof Boolean;
                default -> value instanceof Number;
            };
            if (!right) {
                throw new RefusedRequest(
                        400, "options", "option \"" + name + "\" is of another type: " + Json.write(value));
            }
        });
    }

    private static void message(Map<String, @Nullable Object> message, Set<String> calls) {
        MESSAGE.check(message);
        String role = Json.text(message, "role");
        if (!ROLES.contains(role)) {
            throw new RefusedRequest(
                    400,
                    "messages",
                    "invalid role: " + role + ", must be one of [\"user\" \"assistant\" \"system\" \"tool\"]");
        }
        string(message, "content");
        string(message, "thinking");
        images(message);
        for (Object one : list(message, "tool_calls")) {
            Map<String, @Nullable Object> function = Json.map(Json.map(one).get("function"));
            if (!(function.get("arguments") instanceof Map<?, ?>)) {
                throw new RefusedRequest(
                        400,
                        "messages",
                        "json: cannot unmarshal string into Go struct field ToolCallFunction.arguments of type map");
            }
            calls.add(Json.text(Json.map(one), "id"));
        }
        if (role.equals("tool") && !calls.contains(Json.text(message, "tool_call_id"))) {
            throw new RefusedRequest(400, "messages", "a tool message answers no call");
        }
    }

    private static List<?> list(Map<String, @Nullable Object> object, String name) {
        Object value = object.get(name);
        if (value != null && !(value instanceof List<?>)) {
            throw new RefusedRequest(400, name, "json: cannot unmarshal value into Go struct field " + name);
        }
        return Json.list(value);
    }

    private static void string(Map<String, @Nullable Object> object, String name) {
        Object value = object.get(name);
        if (value != null && !(value instanceof String)) {
            String type = value instanceof List<?> ? "array" : "object";
            throw new RefusedRequest(
                    400, name, "json: cannot unmarshal " + type + " into Go struct field ." + name + " of type string");
        }
    }

    private static void images(Map<String, @Nullable Object> object) {
        for (Object image : list(object, "images")) {
            if (!(image instanceof String text) || !text.matches("[A-Za-z0-9+/]+={0,2}")) {
                throw new RefusedRequest(400, "images", "illegal base64 data at input byte 4");
            }
        }
    }
}
