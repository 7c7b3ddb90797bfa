package dev.avionics.server.cli;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonValues;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Messages and tools as OpenAI's chat completions write them. */
final class OpenAiShape {
    private static final Pattern DATA_URL = Pattern.compile("data:([^;,]+/[^;,]+);base64,(.+)", Pattern.DOTALL);

    private OpenAiShape() {}

    /**
     * A message.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    static Message message(Fields fields) {
        String role = fields.requiredText("role").toLowerCase(Locale.ROOT);
        if (role.equals("tool")) {
            return new Message(
                    Role.TOOL,
                    List.of(new Part.ToolResult(
                            fields.requiredText("tool_call_id"),
                            fields.text("name"),
                            content(fields),
                            false,
                            VendorData.none(),
                            null)));
        }
        Role speaker = role.equals("developer") ? Role.SYSTEM : Role.parse(role);
        List<Part> parts = new ArrayList<>();
        if (speaker == Role.ASSISTANT) {
            String reasoning = fields.text("reasoning_content");
            if (reasoning != null && !reasoning.isEmpty()) {
                parts.add(new Part.Thinking(reasoning));
            }
        }
        parts.addAll(content(fields));
        String refusal = fields.text("refusal");
        if (refusal != null && !refusal.isEmpty()) {
            parts.add(new Part.Refusal(refusal));
        }
        List<Fields> calls = fields.objects("tool_calls");
        if (calls != null) {
            calls.forEach(call -> parts.add(toolCall(call)));
        }
        return new Message(speaker, parts, fields.text("name"), null);
    }

    private static List<Part> content(Fields fields) {
        Object content = fields.value("content");
        if (content == null) {
            return List.of();
        }
        if (content instanceof String text) {
            return text.isEmpty() ? List.of() : List.of(new Part.Text(text));
        }
        List<Fields> pieces = fields.objects("content");
        List<Part> parts = new ArrayList<>();
        if (pieces != null) {
            pieces.forEach(piece -> parts.add(part(piece)));
        }
        return parts;
    }

    private static Part part(Fields piece) {
        String type = piece.requiredText("type");
        return switch (type) {
            case "text" -> new Part.Text(piece.requiredText("text"));
            case "refusal" -> new Part.Refusal(piece.requiredText("refusal"));
            case "image_url" -> image(piece);
            default ->
                throw new IllegalArgumentException("content type " + type + " (expected: text, image_url or refusal)");
        };
    }

    private static Part image(Fields piece) {
        String url;
        if (piece.value("image_url") instanceof String text) {
            url = text;
        } else {
            Fields image = piece.object("image_url");
            if (image == null) {
                throw new IllegalArgumentException("image_url: missing");
            }
            url = image.requiredText("url");
        }
        Matcher data = DATA_URL.matcher(url);
        if (data.matches()) {
            return Part.image(data.group(1), data.group(2));
        }
        if (url.startsWith("data:")) {
            throw new IllegalArgumentException("image_url: not understood (expected: data:image/png;base64,...)");
        }
        return Part.image(URI.create(url));
    }

    private static Part.ToolCall toolCall(Fields call) {
        Fields function = function(call);
        String arguments = function.value("arguments") instanceof Map<?, ?> map
                ? JsonValues.write(map)
                : function.text("arguments");
        String json = arguments == null || arguments.isBlank() ? "{}" : arguments;
        // Said here, where the line is known, and not by the backend.
        Map<String, @Nullable Object> unused = JsonValues.parseObject(json);
        return new Part.ToolCall(call.requiredText("id"), function.requiredText("name"), json);
    }

    /**
     * A tool.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    static ToolSpec tool(Fields tool) {
        Fields function = function(tool);
        String description = function.text("description");
        Object parameters = function.value("parameters");
        Boolean strict = function.flag("strict");
        String name = function.requiredText("name");
        ToolSpec plain = ToolSpec.of(name, description == null ? "" : description);
        return new ToolSpec(
                name,
                plain.description(),
                parameters == null ? plain.parametersJson() : JsonValues.write(parameters),
                strict != null && strict);
    }

    private static Fields function(Fields of) {
        String type = of.text("type");
        if (type != null && !type.equals("function")) {
            throw new IllegalArgumentException("type " + type + " (expected: function)");
        }
        Fields function = of.object("function");
        if (function == null) {
            throw new IllegalArgumentException("function: missing");
        }
        return function;
    }
}
