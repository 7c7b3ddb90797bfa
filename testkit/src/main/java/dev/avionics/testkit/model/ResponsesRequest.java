package dev.avionics.testkit.model;

import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Tool;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a request to the Responses API as strictly as OpenAI does. */
final class ResponsesRequest {
    private static final String UNKNOWN = "Unknown parameter: '%s'.";

    private static final Shape BODY = shape(
            "model",
            "input",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "temperature",
            "top_p",
            "top_logprobs",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "text",
            "reasoning",
            "store",
            "include",
            "previous_response_id",
            "conversation",
            "truncation",
            "stream",
            "stream_options",
            "metadata",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_options",
            "user",
            "background");
    private static final Shape TEXT = shape("format", "verbosity");
    private static final Shape FORMAT = shape("type", "name", "schema", "strict", "description");
    private static final Shape REASONING = shape("effort", "summary");
    private static final Shape TOOL = shape("type", "name", "description", "parameters", "strict");
    private static final Shape CHOICE = shape("type", "name");
    private static final Map<String, Shape> ITEMS = Map.of(
            "message", shape("type", "id", "role", "content", "status", "phase"),
            "reasoning", shape("type", "id", "summary", "content", "encrypted_content", "status"),
            "function_call", shape("type", "id", "call_id", "name", "arguments", "status"),
            "function_call_output", shape("type", "id", "call_id", "output", "status"));
    private static final Map<String, Shape> CONTENTS = Map.of(
            "input_text", shape("type", "text"),
            "input_image", shape("type", "image_url", "file_id", "detail"),
            "input_file", shape("type", "filename", "file_data", "file_url", "file_id"),
            "output_text", shape("type", "text", "annotations", "logprobs"),
            "refusal", shape("type", "refusal"));
    private static final Set<String> OF_ASSISTANT = Set.of("output_text", "refusal");
    private static final Set<String> EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    private final List<Turn> turns = new ArrayList<>();
    private final Set<String> reasonings = new TreeSet<>();
    private final Set<String> called = new TreeSet<>();
    private final Set<String> open = new TreeSet<>();

    private ResponsesRequest() {}

    private static Shape shape(String... fields) {
        return new Shape(400, UNKNOWN, Set.of(fields));
    }

    /** What is asked. */
    static Question read(Map<String, @Nullable Object> body) {
        BODY.check(body);
        ResponsesRequest read = new ResponsesRequest();
        read.input(body);
        List<Tool> tools = tools(body);
        checkChoice(body, tools);
        Map<String, @Nullable Object> reasoning = Json.map(body.get("reasoning"));
        REASONING.check(reasoning);
        String effort = reasoning.containsKey("effort") ? Json.text(reasoning, "effort") : "none";
        if (!EFFORTS.contains(effort)) {
            throw refused(
                    "reasoning.effort", "Invalid value: '" + effort + "'. Supported values are: " + EFFORTS + ".");
        }
        return new Question(
                read.turns,
                tools,
                schema(body),
                !effort.equals("none"),
                Json.number(body, "temperature"),
                Json.number(body, "max_output_tokens"),
                List.of());
    }

    private static RefusedRequest refused(String param, String words) {
        return new RefusedRequest(400, param, words);
    }

    private static RefusedRequest missing(String param) {
        return refused(param, "Missing required parameter: '" + param + "'.");
    }

    private void input(Map<String, @Nullable Object> body) {
        if (!Json.text(body, "instructions").isEmpty()) {
            turns.add(new Turn("system", Json.text(body, "instructions"), 0));
        }
        Object input = body.get("input");
        if (input instanceof String text) {
            turns.add(new Turn("user", text, 0));
            return;
        }
        if (!(input instanceof List<?> items) || items.isEmpty()) {
            throw missing("input");
        }
        for (int i = 0; i < items.size(); i++) {
            item(Json.map(items.get(i)), "input[" + i + "]");
        }
        if (!open.isEmpty()) {
            throw refused(
                    "input",
                    "No tool output found for function call " + open.iterator().next() + ".");
        }
    }

    private void item(Map<String, @Nullable Object> item, String where) {
        String type = item.containsKey("type") ? Json.text(item, "type") : "message";
        Shape shape = ITEMS.get(type);
        if (shape == null) {
            throw refused(
                    where,
                    "Invalid value: '" + type + "'. Supported values are: " + new TreeSet<>(ITEMS.keySet()) + ".");
        }
        shape.check(item);
        switch (type) {
            case "message" -> message(item, where);
            case "reasoning" -> reasoning(item, where);
            case "function_call" -> call(item, where);
            default -> output(item, where);
        }
    }

    private void message(Map<String, @Nullable Object> item, String where) {
        String role = Json.text(item, "role");
        if (!Set.of("user", "assistant", "system", "developer").contains(role)) {
            throw refused(where + ".role", "Invalid value: '" + role + "'.");
        }
        Object content = item.get("content");
        if (content == null || List.of().equals(content)) {
            throw missing(where + ".content");
        }
        turns.add(content(role, content, where + ".content"));
    }

    private static Turn content(String role, @Nullable Object content, String where) {
        if (content instanceof String text) {
            return new Turn(role, text, 0);
        }
        StringBuilder words = new StringBuilder();
        int images = 0;
        List<?> parts = Json.list(content);
        for (int i = 0; i < parts.size(); i++) {
            Map<String, @Nullable Object> part = Json.map(parts.get(i));
            String type = Json.text(part, "type");
            Shape shape = CONTENTS.get(type);
            if (shape == null || OF_ASSISTANT.contains(type) != role.equals("assistant")) {
                throw refused(
                        where + "[" + i + "]", "Invalid value: '" + type + "'. It is not supported for " + role + ".");
            }
            shape.check(part);
            words.append(Json.text(part, "text"));
            images += type.equals("input_image") ? 1 : 0;
        }
        return new Turn(role, words.toString(), images);
    }

    /** Reasoning must be what this face gave out, to the last letter. */
    private void reasoning(Map<String, @Nullable Object> item, String where) {
        StringBuilder words = new StringBuilder();
        Json.list(item.get("summary")).forEach(part -> words.append(Json.text(Json.map(part), "text")));
        String id = Json.text(item, "id");
        if (!item.containsKey("summary")) {
            throw missing(where + ".summary");
        }
        if (item.get("encrypted_content") == null) {
            throw new RefusedRequest(
                    404,
                    where,
                    "Item with id '" + id + "' not found. Items are not persisted when `store` is set to false.");
        }
        if (!encrypted(id, words.toString()).equals(item.get("encrypted_content"))) {
            throw refused(
                    where + ".encrypted_content", "The encrypted content for item " + id + " could not be verified.");
        }
        reasonings.add(id);
    }

    /** What the words of a reasoning item are encrypted to. */
    static String encrypted(String id, String words) {
        return "gAAAA" + Integer.toHexString((id + words).hashCode()) + "==";
    }

    private void call(Map<String, @Nullable Object> item, String where) {
        for (String field : List.of("call_id", "name", "arguments")) {
            if (!(item.get(field) instanceof String)) {
                throw missing(where + "." + field);
            }
        }
        String id = Json.text(item, "id");
        String reasoning = ResponsesFace.reasoningOf(id);
        if (!reasoning.isEmpty() && !reasonings.contains(reasoning)) {
            throw refused(
                    where,
                    "Item '" + id + "' of type 'function_call' was provided without its required 'reasoning' item: '"
                            + reasoning + "'.");
        }
        called.add(Json.text(item, "call_id"));
        open.add(Json.text(item, "call_id"));
        turns.add(new Turn("assistant", Json.text(item, "arguments"), 0));
    }

    private void output(Map<String, @Nullable Object> item, String where) {
        String id = Json.text(item, "call_id");
        if (!called.contains(id)) {
            throw refused("input", "No tool call found for function call output with call_id " + id + ".");
        }
        if (item.get("output") == null) {
            throw missing(where + ".output");
        }
        open.remove(id);
        turns.add(content("tool", item.get("output"), where + ".output"));
    }

    private static List<Tool> tools(Map<String, @Nullable Object> body) {
        List<Tool> tools = new ArrayList<>();
        List<?> given = Json.list(body.get("tools"));
        for (int i = 0; i < given.size(); i++) {
            Map<String, @Nullable Object> tool = Json.map(given.get(i));
            String where = "tools[" + i + "]";
            if (!Json.text(tool, "type").equals("function")) {
                throw refused(where + ".type", "This face takes tools of type function only.");
            }
            if (Json.text(tool, "name").isEmpty()) {
                throw missing(where + ".name");
            }
            TOOL.check(tool);
            tools.add(new Tool(Json.text(tool, "name"), Json.map(tool.get("parameters"))));
        }
        return tools;
    }

    private static void checkChoice(Map<String, @Nullable Object> body, List<Tool> tools) {
        Object choice = body.get("tool_choice");
        if (choice == null) {
            return;
        }
        if (choice instanceof Map<?, ?>) {
            Map<String, @Nullable Object> named = Json.map(choice);
            CHOICE.check(named);
            String name = Json.text(named, "name");
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw refused("tool_choice", "Tool choice '" + name + "' not found in 'tools' parameter.");
            }
        } else if (!Set.of("auto", "none", "required").contains(choice)) {
            throw refused("tool_choice", "Invalid value: '" + choice + "'.");
        }
    }

    private static Map<String, @Nullable Object> schema(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> text = Json.map(body.get("text"));
        TEXT.check(text);
        Map<String, @Nullable Object> format = Json.map(text.get("format"));
        FORMAT.check(format);
        if (Json.text(format, "type").equals("json_schema")) {
            for (String field : List.of("name", "schema")) {
                if (format.get(field) == null) {
                    throw missing("text.format." + field);
                }
            }
        }
        return Json.map(format.get("schema"));
    }
}
