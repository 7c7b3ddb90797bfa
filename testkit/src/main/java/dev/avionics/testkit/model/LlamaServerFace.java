package dev.avionics.testkit.model;

import static dev.avionics.testkit.model.Json.object;
import static java.util.Objects.requireNonNull;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated model as llama.cpp's server: {@code /apply-template}, {@code /completion}, {@code /health}, and the paths of
 * an {@link OpenAiFace}. Its template is ChatML. All but {@code /health} want the key.
 */
public final class LlamaServerFace implements Function<SeenRequest, Reply> {
    private static final Pattern TURN = Pattern.compile("<\\|im_start\\|>(\\w+)\\n(.*?)<\\|im_end\\|>", Pattern.DOTALL);
    private static final String THINK = "<think>\n";

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
        return switch (call) {
            case "POST /apply-template" -> template(Json.body(request));
            case "POST /completion" -> completion(Json.body(request));
            default -> openAi.apply(request);
        };
    }

    private static Reply template(Map<String, @Nullable Object> body) {
        StringBuilder prompt = new StringBuilder();
        for (Object message : Json.list(body.get("messages"))) {
            Turn turn = OpenAiFace.turn(Json.map(message));
            prompt.append("<|im_start|>").append(turn.role()).append('\n');
            prompt.append(turn.text()).append("<|im_end|>\n");
        }
        prompt.append("<|im_start|>assistant\n");
        if (Json.isTrue(Json.map(body.get("chat_template_kwargs")), "enable_thinking")) {
            prompt.append(THINK);
        }
        return Reply.json(Json.write(object("prompt", prompt.toString())));
    }

    private Reply completion(Map<String, @Nullable Object> body) {
        String prompt = Json.text(body, "prompt");
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
        Answer answer = model.answer(question);
        Reply reply = Reply.sse();
        for (String piece : answer.thinking()) {
            reply = reply.event(piece(piece));
        }
        if (!answer.thinking().isEmpty()) {
            reply = reply.event(piece("</think>\n\n"));
        }
        for (String piece : answer.pieces()) {
            reply = reply.event(piece(piece)).pause(answer.pause());
        }
        return reply.event(Json.write(object(
                "content",
                "",
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
                answer.finish().equals("length") ? "limit" : "eos")));
    }

    private static String piece(String text) {
        return Json.write(object("content", text, "stop", false, "index", 0));
    }

    private static Reply error(int status, String type, String message) {
        return Reply.json(
                status, Json.write(object("error", object("code", status, "message", message, "type", type))));
    }
}
