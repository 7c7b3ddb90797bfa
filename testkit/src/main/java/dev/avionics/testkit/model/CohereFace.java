package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.ToolUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as Cohere's API in version 2: {@code /v2/chat}, {@code /v2/embed}, {@code /v2/rerank}, {@code /v1/models}.
 * As strict as the vendor: fields that it does not know, values out of range, results of tools that nobody called, and an
 * embedding without its purpose are refused. It bills less than it counts, and its list of models comes page by page.
 */
public final class CohereFace implements Function<SeenRequest, Reply> {
    /** What the vendor's own instructions add to each prompt, without being billed. */
    private static final int PREAMBLE = 400;

    private static final Shape EMBED = shape(
            "model",
            "input_type",
            "texts",
            "images",
            "inputs",
            "embedding_types",
            "output_dimension",
            "max_tokens",
            "truncate");
    private static final Shape RERANK = shape("model", "query", "documents", "top_n", "max_tokens_per_doc", "priority");
    private static final Set<String> INPUT_TYPES =
            Set.of("search_document", "search_query", "classification", "clustering", "image");

    private final SimulatedModel model;
    private final String key;

    private CohereFace(SimulatedModel model, String key) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one
     */
    public static CohereFace of(SimulatedModel model, String key) {
        return new CohereFace(model, key);
    }

    static Shape shape(String... fields) {
        return new Shape(422, "unknown field: parameter '%s' is not a valid field", Set.of(fields));
    }

    @Override
    public Reply apply(SeenRequest request) {
        if (!request.header("Authorization").orElse("").equals("Bearer " + key)) {
            return error(401, "invalid api token");
        }
        try {
            return switch (request.method() + " " + request.path()) {
                case "POST /v2/chat" -> chat(Json.body(request));
                case "POST /v2/embed" -> embed(Json.body(request));
                case "POST /v2/rerank" -> rerank(Json.body(request));
                case "GET /v1/models" -> models(request.query().orElse(""));
                default -> error(404, "page not found: " + request.path());
            };
        } catch (RefusedRequest refused) {
            return error(refused.status(), refused.words());
        }
    }

    private void checkModel(Map<String, @Nullable Object> body) {
        Shape.require(body, "model");
        String name = Json.text(body, "model");
        if (!name.equals(model.name())) {
            throw new RefusedRequest(
                    404,
                    "model",
                    "model '" + name
                            + "' not found, make sure the correct model ID was used and that you have access to the model.");
        }
    }

    private Reply chat(Map<String, @Nullable Object> body) {
        CohereChat chat = CohereChat.of(body);
        checkModel(body);
        if (model.isTooLong(chat.question())) {
            return error(
                    400,
                    "too many tokens: size limit exceeded by "
                            + (chat.question().tokens() - model.context())
                            + " tokens. Try using shorter or fewer inputs. The limit for this model is "
                            + model.context() + " tokens.");
        }
        Answer answer = model.answer(chat.question());
        return chat.streams() ? streamed(answer) : Act.whole(answer, whole(answer));
    }

    private static Reply whole(Answer answer) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        if (!answer.thinking().isEmpty()) {
            content.add(object("type", "thinking", "thinking", String.join("", answer.thinking())));
        }
        if (!answer.pieces().isEmpty()) {
            content.add(object("type", "text", "text", answer.text()));
        }
        List<Object> calls = new ArrayList<>();
        answer.calls().forEach(use -> calls.add(call(use, Json.write(use.arguments()))));
        Map<String, @Nullable Object> message = object(
                "role", "assistant",
                "content", content.isEmpty() ? null : content,
                "tool_plan", calls.isEmpty() ? null : plan(answer),
                "tool_calls", calls.isEmpty() ? null : calls);
        return Reply.json(Json.write(
                object("id", "c1", "message", message, "finish_reason", finish(answer), "usage", usage(answer))));
    }

    private static Reply streamed(Answer answer) {
        Map<String, @Nullable Object> empty =
                object("role", "assistant", "content", List.of(), "tool_plan", "", "tool_calls", List.of());
        Reply reply = event(Reply.stream("text/event-stream"), "message-start", null, object("message", empty), "c1");
        int index = 0;
        if (!answer.thinking().isEmpty()) {
            reply = block(reply, index++, "thinking", answer.thinking(), answer);
        }
        if (!answer.pieces().isEmpty()) {
            reply = block(reply, index, "text", answer.pieces(), answer);
        }
        if (Act.isBroken(answer)) {
            Map<String, @Nullable Object> why = object("finish_reason", "ERROR", "error", "internal server error");
            String data = Json.write(object("type", "message-end", "delta", why));
            return Act.brokenOff(reply, answer, "event: message-end\ndata: " + data + "\n\n");
        }
        if (!answer.calls().isEmpty()) {
            reply = message(reply, "tool-plan-delta", null, "tool_plan", plan(answer));
        }
        // Calls are counted by themselves, from 0.
        for (int place = 0; place < answer.calls().size(); place++) {
            ToolUse use = answer.calls().get(place);
            reply = message(reply, "tool-call-start", place, "tool_calls", call(use, ""));
            Map<String, @Nullable Object> more = object("function", object("arguments", Json.write(use.arguments())));
            reply = message(reply, "tool-call-delta", place, "tool_calls", more);
            reply = event(reply, "tool-call-end", place, null, null);
        }
        Map<String, @Nullable Object> end = object("finish_reason", finish(answer), "usage", usage(answer));
        return event(reply, "message-end", null, end, null).part("data: [DONE]\n\n");
    }

    private static Reply block(Reply start, int index, String kind, List<String> pieces, Answer answer) {
        Reply reply = message(start, "content-start", index, "content", object("type", kind, kind, ""));
        for (String piece : pieces) {
            reply = message(reply, "content-delta", index, "content", object(kind, piece))
                    .pause(answer.pause());
        }
        return event(reply, "content-end", index, null, null);
    }

    private static Reply message(Reply reply, String type, @Nullable Integer index, String field, Object value) {
        return event(reply, type, index, object("message", object(field, value)), null);
    }

    private static Reply event(
            Reply reply, String type, @Nullable Integer index, @Nullable Object delta, @Nullable String id) {
        String data = Json.write(object("id", id, "type", type, "index", index, "delta", delta));
        return reply.part("event: " + type + "\ndata: " + data + "\n\n");
    }

    private static Map<String, @Nullable Object> call(ToolUse use, String arguments) {
        return object(
                "id", use.id(), "type", "function", "function", object("name", use.tool(), "arguments", arguments));
    }

    private static String plan(Answer answer) {
        return "I will use the " + answer.calls().get(0).tool() + " tool.";
    }

    private static String finish(Answer answer) {
        return switch (answer.finish()) {
            case "length" -> "MAX_TOKENS";
            case "tool_calls" -> "TOOL_CALL";
            default -> "COMPLETE";
        };
    }

    private static Map<String, @Nullable Object> usage(Answer answer) {
        return object(
                "billed_units",
                object("input_tokens", answer.input(), "output_tokens", answer.output()),
                "tokens",
                object("input_tokens", answer.input() + PREAMBLE, "output_tokens", answer.output() + 2),
                "cached_tokens",
                PREAMBLE / 2);
    }

    private Reply embed(Map<String, @Nullable Object> body) {
        EMBED.check(body);
        checkModel(body);
        Shape.require(body, "input_type");
        Shape.require(body, "embedding_types");
        if (!INPUT_TYPES.contains(Json.text(body, "input_type"))) {
            throw new RefusedRequest(400, "input_type", "invalid input_type: " + Json.text(body, "input_type"));
        }
        List<String> texts = Json.texts(body.get("texts"));
        if (texts.isEmpty() || texts.size() > 96) {
            throw new RefusedRequest(400, "texts", "invalid request: total number of texts must be from 1 to 96");
        }
        List<Object> vectors = new ArrayList<>();
        int tokens = 0;
        for (String text : texts) {
            vectors.add(model.vector(text));
            tokens += SimulatedModel.tokensOf(text);
        }
        return Reply.json(Json.write(object(
                "id",
                "e1",
                "embeddings",
                object("float", vectors),
                "texts",
                texts,
                "meta",
                object("billed_units", object("input_tokens", tokens)),
                "response_type",
                "embeddings_by_type")));
    }

    /** The more words of the question a document holds, the better it is. */
    private Reply rerank(Map<String, @Nullable Object> body) {
        RERANK.check(body);
        checkModel(body);
        Shape.require(body, "query");
        Shape.require(body, "documents");
        Set<String> wanted = words(Json.text(body, "query"));
        List<String> documents = Json.texts(body.get("documents"));
        Map<Integer, Double> scores = new LinkedHashMap<>();
        for (int place = 0; place < documents.size(); place++) {
            Set<String> common = words(documents.get(place));
            common.retainAll(wanted);
            scores.put(place, common.size() / (double) wanted.size());
        }
        Number most = Json.number(body, "top_n");
        List<Map<String, @Nullable Object>> results = new ArrayList<>();
        scores.entrySet().stream()
                .sorted(Map.Entry.<Integer, Double>comparingByValue().reversed())
                .limit(most == null ? documents.size() : most.intValue())
                .forEach(one -> results.add(object("index", one.getKey(), "relevance_score", one.getValue())));
        return Reply.json(Json.write(
                object("id", "r1", "results", results, "meta", object("billed_units", object("search_units", 1)))));
    }

    private static Set<String> words(String text) {
        return new HashSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("\\W+")));
    }

    /** One model on each page; the last is this one. */
    private Reply models(String query) {
        boolean last = query.contains("page_token=2");
        Map<String, @Nullable Object> one = object(
                "name", last ? model.name() : "simulated-embed",
                "endpoints", List.of(last ? "chat" : "embed"),
                "context_length", model.context());
        return Reply.json(Json.write(object("models", List.of(one), "next_page_token", last ? null : "2")));
    }

    private static Reply error(int status, String message) {
        return Reply.json(status, Json.write(object("id", "x1", "message", message)));
    }
}
