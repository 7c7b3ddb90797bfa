package dev.avionics.airframe.anthropic.request;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.anthropic.content.Conversation;
import dev.avionics.airframe.anthropic.content.Unfit;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Turns;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes one request to the model, or one to count its tokens. For one use, by one thread. */
public final class RequestWriter {
    /** What callers cannot replace: the conversation, and what decides how the answer comes. */
    private static final Set<String> FIXED = Set.of("messages", "system", "stream");

    private static final String JSON_WANTED =
            "Answer with one JSON object and nothing else: no words around it, no Markdown.";

    private final WireScope scope;
    private final InferenceRequest request;
    private final ModelRules rules;
    private final RequestFields fields;
    private final List<Adjustment> adjustments = new ArrayList<>();
    private final Conversation conversation;
    private final @Nullable ToolChoice choice;
    private final @Nullable String answerTool;
    private ThinkingPlan thinking = ThinkingPlan.UNSAID;

    /**
     * A writer.
     *
     * @param vendor whose data of parts is sent back
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED or INVALID_REQUEST if the request cannot
     *     be put into this protocol
     */
    public RequestWriter(WireScope scope, InferenceRequest request, ModelRules rules, String vendor) {
        this.scope = requireNonNull(scope, "scope");
        this.request = requireNonNull(request, "request");
        this.rules = requireNonNull(rules, "rules");
        fields = RequestFields.of(scope, request.extra(), FIXED);
        choice = request.tools().isEmpty() ? null : request.toolChoice();
        answerTool = answerTool();
        Turns turns = Turns.of(request.messages(), adjustments);
        conversation = Conversation.of(turns, vendor, instruction(), adjustments);
        if (conversation.endsWithOwnWords() && !rules.prefill()) {
            throw Unfit.unsupported("model " + scope.model()
                    + " does not go on with a turn of its own that it is given (expected: the user's turn at the end)");
        }
    }

    /** What the target could not take. */
    public List<Adjustment> adjustments() {
        return List.copyOf(new LinkedHashSet<>(adjustments));
    }

    /** The tool whose arguments are the answer's text, as no schema can be set otherwise; null if there is none. */
    public @Nullable String toolOfTheAnswer() {
        return answerTool;
    }

    /** The body of a request to the model. */
    public byte[] message() {
        int maxTokens = maxTokens();
        fields.put("model", scope.model());
        fields.put("max_tokens", maxTokens);
        shared(maxTokens);
        sampling(request.sampling());
        stop(request.sampling().stop());
        if (request.user() != null && fields.takes("metadata")) {
            fields.json().name("metadata").value(Map.of("user_id", request.user()));
        }
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the backend's context window is fixed"));
        }
        fields.json().field("stream", request.stream());
        return fields.end(adjustments);
    }

    /** The body of a request to count tokens: what the prompt is made of. */
    public byte[] count() {
        fields.put("model", scope.model());
        shared(maxTokens());
        return fields.end(adjustments);
    }

    private void shared(int maxTokens) {
        conversation.write(fields.json());
        thinking = thinking(maxTokens);
        tools();
        toolChoice();
        String plan = thinking.json();
        if (plan != null) {
            fields.raw("thinking", plan);
        }
        outputConfig();
    }

    private int maxTokens() {
        if (request.extra().get("max_tokens") instanceof Number own) {
            return own.intValue();
        }
        Integer asked = request.sampling().maxTokens();
        return asked != null ? asked : rules.maxTokens(request.stream());
    }

    private ThinkingPlan thinking(int maxTokens) {
        if (fields.isOwn("thinking")) {
            boolean on = request.extra().get("thinking") instanceof Map<?, ?> own
                    && ("enabled".equals(own.get("type")) || "adaptive".equals(own.get("type")));
            return new ThinkingPlan(null, null, on);
        }
        boolean asked = request.thinking() != null && request.thinking().enabled();
        if (answerTool != null && asked) {
            adjustments.add(Adjustment.dropped(
                    "thinking", "the schema is kept by a forced call, and none can be forced while the model thinks"));
            return ThinkingPlan.UNSAID;
        }
        return ThinkingPlan.of(rules, request.thinking(), maxTokens, conversation.goesOnWithThinking(), adjustments);
    }

    // Tools

    private void tools() {
        if ((request.tools().isEmpty() && answerTool == null) || !fields.takes("tools")) {
            return;
        }
        JsonWriter json = fields.json().name("tools").beginArray();
        for (ToolSpec tool : request.tools()) {
            boolean strict = tool.strict() && rules.jsonSchema();
            String schema = tool.parametersJson();
            if (strict) {
                schema = fitted(schema, "tool " + tool.name());
            } else if (tool.strict()) {
                adjustments.add(Adjustment.dropped("strict", "the model is not held to the schemas of tools"));
            }
            json.beginObject().field("name", tool.name());
            json.field("description", tool.description().isEmpty() ? null : tool.description());
            json.rawField("input_schema", schema).field("strict", strict ? Boolean.TRUE : null);
            json.endObject();
        }
        if (answerTool != null) {
            json.beginObject().field("name", answerTool);
            json.field("description", "Gives the answer. Call it once, with the whole answer as its input.");
            json.rawField("input_schema", request.output().schemaJson()).endObject();
        }
        json.endArray();
    }

    private void toolChoice() {
        Boolean parallel = request.parallelToolCalls();
        ToolChoice.Mode mode = choice == null ? null : choice.mode();
        if (answerTool != null) {
            boolean alone = request.tools().isEmpty() || mode == ToolChoice.Mode.NONE;
            choose(alone ? "tool" : "any", alone ? answerTool : null, true);
            return;
        }
        boolean single = Boolean.FALSE.equals(parallel) && !request.tools().isEmpty();
        if (mode == null) {
            if (single) {
                choose("auto", null, true);
            }
            return;
        }
        boolean forced = mode == ToolChoice.Mode.REQUIRED || mode == ToolChoice.Mode.TOOL;
        if (forced && thinking.thinks()) {
            adjustments.add(Adjustment.changed(
                    "toolChoice", "no call can be forced while the model thinks: whether it calls is left to it"));
            choose("auto", null, single);
            return;
        }
        switch (mode) {
            case AUTO -> choose("auto", null, single);
            case NONE -> choose("none", null, false);
            case REQUIRED -> choose("any", null, single);
            case TOOL -> choose("tool", choice == null ? null : choice.toolName(), single);
        }
    }

    private void choose(String type, @Nullable String name, boolean single) {
        if (fields.takes("tool_choice")) {
            fields.json().name("tool_choice").beginObject().field("type", type).field("name", name);
            fields.json()
                    .field("disable_parallel_tool_use", single ? Boolean.TRUE : null)
                    .endObject();
        }
    }

    // The form of the answer

    private @Nullable String answerTool() {
        String schema = request.output().schemaJson();
        if (schema == null || rules.jsonSchema()) {
            return null;
        }
        ToolChoice.Mode mode = choice == null ? null : choice.mode();
        if (mode == ToolChoice.Mode.REQUIRED || mode == ToolChoice.Mode.TOOL) {
            adjustments.add(Adjustment.dropped(
                    "output", "a call of a tool is forced, so that there is no text to be held to the schema"));
            return null;
        }
        if (rules.forcedTool() == Support.NO) {
            throw Unfit.unsupported("model " + scope.model() + " takes neither a schema nor a forced call");
        }
        Map<String, @Nullable Object> root = JsonValues.parseObject(schema);
        if (!"object".equals(root.get("type"))) {
            throw Unfit.unsupported("model " + scope.model()
                    + " takes a schema as that of a tool's arguments only: its root has to be of type object");
        }
        adjustments.add(Adjustment.changed(
                "output", "the model takes no schema: it is made to call a tool, whose arguments are the answer"));
        String name = "answer";
        while (isTaken(name)) {
            name += "_";
        }
        return name;
    }

    private boolean isTaken(String name) {
        return request.tools().stream().anyMatch(tool -> tool.name().equals(name));
    }

    private Part.@Nullable Text instruction() {
        if (request.output().kind() != OutputFormat.Kind.JSON_OBJECT) {
            return null;
        }
        adjustments.add(Adjustment.changed("output", "the API has no such mode: the model is told in words"));
        return new Part.Text(JSON_WANTED);
    }

    private void outputConfig() {
        String schema = rules.jsonSchema() ? request.output().schemaJson() : null;
        String effort = thinking.effort();
        if ((schema == null && effort == null) || !fields.takes("output_config")) {
            return;
        }
        JsonWriter json = fields.json().name("output_config").beginObject().field("effort", effort);
        if (schema != null) {
            json.name("format").beginObject().field("type", "json_schema");
            json.rawField("schema", fitted(schema, "output")).endObject();
        }
        json.endObject();
    }

    private String fitted(String schema, String what) {
        OutputSchema fitting = OutputSchema.of(schema);
        if (!fitting.changed().isEmpty()) {
            adjustments.add(Adjustment.changed(
                    what, "the model cannot be held to all of its schema: " + String.join(", ", fitting.changed())));
        }
        return fitting.json();
    }

    // Sampling

    private void sampling(Sampling options) {
        Double temperature = options.temperature();
        Double topP = options.topP();
        boolean thinks = thinking.thinks();
        if (!rules.sampling()) {
            String why = "the model takes no sampling options";
            drop("temperature", temperature, why);
            drop("top_p", topP, why);
            drop("top_k", options.topK(), why);
        } else {
            if (thinks && temperature != null && temperature != 1.0) {
                drop("temperature", temperature, "it is not taken while the model thinks");
                temperature = null;
            } else if (temperature != null && temperature > 1.0 && !fields.isOwn("temperature")) {
                adjustments.add(Adjustment.changed("temperature", "it ends at 1.0"));
                temperature = 1.0;
            }
            if (thinks && topP != null && topP < 0.95) {
                drop("top_p", topP, "below 0.95 it is not taken while the model thinks");
                topP = null;
            } else if (topP != null && temperature != null && !rules.temperatureWithTopP()) {
                drop("top_p", topP, "the model does not take it together with a temperature");
                topP = null;
            }
            if (thinks) {
                drop("top_k", options.topK(), "it is not taken while the model thinks");
            }
            fields.put("temperature", temperature);
            fields.put("top_p", topP);
            fields.put("top_k", thinks ? null : options.topK());
        }
        String none = "the API has no such option";
        drop("min_p", options.minP(), none);
        drop("seed", options.seed(), none);
        drop("presence_penalty", options.presencePenalty(), none);
        drop("frequency_penalty", options.frequencyPenalty(), none);
        drop("repeat_penalty", options.repeatPenalty(), none);
    }

    private void drop(String what, @Nullable Object value, String why) {
        if (value != null && !fields.isOwn(what)) {
            adjustments.add(Adjustment.dropped(what, why));
        }
    }

    private void stop(List<String> sequences) {
        List<String> visible = sequences.stream().filter(one -> !one.isBlank()).toList();
        if (visible.size() < sequences.size()) {
            adjustments.add(Adjustment.dropped("stop", "the API takes no sequence of white space alone"));
        }
        fields.put("stop_sequences", visible.isEmpty() ? null : visible);
    }
}
