package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.dialect.Efforts;
import dev.avionics.airframe.spi.CacheHints;
import dev.avionics.airframe.spi.ModelTraits.Traits;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the body of a request. */
final class RequestWriter {
    /** What callers cannot replace: the conversation, and what decides how the answer comes. */
    private static final Set<String> FIXED = Set.of("input", "stream");

    private static final String NO_OPTION = "the API has no such option";

    private final WireScope scope;
    private final InferenceRequest request;
    private final String vendor;
    private final boolean streamed;
    private final List<Adjustment> adjustments;
    private final Traits traits;
    private final RequestFields fields;

    RequestWriter(
            WireScope scope, InferenceRequest request, String vendor, boolean streamed, List<Adjustment> adjustments) {
        this.scope = scope;
        this.request = request;
        this.vendor = vendor;
        this.streamed = streamed;
        this.adjustments = adjustments;
        traits = ResponsesWire.traits(scope.endpoint(), scope.model());
        fields = RequestFields.of(scope, request.extra(), FIXED);
    }

    byte[] write() {
        fields.put("model", scope.model().isEmpty() ? null : scope.model());
        conversation();
        tools();
        fields.object("text", format());
        Map<String, @Nullable Object> reasoning = thinking();
        fields.object("reasoning", reasoning);
        sampling(request.sampling(), isUnthinking(reasoning));
        fields.put("safety_identifier", request.user());
        fields.put("store", false);
        if (wantsEncrypted() && fields.takes("include")) {
            fields.json().rawField("include", "[\"reasoning.encrypted_content\"]");
        }
        fields.json().field("stream", streamed);
        CacheHints.drop(request.messages(), "the backend caches by itself", adjustments);
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the backend's context window is fixed"));
        }
        return fields.end(adjustments);
    }

    /** Instructions in front go into a field of their own, unless the caller fills it; later ones keep their place. */
    private void conversation() {
        List<Message> messages = request.messages();
        int first = 0;
        if (fields.takes("instructions")) {
            List<String> instructions = new ArrayList<>();
            while (first < messages.size() - 1 && isPlain(messages.get(first))) {
                instructions.add(messages.get(first++).text());
            }
            fields.put("instructions", instructions.isEmpty() ? null : String.join("\n\n", instructions));
        }
        boolean stored = Boolean.TRUE.equals(fields.own("store"));
        String instructor = scope.knows(Refusals.NO_DEVELOPER) ? "system" : "developer";
        fields.json().name("input");
        new InputWriter(fields.json(), vendor, instructor, stored, adjustments)
                .write(messages.subList(first, messages.size()));
    }

    private static boolean isPlain(Message message) {
        return message.role() == Role.SYSTEM && message.parts().stream().allMatch(part -> part instanceof Part.Text);
    }

    private void tools() {
        List<ToolSpec> tools = request.tools();
        if (tools.isEmpty()) {
            return;
        }
        if (fields.takes("tools")) {
            JsonWriter json = fields.json();
            json.name("tools").beginArray();
            for (ToolSpec tool : tools) {
                json.beginObject().field("type", "function").field("name", tool.name());
                json.field("description", tool.description().isEmpty() ? null : tool.description());
                json.rawField("parameters", tool.parametersJson());
                // Without the field the API would take tools as strict, and change their schema.
                json.field("strict", scope.knows(Refusals.NO_STRICT) ? null : (Boolean) tool.strict());
                json.endObject();
            }
            json.endArray();
        }
        ToolChoice choice = request.toolChoice();
        if (choice != null && fields.takes("tool_choice")) {
            JsonWriter json = fields.json().name("tool_choice");
            if (choice.mode() == ToolChoice.Mode.TOOL) {
                json.beginObject().field("type", "function").field("name", choice.toolName());
                json.endObject();
            } else {
                json.value(choice.mode().name().toLowerCase(Locale.ROOT));
            }
        }
        fields.put("parallel_tool_calls", request.parallelToolCalls());
    }

    private Map<String, @Nullable Object> format() {
        OutputFormat output = request.output();
        Map<String, @Nullable Object> format = new LinkedHashMap<>();
        String schema = output.schemaJson();
        if (output.kind() == OutputFormat.Kind.TEXT) {
            return Map.of();
        }
        format.put("type", output.kind().name().toLowerCase(Locale.ROOT));
        if (schema != null) {
            format.put("name", schemaName(output.name()));
            format.put("strict", output.strict());
            format.put("schema", JsonValues.parseObject(schema));
        }
        return Map.of("format", format);
    }

    /** Letters, digits, dashes and underscores, at most 64 of them, as the API wants it. */
    private static String schemaName(@Nullable String name) {
        String clean = name == null ? "" : name.replaceAll("[^a-zA-Z0-9_-]", "_");
        return clean.isEmpty() ? "answer" : clean.substring(0, Math.min(64, clean.length()));
    }

    private Map<String, @Nullable Object> thinking() {
        ThinkingOptions options = request.thinking();
        if (options == null) {
            return Map.of();
        }
        String known = traits.text("efforts", "any");
        if (known.isEmpty()) {
            if (options.enabled()) {
                adjustments.add(Adjustment.dropped("thinking", "the model does not think"));
            }
            return Map.of();
        }
        if (options.budgetTokens() != null) {
            adjustments.add(Adjustment.dropped("thinking budget", NO_OPTION));
        }
        String effort = Efforts.nearest(options.effort(), known.equals("any") ? "" : known);
        if (!effort.equals(Efforts.wireName(options.effort()))) {
            adjustments.add(
                    Adjustment.changed("thinking", "the model thinks with " + known + ": it was asked for " + effort));
        }
        Map<String, @Nullable Object> reasoning = new LinkedHashMap<>();
        reasoning.put("effort", effort);
        boolean told = !traits.text("summary", "true").equals("false") && !scope.knows(Refusals.NO_SUMMARY);
        if (told && !effort.equals(Efforts.wireName(Effort.NONE))) {
            reasoning.put("summary", "auto");
        }
        return reasoning;
    }

    private boolean wantsEncrypted() {
        ThinkingOptions options = request.thinking();
        return switch (traits.text("encrypted", "thinking")) {
            case "true" -> true;
            case "thinking" -> options != null && options.enabled();
            default -> false;
        };
    }

    private boolean isUnthinking(Map<String, @Nullable Object> ours) {
        Object effort = fields.own("reasoning") instanceof Map<?, ?> callers && callers.containsKey("effort")
                ? callers.get("effort")
                : ours.get("effort");
        return "none".equals(effort);
    }

    private void sampling(Sampling options, boolean unthinking) {
        fields.put("max_output_tokens", options.maxTokens());
        boolean taken = switch (traits.text("sampling", "true")) {
            case "true" -> true;
            case "unthinking" -> unthinking;
            default -> false;
        };
        if (taken) {
            fields.put("temperature", options.temperature());
            fields.put("top_p", options.topP());
        } else {
            String why = "the model takes no sampling options while it thinks";
            drop("temperature", options.temperature(), why);
            drop("top_p", options.topP(), why);
        }
        drop("top_k", options.topK(), NO_OPTION);
        drop("min_p", options.minP(), NO_OPTION);
        drop("stop", options.stop().isEmpty() ? null : options.stop(), NO_OPTION);
        drop("seed", options.seed(), NO_OPTION);
        drop("presence_penalty", options.presencePenalty(), NO_OPTION);
        drop("frequency_penalty", options.frequencyPenalty(), NO_OPTION);
        drop("repeat_penalty", options.repeatPenalty(), NO_OPTION);
    }

    private void drop(String what, @Nullable Object value, String why) {
        if (value != null) {
            adjustments.add(Adjustment.dropped(what, why));
        }
    }
}
