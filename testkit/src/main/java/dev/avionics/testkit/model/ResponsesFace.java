package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as OpenAI's Responses API: {@code /v1/responses}, and the other paths of an {@link OpenAiFace}.
 *
 * <p>As strict as OpenAI: unknown fields, calls without results and results without calls are refused, and so is reasoning
 * that comes back changed, or a call that comes back by its id without the reasoning that led to it. Reasoning is encrypted
 * where the request asks for it. Arguments of tools come in pieces, and every event is named and numbered.
 */
public final class ResponsesFace implements Function<SeenRequest, Reply> {
    private static final String THOUGHT = "fc_of_";

    private final SimulatedModel model;
    private final String key;
    private final OpenAiFace others;
    private final AtomicInteger ids = new AtomicInteger();

    private ResponsesFace(SimulatedModel model, String key) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
        others = OpenAiFace.of(model, key);
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one; empty for none
     */
    public static ResponsesFace of(SimulatedModel model, String key) {
        return new ResponsesFace(model, key);
    }

    /** The reasoning that a call needs beside it, by the call's id; empty for none. */
    static String reasoningOf(String callItem) {
        return callItem.startsWith(THOUGHT) ? callItem.substring(THOUGHT.length()) : "";
    }

    @Override
    public Reply apply(SeenRequest request) {
        if (!(request.method() + " " + request.path()).equals("POST /v1/responses")) {
            return others.apply(request);
        }
        if (!key.isEmpty() && !request.header("Authorization").orElse("").equals("Bearer " + key)) {
            return error(401, "", "invalid_api_key", "Incorrect API key provided.");
        }
        try {
            return answer(Json.body(request));
        } catch (RefusedRequest refused) {
            boolean unknown = refused.words().startsWith("Unknown parameter");
            return error(refused.status(), refused.param(), unknown ? "unknown_parameter" : null, refused.words());
        } catch (InferenceException notJson) {
            return error(400, "", null, "We could not parse the JSON body of your request. " + notJson.getMessage());
        }
    }

    private Reply answer(Map<String, @Nullable Object> body) {
        if (!Json.text(body, "model").equals(model.name())) {
            return error(
                    400,
                    "model",
                    "model_not_found",
                    "The requested model '" + Json.text(body, "model") + "' does not exist.");
        }
        Question question = ResponsesRequest.read(body);
        if (model.isTooLong(question)) {
            return error(
                    400,
                    "input",
                    "context_length_exceeded",
                    "Your input exceeds the context window of this model. Please adjust your input and try again.");
        }
        Answer answer = model.answer(question);
        boolean encrypted = Json.list(body.get("include")).contains("reasoning.encrypted_content");
        List<Map<String, @Nullable Object>> items = items(answer, encrypted);
        return Json.isTrue(body, "stream")
                ? new Stream(answer, items).reply()
                : Act.whole(answer, Reply.json(Json.write(response(answer, items))));
    }

    private List<Map<String, @Nullable Object>> items(Answer answer, boolean encrypted) {
        int number = ids.incrementAndGet();
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        String reasoning = "rs_" + number;
        if (!answer.thinking().isEmpty()) {
            String words = String.join("", answer.thinking());
            items.add(object(
                    "id",
                    reasoning,
                    "type",
                    "reasoning",
                    "summary",
                    List.of(object("type", "summary_text", "text", words)),
                    "encrypted_content",
                    encrypted ? ResponsesRequest.encrypted(reasoning, words) : null));
        }
        if (!answer.text().isEmpty()) {
            items.add(message("msg_" + number, "completed", List.of(text(answer.text()))));
        }
        for (ToolUse use : answer.calls()) {
            boolean thought = encrypted && !answer.thinking().isEmpty();
            items.add(object(
                    "id",
                    thought ? THOUGHT + reasoning : "fc_" + number + "_" + items.size(),
                    "type",
                    "function_call",
                    "status",
                    "completed",
                    "call_id",
                    use.id(),
                    "name",
                    use.tool(),
                    "arguments",
                    Json.write(use.arguments())));
        }
        return items;
    }

    private static Map<String, @Nullable Object> message(String id, String status, List<?> content) {
        return object("id", id, "type", "message", "status", status, "role", "assistant", "content", content);
    }

    private static Map<String, @Nullable Object> text(String words) {
        return object("type", "output_text", "annotations", List.of(), "logprobs", List.of(), "text", words);
    }

    private Map<String, @Nullable Object> response(Answer answer, List<Map<String, @Nullable Object>> items) {
        String reason = incomplete(answer);
        Map<String, @Nullable Object> response = response(reason == null ? "completed" : "incomplete", items);
        response.put("incomplete_details", reason == null ? null : object("reason", reason));
        int thought = answer.thinking().size();
        response.put(
                "usage",
                object(
                        "input_tokens",
                        answer.input(),
                        "input_tokens_details",
                        object("cached_tokens", 0),
                        "output_tokens",
                        answer.output(),
                        "output_tokens_details",
                        object("reasoning_tokens", thought),
                        "total_tokens",
                        answer.input() + answer.output()));
        return response;
    }

    private static @Nullable String incomplete(Answer answer) {
        return switch (answer.finish()) {
            case "length" -> "max_output_tokens";
            case "content_filter" -> "content_filter";
            default -> null;
        };
    }

    private Map<String, @Nullable Object> response(String status, List<Map<String, @Nullable Object>> items) {
        Map<String, @Nullable Object> response =
                object("id", "resp_1", "object", "response", "created_at", 1, "status", status, "model", model.name());
        response.put("error", null);
        response.put("output", items);
        return response;
    }

    /** The events of one answer. */
    private final class Stream {
        private final Answer answer;
        private final List<Map<String, @Nullable Object>> items;
        private Reply reply = Reply.sse();
        private int number;
        private int place;

        Stream(Answer answer, List<Map<String, @Nullable Object>> items) {
            this.answer = answer;
            this.items = items;
        }

        Reply reply() {
            event("response.created", "response", response("in_progress", List.of()));
            event("response.in_progress", "response", response("in_progress", List.of()));
            for (Map<String, @Nullable Object> item : items) {
                switch (Json.text(item, "type")) {
                    case "reasoning" -> reasoning(item);
                    case "message" -> message(item);
                    default -> call(item);
                }
                boolean last = place == items.size() - 1;
                if (!last || !Act.isBroken(answer)) {
                    event("response.output_item.done", "output_index", place, "item", item);
                }
                place++;
            }
            if (Act.isBroken(answer)) {
                return broken();
            }
            event(
                    incomplete(answer) != null ? "response.incomplete" : "response.completed",
                    "response",
                    response(answer, items));
            return reply;
        }

        private Reply broken() {
            Map<String, @Nullable Object> failed = response("failed", List.of());
            failed.put("error", object("code", "server_error", "message", "The server had an error."));
            Map<String, @Nullable Object> event =
                    object("type", "response.failed", "sequence_number", number, "response", failed);
            return Act.brokenOff(reply, answer, "event: response.failed\ndata: " + Json.write(event) + "\n\n");
        }

        private void event(String type, @Nullable Object... fields) {
            Map<String, @Nullable Object> event = object("type", type, "sequence_number", number++);
            event.putAll(object(fields));
            reply = reply.part("event: " + type + "\ndata: " + Json.write(event) + "\n\n");
        }

        private void piece(String type, Map<String, @Nullable Object> item, String field, Object value) {
            event(type, "item_id", item.get("id"), "output_index", place, "content_index", 0, field, value);
        }

        private void added(Map<String, @Nullable Object> item, String open, Object empty) {
            Map<String, @Nullable Object> begun = object();
            begun.putAll(item);
            begun.put(open, empty);
            begun.put("status", "in_progress");
            begun.remove("encrypted_content");
            event("response.output_item.added", "output_index", place, "item", begun);
        }

        private void reasoning(Map<String, @Nullable Object> item) {
            added(item, "summary", List.of());
            for (String piece : answer.thinking()) {
                piece("response.reasoning_summary_text.delta", item, "delta", piece);
            }
            piece("response.reasoning_summary_text.done", item, "text", String.join("", answer.thinking()));
        }

        private void message(Map<String, @Nullable Object> item) {
            added(item, "content", List.of());
            piece("response.content_part.added", item, "part", text(""));
            for (String piece : answer.pieces()) {
                piece("response.output_text.delta", item, "delta", piece);
                reply = reply.pause(answer.pause());
            }
            if (Act.isBroken(answer)) {
                return;
            }
            piece("response.output_text.done", item, "text", answer.text());
            piece("response.content_part.done", item, "part", text(answer.text()));
        }

        private void call(Map<String, @Nullable Object> item) {
            added(item, "arguments", "");
            String arguments = Json.text(item, "arguments");
            int half = arguments.length() / 2;
            piece("response.function_call_arguments.delta", item, "delta", arguments.substring(0, half));
            piece("response.function_call_arguments.delta", item, "delta", arguments.substring(half));
            piece("response.function_call_arguments.done", item, "arguments", arguments);
        }
    }

    private static Reply error(int status, String param, @Nullable String code, String message) {
        Map<String, @Nullable Object> error =
                object("message", message, "type", status < 500 ? "invalid_request_error" : "server_error");
        error.put("param", param.isEmpty() ? null : param);
        error.put("code", code);
        return Reply.json(status, Json.write(object("error", error)));
    }
}
