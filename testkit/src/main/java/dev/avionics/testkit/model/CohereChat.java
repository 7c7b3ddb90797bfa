package dev.avionics.testkit.model;

import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Tool;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat with Cohere's API, held to the vendor's rules.
 *
 * @param question what is asked
 * @param streams whether the answer is to come piece by piece
 */
record CohereChat(Question question, boolean streams) {
    private static final Shape CHAT = CohereFace.shape(
            "model",
            "messages",
            "tools",
            "strict_tools",
            "documents",
            "citation_options",
            "response_format",
            "safety_mode",
            "max_tokens",
            "stop_sequences",
            "temperature",
            "seed",
            "frequency_penalty",
            "presence_penalty",
            "k",
            "p",
            "logprobs",
            "tool_choice",
            "thinking",
            "priority",
            "stream");
    private static final Map<String, Shape> MESSAGES = Map.of(
            "system", CohereFace.shape("role", "content"),
            "user", CohereFace.shape("role", "content"),
            "assistant", CohereFace.shape("role", "content", "tool_calls", "tool_plan", "citations"),
            "tool", CohereFace.shape("role", "tool_call_id", "content"));
    private static final Shape FORMAT = CohereFace.shape("type", "json_schema");
    private static final Shape THINKING = CohereFace.shape("type", "token_budget");

    /**
     * Reads a request.
     *
     * @throws RefusedRequest if the vendor would not take it
     */
    static CohereChat of(Map<String, @Nullable Object> body) {
        CHAT.check(body);
        Shape.require(body, "messages");
        within(body, "temperature", 0, 1);
        within(body, "p", 0.01, 0.99);
        within(body, "k", 0, 500);
        List<String> stop = Json.texts(body.get("stop_sequences"));
        if (stop.size() > 5) {
            throw refused("stop_sequences", "invalid request: at most 5 stop_sequences are allowed");
        }
        List<Tool> tools = tools(body);
        Map<String, @Nullable Object> format = Json.map(body.get("response_format"));
        FORMAT.check(format);
        if (!format.isEmpty() && (!tools.isEmpty() || body.containsKey("documents"))) {
            throw refused(
                    "response_format", "invalid request: response_format is not supported with tools or documents");
        }
        Map<String, @Nullable Object> thinking = Json.map(body.get("thinking"));
        THINKING.check(thinking);
        Question question = new Question(
                turns(body),
                Json.text(body, "tool_choice").equals("NONE") ? List.of() : tools,
                format.isEmpty() || format.containsKey("json_schema")
                        ? Json.map(format.get("json_schema"))
                        : Json.object("type", "object"),
                Json.text(thinking, "type").equals("enabled"),
                Json.number(body, "temperature"),
                Json.number(body, "max_tokens"),
                stop);
        return new CohereChat(question, Json.isTrue(body, "stream"));
    }

    private static List<Tool> tools(Map<String, @Nullable Object> body) {
        List<Tool> tools = new ArrayList<>();
        for (Object one : Json.list(body.get("tools"))) {
            Map<String, @Nullable Object> function = Json.map(Json.map(one).get("function"));
            Shape.require(function, "name");
            Shape.require(function, "parameters");
            tools.add(new Tool(Json.text(function, "name"), Json.map(function.get("parameters"))));
        }
        Object choice = body.get("tool_choice");
        if (choice != null && (tools.isEmpty() || !(choice.equals("REQUIRED") || choice.equals("NONE")))) {
            throw refused("tool_choice", "invalid request: tool_choice must be REQUIRED or NONE, and needs tools");
        }
        return tools;
    }

    private static List<Turn> turns(Map<String, @Nullable Object> body) {
        List<Turn> turns = new ArrayList<>();
        Set<String> open = new HashSet<>();
        for (Object one : Json.list(body.get("messages"))) {
            Map<String, @Nullable Object> message = Json.map(one);
            String role = Json.text(message, "role");
            Shape shape = MESSAGES.get(role);
            if (shape == null) {
                throw refused("role", "invalid request: role must be one of system, user, assistant, tool");
            }
            shape.check(message);
            if (role.equals("tool")) {
                String id = Json.text(message, "tool_call_id");
                if (!open.remove(id)) {
                    throw refused("tool_call_id", "invalid request: no tool call with id '" + id + "' came before");
                }
            } else if (!open.isEmpty()) {
                throw refused("messages", "invalid request: tool calls without results: " + open);
            }
            for (Object call : Json.list(message.get("tool_calls"))) {
                Shape.require(Json.map(call), "id");
                open.add(Json.text(Json.map(call), "id"));
            }
            if (open.isEmpty() || role.equals("tool")) {
                Shape.require(message, "content");
            }
            turns.add(turn(role, message.get("content")));
        }
        return turns;
    }

    private static Turn turn(String role, @Nullable Object content) {
        StringBuilder text = new StringBuilder(content instanceof String words ? words : "");
        int images = 0;
        for (Object part : Json.list(content)) {
            Map<String, @Nullable Object> block = Json.map(part);
            text.append(Json.text(block, "text"));
            switch (Json.text(block, "type")) {
                case "text", "thinking", "document" -> {}
                case "image_url" -> images++;
                default -> throw refused("content", "invalid request: unknown type of content");
            }
        }
        if (text.isEmpty() && images == 0 && role.equals("user")) {
            throw refused(
                    "content", "invalid request: message must be at least 1 token long or tool results must be given");
        }
        return new Turn(role, text.toString(), images);
    }

    private static void within(Map<String, @Nullable Object> body, String field, double least, double most) {
        Number value = Json.number(body, field);
        if (value != null && (value.doubleValue() < least || value.doubleValue() > most)) {
            throw refused(field, "invalid request: " + field + " must be between " + least + " and " + most);
        }
    }

    private static RefusedRequest refused(String field, String words) {
        return new RefusedRequest(400, field, words);
    }
}
