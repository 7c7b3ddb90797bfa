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

/** Reads a request of Anthropic's Messages API, and refuses what the vendor refuses. */
final class AnthropicRequest {
    private static final String EXTRA = "%s: Extra inputs are not permitted";
    private static final Shape COUNT =
            shape("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config");
    private static final Shape MESSAGE = shape(
            "model",
            "messages",
            "system",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "max_tokens",
            "stop_sequences",
            "temperature",
            "top_p",
            "top_k",
            "metadata",
            "service_tier",
            "stream");
    private static final Map<String, Shape> BLOCKS = Map.of(
            "text", shape("type", "text", "citations", "cache_control"),
            "image", shape("type", "source", "cache_control"),
            "document", shape("type", "source", "title", "context", "citations", "cache_control"),
            "tool_use", shape("type", "id", "name", "input", "caller", "cache_control"),
            "tool_result", shape("type", "tool_use_id", "content", "is_error", "cache_control"),
            "thinking", shape("type", "thinking", "signature"),
            "redacted_thinking", shape("type", "data"));
    private static final Shape TURN = shape("role", "content");
    private static final Shape TOOL = shape("type", "name", "description", "input_schema", "strict", "cache_control");
    private static final Set<String> REFUSED_KEYWORDS = Set.of(
            "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems", "not");
    private static final int MOST_MARKS = 4;

    private final List<Turn> turns = new ArrayList<>();
    private final Set<String> unanswered = new HashSet<>();
    private int marks;

    private AnthropicRequest() {}

    private static Shape shape(String... fields) {
        return new Shape(400, EXTRA, Set.of(fields));
    }

    /**
     * Reads one request.
     *
     * @param version of the API
     * @param count whether tokens are only counted
     */
    static Question read(SimulatedModel model, Map<String, @Nullable Object> body, String version, boolean count) {
        (count ? COUNT : MESSAGE).check(body);
        Shape.require(body, "model");
        if (!count) {
            Shape.require(body, "max_tokens");
        }
        Shape.require(body, "messages");
        if (!Json.text(body, "model").equals(model.name())) {
            throw new RefusedRequest(404, "model", "model: " + Json.text(body, "model"));
        }
        boolean thinks = thinks(body);
        checkSampling(body, version, thinks);
        AnthropicRequest request = new AnthropicRequest();
        request.system(body.get("system"));
        request.messages(Json.list(body.get("messages")));
        List<Tool> tools = tools(body);
        Map<String, @Nullable Object> choice = Json.map(body.get("tool_choice"));
        if (thinks && List.of("any", "tool").contains(Json.text(choice, "type"))) {
            throw refused("Thinking may not be enabled when tool_choice forces tool use.");
        }
        Map<String, @Nullable Object> format =
                Json.map(Json.map(body.get("output_config")).get("format"));
        Map<String, @Nullable Object> schema = Json.map(format.get("schema"));
        checkSchema(schema);
        return new Question(
                request.turns,
                chosen(tools, choice),
                schema,
                thinks,
                Json.number(body, "temperature"),
                Json.number(body, "max_tokens"),
                Json.texts(body.get("stop_sequences")));
    }

    private static RefusedRequest refused(String words) {
        return new RefusedRequest(400, "", words);
    }

    private static boolean thinks(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> thinking = Json.map(body.get("thinking"));
        String type = Json.text(thinking, "type");
        if (type.equals("enabled")) {
            Number budget = Json.number(thinking, "budget_tokens");
            Number most = Json.number(body, "max_tokens");
            if (budget == null || budget.intValue() < 1024) {
                throw refused("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
            }
            if (most != null && budget.intValue() >= most.intValue()) {
                throw refused("`max_tokens` must be greater than `thinking.budget_tokens`.");
            }
        }
        return type.equals("enabled") || type.equals("adaptive");
    }

    private static void checkSampling(Map<String, @Nullable Object> body, String version, boolean thinks) {
        for (String name : List.of("temperature", "top_p", "top_k")) {
            if (body.containsKey(name) && version.compareTo("2026-10-21") >= 0) {
                throw refused(String.format(EXTRA, name));
            }
        }
        Number temperature = Json.number(body, "temperature");
        if (temperature != null && (temperature.doubleValue() < 0 || temperature.doubleValue() > 1)) {
            throw refused("temperature: range: 0..1");
        }
        if (temperature != null && thinks && temperature.doubleValue() != 1) {
            throw refused("`temperature` may only be set to 1 when thinking is enabled.");
        }
        if (temperature != null && body.containsKey("top_p")) {
            throw refused("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        }
        if (thinks && body.containsKey("top_k")) {
            throw refused("`top_k` must be unset when thinking is enabled.");
        }
    }

    private void system(@Nullable Object system) {
        StringBuilder text = new StringBuilder(system instanceof String words ? words : "");
        for (Object block : Json.list(system)) {
            text.append(text(Json.map(block), "system"));
        }
        if (text.length() > 0) {
            turns.add(new Turn("system", text.toString(), 0));
        }
    }

    private void messages(List<?> messages) {
        if (messages.isEmpty()) {
            throw refused("messages: at least one message is required");
        }
        String before = "";
        for (int i = 0; i < messages.size(); i++) {
            Map<String, @Nullable Object> message = Json.map(messages.get(i));
            TURN.check(message);
            String role = Json.text(message, "role");
            if (!role.equals("user") && !role.equals("assistant")) {
                throw refused("messages." + i + ".role: Input should be 'user' or 'assistant'");
            }
            if (i == 0 && !role.equals("user")) {
                throw refused("messages: first message must use the \"user\" role");
            }
            if (!role.equals(before)) {
                before = role;
                turn(message, role, "messages." + i);
            } else {
                throw refused("messages: roles must alternate between \"user\" and \"assistant\"");
            }
        }
        if (before.equals("assistant")) {
            throw refused("This model does not support assistant message prefill.");
        }
    }

    private void turn(Map<String, @Nullable Object> message, String role, String place) {
        Object content = message.get("content");
        List<?> blocks = content instanceof String text
                ? List.of(Json.object("type", "text", "text", text))
                : Json.list(content);
        if (blocks.isEmpty()) {
            throw refused(place + ".content: at least one block is required");
        }
        StringBuilder text = new StringBuilder();
        StringBuilder results = new StringBuilder();
        Set<String> calls = new HashSet<>();
        int images = 0;
        boolean other = false;
        for (Object one : blocks) {
            Map<String, @Nullable Object> block = Json.map(one);
            String type = Json.text(block, "type");
            checkBlock(block, type, role, place);
            switch (type) {
                case "text" -> text.append(text(block, place));
                case "image" -> images++;
                case "thinking" -> checkSignature(block, place);
                case "tool_use" -> calls.add(Json.text(block, "id"));
                case "tool_result" -> {
                    if (other) {
                        throw refused(place + ": `tool_result` blocks must come first");
                    }
                    results.append(result(block, place));
                }
                default -> {}
            }
            other |= !type.equals("tool_result");
        }
        if (!unanswered.isEmpty()) {
            throw refused(place + ": `tool_use` ids were found without `tool_result` blocks immediately after: "
                    + String.join(", ", unanswered));
        }
        unanswered.addAll(calls);
        if (results.length() > 0) {
            turns.add(new Turn("tool", results.toString(), 0));
        }
        if (other) {
            turns.add(new Turn(role, text.toString(), images));
        }
    }

    private void checkBlock(Map<String, @Nullable Object> block, String type, String role, String place) {
        Shape shape = BLOCKS.get(type);
        if (shape == null) {
            throw refused(place + ".content: unknown type '" + type + "'");
        }
        shape.check(block);
        boolean ofModel = type.equals("tool_use") || type.contains("thinking");
        boolean ofUser = type.equals("tool_result") || type.equals("image") || type.equals("document");
        if (role.equals("user") ? ofModel : ofUser) {
            throw refused(place + ": `" + type + "` blocks are not allowed in " + role + " messages");
        }
        if (block.get("cache_control") != null && ++marks > MOST_MARKS) {
            throw refused("A maximum of 4 blocks with cache_control may be provided. Found " + marks + ".");
        }
        if (type.equals("tool_use")) {
            if (!(block.get("input") instanceof Map)) {
                throw refused(place + ".tool_use.input: Input should be a valid dictionary");
            }
            if (!Json.text(block, "id").matches("[a-zA-Z0-9_-]{1,64}")) {
                throw refused(place + ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
            }
        }
    }

    private static String text(Map<String, @Nullable Object> block, String place) {
        String text = Json.text(block, "text");
        if (text.isBlank()) {
            throw refused(place + ": text content blocks must contain non-whitespace text");
        }
        return text;
    }

    private String result(Map<String, @Nullable Object> block, String place) {
        String id = Json.text(block, "tool_use_id");
        if (!unanswered.remove(id)) {
            throw refused(place + ": unexpected `tool_use_id` found in `tool_result` blocks: " + id);
        }
        StringBuilder text = new StringBuilder(Json.text(block, "content"));
        for (Object one : Json.list(block.get("content"))) {
            text.append(Json.text(Json.map(one), "text"));
        }
        return text.toString();
    }

    private static void checkSignature(Map<String, @Nullable Object> block, String place) {
        if (!Json.text(block, "signature").equals(signature(Json.text(block, "thinking")))) {
            throw refused(place + ": Invalid `signature` in `thinking` block");
        }
    }

    /** What the model signs its thinking with. */
    static String signature(String thinking) {
        return "c2lnbmVk" + Integer.toHexString(thinking.hashCode());
    }

    private static List<Tool> tools(Map<String, @Nullable Object> body) {
        List<Tool> tools = new ArrayList<>();
        for (Object one : Json.list(body.get("tools"))) {
            Map<String, @Nullable Object> tool = Json.map(one);
            TOOL.check(tool);
            Shape.require(tool, "name");
            Shape.require(tool, "input_schema");
            Map<String, @Nullable Object> schema = Json.map(tool.get("input_schema"));
            if (!Json.text(schema, "type").equals("object")) {
                throw refused("tools.0.custom.input_schema.type: Field required");
            }
            tools.add(new Tool(Json.text(tool, "name"), schema));
        }
        return tools;
    }

    /** The tools with the one that has to be called in front; none if none may be. */
    private static List<Tool> chosen(List<Tool> tools, Map<String, @Nullable Object> choice) {
        String name = Json.text(choice, "name");
        return switch (Json.text(choice, "type")) {
            case "none" -> List.of();
            case "tool" -> {
                List<Tool> named =
                        tools.stream().filter(tool -> tool.name().equals(name)).toList();
                if (named.isEmpty()) {
                    throw refused("Tool '" + name + "' not found in provided tools");
                }
                yield named;
            }
            default -> tools;
        };
    }

    private static void checkSchema(Map<String, @Nullable Object> schema) {
        for (String keyword : REFUSED_KEYWORDS) {
            if (schema.containsKey(keyword)) {
                throw refused("output_config.format.schema: property '" + keyword + "' is not supported");
            }
        }
        if (Json.text(schema, "type").equals("object") && !Boolean.FALSE.equals(schema.get("additionalProperties"))) {
            throw refused("output_config.format.schema: 'additionalProperties' must be explicitly set to false");
        }
        Json.map(schema.get("properties")).values().forEach(inner -> checkSchema(Json.map(inner)));
        checkSchemaItems(schema);
    }

    private static void checkSchemaItems(Map<String, @Nullable Object> schema) {
        if (schema.get("items") instanceof Map) {
            checkSchema(Json.map(schema.get("items")));
        }
    }
}
