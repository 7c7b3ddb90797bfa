package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as Anthropic's Messages API: {@code /v1/messages}, {@code /v1/messages/count_tokens}, {@code /v1/models}.
 *
 * <p>As strict as the vendor: it refuses unknown fields, turns out of order, calls without results, thinking that it has not
 * signed itself, and what a version of the API or the model does not take. It pages its list of models one by one.
 */
public final class AnthropicFace implements Function<SeenRequest, Reply> {
    private static final List<String> VERSIONS = List.of("2023-06-01", "2026-10-21");

    private final SimulatedModel model;
    private final String key;

    private AnthropicFace(SimulatedModel model, String key) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
    }

    /**
     * A face that wants a key, in {@code x-api-key} or as a bearer token; the first wins.
     *
     * @param key the only right one; empty for none
     */
    public static AnthropicFace of(SimulatedModel model, String key) {
        return new AnthropicFace(model, key);
    }

    @Override
    public Reply apply(SeenRequest request) {
        try {
            checkKey(request);
            String version = request.header("anthropic-version").orElse("");
            if (!VERSIONS.contains(version)) {
                throw new RefusedRequest(
                        400,
                        "",
                        version.isEmpty()
                                ? "anthropic-version: header is required"
                                : version + " is not a valid version");
            }
            return switch (request.method() + " " + request.path()) {
                case "POST /v1/messages" -> answer(Json.body(request), version);
                case "POST /v1/messages/count_tokens" -> {
                    Question question = AnthropicRequest.read(model, Json.body(request), version, true);
                    yield Reply.json(Json.write(object("input_tokens", question.tokens())));
                }
                case "GET /v1/models" -> models(request.query().orElse(""));
                default -> throw new RefusedRequest(404, "", "Not found");
            };
        } catch (RefusedRequest refused) {
            return error(refused.status(), refused.words());
        }
    }

    private void checkKey(SeenRequest request) {
        String given = request.header("x-api-key")
                .orElseGet(() -> request.header("authorization")
                        .filter(value -> value.startsWith("Bearer "))
                        .map(value -> value.substring("Bearer ".length()))
                        .orElse(""));
        if (!key.isEmpty() && !given.equals(key)) {
            throw new RefusedRequest(401, "", "invalid x-api-key");
        }
    }

    /** A page of one model: the second is there to be found by who follows pages. */
    private Reply models(String query) {
        String after = "after_id=" + model.name();
        boolean second = query.contains(after);
        String id = second ? model.name() + "-older" : model.name();
        return Reply.json(Json.write(object(
                "data",
                List.of(object(
                        "type", "model", "id", id, "display_name", "Simulated", "created_at", "2026-01-01T00:00:00Z")),
                "has_more",
                !second,
                "first_id",
                id,
                "last_id",
                id)));
    }

    private Reply answer(Map<String, @Nullable Object> body, String version) {
        Question question = AnthropicRequest.read(model, body, version, false);
        if (model.isTooLong(question)) {
            throw new RefusedRequest(
                    400, "", "prompt is too long: " + question.tokens() + " tokens > " + model.context() + " maximum");
        }
        Answer answer = model.answer(question);
        return Json.isTrue(body, "stream") ? streamed(answer, question) : Act.whole(answer, whole(answer, question));
    }

    private Reply whole(Answer answer, Question question) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        if (!answer.thinking().isEmpty()) {
            String thought = String.join("", answer.thinking());
            content.add(
                    object("type", "thinking", "thinking", thought, "signature", AnthropicRequest.signature(thought)));
        }
        if (!answer.text().isEmpty()) {
            content.add(object("type", "text", "text", answer.text()));
        }
        for (ToolUse use : answer.calls()) {
            content.add(object("type", "tool_use", "id", use.id(), "name", use.tool(), "input", use.arguments()));
        }
        Map<String, @Nullable Object> message = head(content);
        message.put("stop_reason", stopReason(answer, question));
        message.put("usage", usage(answer, answer.output()));
        return Reply.json(Json.write(message));
    }

    private Reply streamed(Answer answer, Question question) {
        Map<String, @Nullable Object> message = head(List.of());
        message.put("stop_reason", null);
        message.put("usage", usage(answer, 1));
        Reply reply = event(Reply.stream("text/event-stream"), "message_start", "message", message);
        reply = event(reply, "ping");
        int index = 0;
        if (!answer.thinking().isEmpty()) {
            reply = start(reply, index, object("type", "thinking", "thinking", "", "signature", ""));
            for (String piece : answer.thinking()) {
                reply = delta(reply, index, object("type", "thinking_delta", "thinking", piece));
            }
            String signature = AnthropicRequest.signature(String.join("", answer.thinking()));
            reply = delta(reply, index, object("type", "signature_delta", "signature", signature));
            reply = event(reply, "content_block_stop", "index", index++);
        }
        if (!answer.pieces().isEmpty()) {
            reply = start(reply, index, object("type", "text", "text", ""));
            for (String piece : answer.pieces()) {
                reply = delta(reply, index, object("type", "text_delta", "text", piece))
                        .pause(answer.pause());
            }
            if (!Act.isBroken(answer)) {
                reply = event(reply, "content_block_stop", "index", index++);
            }
        }
        if (Act.isBroken(answer)) {
            Map<String, @Nullable Object> why = object("type", "api_error", "message", "Internal server error");
            String data = Json.write(object("type", "error", "error", why));
            return Act.brokenOff(reply, answer, "event: error\ndata: " + data + "\n\n");
        }
        for (ToolUse use : answer.calls()) {
            reply = start(
                    reply, index, object("type", "tool_use", "id", use.id(), "name", use.tool(), "input", Map.of()));
            reply = delta(reply, index, object("type", "input_json_delta", "partial_json", ""));
            for (String piece : Json.write(use.arguments()).split("(?<=[:,])", -1)) {
                reply = delta(reply, index, object("type", "input_json_delta", "partial_json", piece));
            }
            reply = event(reply, "content_block_stop", "index", index++);
        }
        Map<String, @Nullable Object> end = object("stop_reason", stopReason(answer, question));
        reply = event(reply, "message_delta", "delta", end, "usage", usage(answer, answer.output()));
        return event(reply, "message_stop");
    }

    private static Reply start(Reply reply, int index, Map<String, @Nullable Object> block) {
        return event(reply, "content_block_start", "index", index, "content_block", block);
    }

    private static Reply delta(Reply reply, int index, Map<String, @Nullable Object> delta) {
        return event(reply, "content_block_delta", "index", index, "delta", delta);
    }

    private static Reply event(Reply reply, String type, @Nullable Object... fields) {
        Map<String, @Nullable Object> data = object("type", type);
        data.putAll(object(fields));
        return reply.part("event: " + type + "\ndata: " + Json.write(data) + "\n\n");
    }

    private Map<String, @Nullable Object> head(List<?> content) {
        return object("id", "msg_1", "type", "message", "role", "assistant", "model", model.name(), "content", content);
    }

    private static String stopReason(Answer answer, Question question) {
        return switch (answer.finish()) {
            case "tool_calls" -> "tool_use";
            case "length" -> "max_tokens";
            case "content_filter" -> "refusal";
            default -> question.stop().isEmpty() ? "end_turn" : "stop_sequence";
        };
    }

    private static Map<String, @Nullable Object> usage(Answer answer, int output) {
        return object(
                "input_tokens",
                answer.input(),
                "cache_creation_input_tokens",
                0,
                "cache_read_input_tokens",
                0,
                "output_tokens",
                output,
                "output_tokens_details",
                object("thinking_tokens", Math.min(output, answer.thinking().size())));
    }

    private static Reply error(int status, String message) {
        String type = switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 503, 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
        return Reply.json(
                status,
                Json.write(object(
                        "type", "error", "error", object("type", type, "message", message), "request_id", "req_1")));
    }
}
