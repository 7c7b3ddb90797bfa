package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as llama.cpp's server: {@code /apply-template}, {@code /completion}, {@code /tokenize}, {@code /health},
 * and the paths of an {@link OpenAiFace}. Its template is ChatML. All but {@code /health} want the key. Stricter than the
 * server, which passes over fields that it does not know.
 */
public final class LlamaServerFace implements Function<SeenRequest, Reply> {
    private static final Pattern TURN = Pattern.compile("<\\|im_start\\|>(\\w+)\\n(.*?)<\\|im_end\\|>", Pattern.DOTALL);
    private static final String THINK = "<think>\n";
    private static final String CHAT = "POST /v1/chat/completions";

    private static final Shape COMPLETION = new Shape(
            400,
            "unknown field: %s",
            Set.of(
                    "prompt",
                    "n_predict",
                    "temperature",
                    "top_k",
                    "top_p",
                    "min_p",
                    "typical_p",
                    "repeat_penalty",
                    "repeat_last_n",
                    "presence_penalty",
                    "frequency_penalty",
                    "seed",
                    "stop",
                    "grammar",
                    "json_schema",
                    "logit_bias",
                    "n_probs",
                    "ignore_eos",
                    "cache_prompt",
                    "id_slot",
                    "n_keep",
                    "t_max_predict_ms",
                    "samplers",
                    "return_tokens",
                    "timings_per_token",
                    "stream"));
    private static final Shape TEMPLATE_MESSAGE = new Shape(
            400,
            "unknown field of a message: %s",
            Set.of("role", "content", "name", "reasoning_content", "tool_calls", "tool_call_id"));
    private static final Shape TOKENIZE =
            new Shape(400, "unknown field: %s", Set.of("content", "add_special", "parse_special", "with_pieces"));

    private final SimulatedModel model;
    private final String key;
    private final OpenAiFace openAi;

    private LlamaServerFace(SimulatedModel model, String key) {
        this.model = requireNonNull(model, "model");
        this.key = requireNonNull(key, "key");
        openAi = OpenAiFace.of(model, "").ofAnyModel();
    }

    /**
     * A face that wants a key.
     *
     * @param key the only right one; empty for none
     */
    public static LlamaServerFace of(SimulatedModel model, String key) {
        return new LlamaServerFace(model, key);
    }

    @Override
    public Reply apply(SeenRequest request) {
        String call = request.method() + " " + request.path();
        if (call.equals("GET /health")) {
            return Reply.json("{\"status\":\"ok\"}");
        }
        boolean known =
                key.isEmpty() || request.header("Authorization").orElse("").equals("Bearer " + key);
        if (!known) {
            return error(401, "authentication_error", "Invalid API Key");
        }
        try {
            return switch (call) {
                case "GET /props" -> props();
                case "GET /v1/models" -> models();
                case "POST /apply-template" -> template(Json.body(request));
                case "POST /completion" -> completion(Json.body(request));
                case "POST /tokenize" -> tokenize(Json.body(request));
                case CHAT -> {
                    chat(Json.body(request));
                    yield openAi.apply(request);
                }
                default -> openAi.apply(request);
            };
        } catch (RefusedRequest why) {
            return error(why.status(), "invalid_request_error", why.words());
        }
    }

    private Reply props() {
        return Reply.json(Json.write(object(
                "default_generation_settings",
                object("n_ctx", model.context()),
                "total_slots",
                1,
                "model_path",
                model.name(),
                "build_info",
                "simulated")));
    }

    private Reply models() {
        return Reply.json(Json.write(object(
                "object",
                "list",
                "data",
                List.of(object("id", model.name(), "object", "model", "created", 1, "owned_by", "llamacpp")))));
    }

    /** Refuses what the server refuses of chats, or takes no notice of. */
    private static void chat(Map<String, @Nullable Object> body) {
        boolean tools = !Json.list(body.get("tools")).isEmpty();
        if (tools && body.containsKey("grammar")) {
            throw new RefusedRequest(400, "grammar", "Cannot use custom grammar constraints with tools.");
        }
        if (tools && Json.isTrue(body, "stream") && Json.isTrue(body, "logprobs")) {
            throw new RefusedRequest(400, "logprobs", "logprobs is not supported with tools + stream");
        }
        Object choice = body.get("tool_choice");
        if (choice != null && !(choice instanceof String)) {
            throw new RefusedRequest(400, "tool_choice", "tool_choice: an object is taken for auto");
        }
        messages(body);
    }

    private static List<?> messages(Map<String, @Nullable Object> body) {
        Shape.require(body, "messages");
        List<?> messages = Json.list(body.get("messages"));
        Set<String> calls = new HashSet<>();
        for (Object one : messages) {
            Map<String, @Nullable Object> message = Json.map(one);
            TEMPLATE_MESSAGE.check(message);
            Json.list(message.get("tool_calls")).forEach(call -> calls.add(Json.text(Json.map(call), "id")));
            boolean result = Json.text(message, "role").equals("tool");
            if (result && !calls.contains(Json.text(message, "tool_call_id"))) {
                throw new RefusedRequest(400, "messages", "a tool message answers no call");
            }
        }
        int last = messages.size() - 1;
        if (last > 0 && isAssistant(messages.get(last)) && isAssistant(messages.get(last - 1))) {
            throw new RefusedRequest(
                    400, "messages", "Cannot have 2 or more assistant messages at the end of the list.");
        }
        if (last >= 0
                && isAssistant(messages.get(last))
                && Json.isTrue(Json.map(body.get("chat_template_kwargs")), "enable_thinking")) {
            throw new RefusedRequest(
                    400, "messages", "Assistant response prefill is incompatible with enable_thinking.");
        }
        return messages;
    }

    private static boolean isAssistant(@Nullable Object message) {
        return Json.text(Json.map(message), "role").equals("assistant");
    }

    private static Reply template(Map<String, @Nullable Object> body) {
        StringBuilder prompt = new StringBuilder();
        for (Object tool : Json.list(body.get("tools"))) {
            prompt.append("<tool>").append(Json.write(tool)).append("</tool>\n");
        }
        boolean begun = false;
        for (Object message : messages(body)) {
            Turn turn = OpenAiFace.turn(Json.map(message));
            prompt.append(begun ? "<|im_end|>\n" : "");
            prompt.append("<|im_start|>").append(turn.role()).append('\n').append(turn.text());
            begun = turn.role().equals("assistant");
            prompt.append(begun ? "" : "<|im_end|>\n");
        }
        // A last turn of the assistant stays open: it is the beginning of the answer.
        prompt.append(begun ? "" : "<|im_start|>assistant\n");
        if (Json.isTrue(Json.map(body.get("chat_template_kwargs")), "enable_thinking")) {
            prompt.append(THINK);
        }
        return Reply.json(Json.write(object("prompt", prompt.toString())));
    }

    private static Reply tokenize(Map<String, @Nullable Object> body) {
        TOKENIZE.check(body);
        Shape.require(body, "content");
        List<Integer> tokens = new ArrayList<>();
        int count = SimulatedModel.tokensOf(Json.text(body, "content")) + (Json.isTrue(body, "add_special") ? 1 : 0);
        for (int i = 0; i < count; i++) {
            tokens.add(i);
        }
        return Reply.json(Json.write(object("tokens", tokens)));
    }

    private Reply completion(Map<String, @Nullable Object> body) {
        COMPLETION.check(body);
        if (!(body.get("prompt") instanceof String prompt)) {
            throw new RefusedRequest(400, "prompt", "\"prompt\" must be provided");
        }
        if (body.get("stop") != null && !(body.get("stop") instanceof List<?>)) {
            throw new RefusedRequest(400, "stop", "stop: a text is ignored, it must be an array");
        }
        if (body.containsKey("grammar") && body.containsKey("json_schema")) {
            throw new RefusedRequest(
                    400, "grammar", "Either \"json_schema\" or \"grammar\" can be specified, but not both");
        }
        List<Turn> turns = new ArrayList<>();
        for (Matcher turn = TURN.matcher(prompt); turn.find(); ) {
            turns.add(new Turn(turn.group(1), turn.group(2), 0));
        }
        Question question = new Question(
                turns,
                List.of(),
                Json.map(body.get("json_schema")),
                prompt.endsWith(THINK),
                Json.number(body, "temperature"),
                Json.number(body, "n_predict"),
                Json.texts(body.get("stop")));
        if (model.isTooLong(question)) {
            return error(
                    400,
                    "exceed_context_size_error",
                    "the request exceeds the available context size, try increasing it");
        }
        return answer(model.answer(question), Json.isTrue(body, "stream"));
    }

    private Reply answer(Answer answer, boolean streamed) {
        String thought = answer.thinking().isEmpty() ? "" : "</think>\n\n";
        if (!streamed) {
            String content = String.join("", answer.thinking()) + thought + answer.text();
            return Act.whole(answer, Reply.json(end(answer, content)));
        }
        Reply reply = Reply.sse();
        for (String piece : answer.thinking()) {
            reply = reply.event(piece(piece));
        }
        if (!thought.isEmpty()) {
            reply = reply.event(piece(thought));
        }
        for (String piece : answer.pieces()) {
            reply = reply.event(piece(piece)).pause(answer.pause());
        }
        if (Act.isBroken(answer)) {
            Map<String, @Nullable Object> why = object("code", 500, "message", "it failed", "type", "server_error");
            return Act.brokenOff(reply, answer, "data: " + Json.write(object("error", why)) + "\n\n");
        }
        return reply.event(end(answer, ""));
    }

    private String end(Answer answer, String content) {
        return Json.write(object(
                "content",
                content,
                "stop",
                true,
                "model",
                model.name(),
                "tokens_predicted",
                answer.output(),
                "tokens_evaluated",
                answer.input(),
                "truncated",
                false,
                "stop_type",
                answer.finish().equals("length") ? "limit" : "eos"));
    }

    private static String piece(String text) {
        return Json.write(object("content", text, "stop", false, "index", 0));
    }

    private static Reply error(int status, String type, String message) {
        return Reply.json(
                status, Json.write(object("error", object("code", status, "message", message, "type", type))));
    }
}
