package dev.avionics.airframe.gemini.request;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.gemini.model.ModelRules;
import dev.avionics.airframe.gemini.model.OpenApiSchema;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.RequestFields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes tools and the choice among them. */
final class ToolWriter {
    private static final String JSON_SCHEMA = "parametersJsonSchema";
    /** What a schema without any parameter is made of. */
    private static final Set<String> EMPTY_SCHEMA =
            Set.of("type", "properties", "required", "additionalProperties", "$schema", "title", "description");

    private final RequestFields fields;
    private final ModelRules rules;
    private final List<Adjustment> adjustments;

    ToolWriter(RequestFields fields, ModelRules rules, List<Adjustment> adjustments) {
        this.fields = fields;
        this.rules = rules;
        this.adjustments = adjustments;
    }

    void tools(List<ToolSpec> tools) {
        if (tools.isEmpty() || !fields.takes("tools")) {
            return;
        }
        Set<String> leftOut = new TreeSet<>();
        JsonWriter json = fields.json();
        json.name("tools").beginArray().beginObject();
        json.name("functionDeclarations").beginArray();
        for (ToolSpec tool : tools) {
            json.beginObject().field("name", tool.name());
            // Wanted by Google even where there is nothing to say.
            json.field("description", tool.description().isEmpty() ? tool.name() : tool.description());
            if (!isEmpty(tool.parametersJson())) {
                if (rules.takesJsonSchema(JSON_SCHEMA)) {
                    json.rawField(JSON_SCHEMA, tool.parametersJson());
                } else {
                    json.rawField("parameters", OpenApiSchema.of(tool.parametersJson(), leftOut));
                }
            }
            json.endObject();
        }
        json.endArray().endObject().endArray();
        tellLeftOut("tools", leftOut, adjustments);
    }

    static void tellLeftOut(String what, Set<String> leftOut, List<Adjustment> adjustments) {
        if (!leftOut.isEmpty()) {
            adjustments.add(Adjustment.changed(
                    what, "the model takes no such words in schemas: left out " + String.join(", ", leftOut)));
        }
    }

    private static boolean isEmpty(String schema) {
        Map<String, @Nullable Object> parsed = JsonValues.parseObject(schema);
        return EMPTY_SCHEMA.containsAll(parsed.keySet())
                && (!(parsed.get("properties") instanceof Map<?, ?> properties) || properties.isEmpty())
                && !(parsed.get("additionalProperties") instanceof Map<?, ?>);
    }

    void choice(InferenceRequest request) {
        ToolChoice choice = request.toolChoice();
        if (Boolean.FALSE.equals(request.parallelToolCalls())) {
            adjustments.add(Adjustment.dropped("parallelToolCalls", "Google cannot be kept from calls at once"));
        }
        boolean strict = request.tools().stream().anyMatch(ToolSpec::strict) && rules.validatesCalls();
        if (request.tools().isEmpty()) {
            boolean forced =
                    choice != null && choice.mode() != ToolChoice.Mode.AUTO && choice.mode() != ToolChoice.Mode.NONE;
            if (forced && !fields.isOwn("tools")) {
                adjustments.add(Adjustment.dropped("toolChoice", "there are no tools"));
            }
            return;
        }
        if ((choice == null && !strict) || !fields.takes("toolConfig")) {
            return;
        }
        ToolChoice.Mode mode = choice == null ? ToolChoice.Mode.AUTO : choice.mode();
        JsonWriter json = fields.json();
        json.name("toolConfig").beginObject();
        json.name("functionCallingConfig").beginObject();
        switch (mode) {
            case AUTO -> json.field("mode", strict ? "VALIDATED" : "AUTO");
            case NONE -> json.field("mode", "NONE");
            case REQUIRED, TOOL -> json.field("mode", "ANY");
        }
        if (choice != null && choice.toolName() != null) {
            json.name("allowedFunctionNames").value(List.of(choice.toolName()));
        }
        json.endObject().endObject();
    }
}
