package dev.avionics.airframe.gemini.request;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.gemini.model.Addresses;
import dev.avionics.airframe.gemini.model.ModelRules;
import dev.avionics.airframe.gemini.model.OpenApiSchema;
import dev.avionics.airframe.gemini.model.ThinkingConfig;
import dev.avionics.airframe.gemini.model.Unsendable;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.WireScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes the body of generateContent. */
public final class RequestWriter {
    private static final String GENERATION = "generationConfig";
    private static final String SCHEMA = "responseJsonSchema";
    private static final int MOST_STOPS = 5;

    /** What callers cannot replace. Their fields for the generation are merged with ours, one by one. */
    private static final Set<String> FIXED = Set.of("contents", "systemInstruction", GENERATION);

    private final WireScope scope;
    private final InferenceRequest request;
    private final ModelRules rules;
    private final List<Adjustment> adjustments = new ArrayList<>();

    /** A writer of one request. */
    public RequestWriter(InferenceRequest request, ModelRules rules) {
        this.request = requireNonNull(request, "request");
        this.rules = requireNonNull(rules, "rules");
        scope = rules.scope();
    }

    /** What was left out or changed; complete once the body is written. */
    public List<Adjustment> adjustments() {
        return adjustments;
    }

    /**
     * The body.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED or INVALID_REQUEST if the request holds
     *     what Google has no form for
     */
    public byte[] body() {
        boolean json = request.output().kind() != OutputFormat.Kind.TEXT;
        if (json && !request.tools().isEmpty() && !rules.takesJsonWithTools()) {
            throw Unsendable.unsupported("model " + scope.model()
                    + " does not take tools together with JSON answers: ask for one of them, or use a newer model");
        }
        RequestFields fields = RequestFields.of(scope, request.extra(), FIXED);
        conversation(fields.json());
        ToolWriter tools = new ToolWriter(fields, rules, adjustments);
        tools.tools(request.tools());
        tools.choice(request);
        generation(fields.json());
        leftOut();
        return fields.end(adjustments);
    }

    /** The body of countTokens for the same request. */
    public byte[] countBody() {
        if (!rules.addresses().isVertex()) {
            String whole = new String(body(), StandardCharsets.UTF_8);
            String model = JsonValues.write(Addresses.resource(scope.model()));
            String counted = "{\"generateContentRequest\":{\"model\":" + model + "," + whole.substring(1) + "}";
            return counted.getBytes(StandardCharsets.UTF_8);
        }
        RequestFields fields = RequestFields.ofRequestAlone(scope, Map.of(), Set.of());
        conversation(fields.json());
        new ToolWriter(fields, rules, adjustments).tools(request.tools());
        generation(fields.json());
        return fields.end(adjustments);
    }

    private void conversation(JsonWriter json) {
        Conversation conversation = Conversation.of(request.messages(), rules, adjustments);
        json.name("contents");
        ContentWriter contents = new ContentWriter(json, rules, adjustments);
        contents.write(conversation.turns());
        if (!conversation.instructions().isEmpty()) {
            json.name("systemInstruction").beginObject();
            contents.parts(conversation.instructions());
            json.endObject();
        }
    }

    private void generation(JsonWriter json) {
        RequestFields fields = RequestFields.ofRequestAlone(scope, ownGeneration(), Set.of());
        Sampling sampling = request.sampling();
        fields.put("temperature", sampling.temperature());
        fields.put("topP", sampling.topP());
        fields.put("topK", sampling.topK());
        fields.put("maxOutputTokens", sampling.maxTokens());
        fields.put("stopSequences", stops(sampling.stop()));
        fields.put("seed", seed(sampling.seed()));
        fields.put("presencePenalty", sampling.presencePenalty());
        fields.put("frequencyPenalty", sampling.frequencyPenalty());
        format(fields);
        if (request.thinking() != null && !fields.isOwn("thinkingConfig")) {
            String config = new ThinkingConfig(rules, adjustments).json(request.thinking());
            if (config != null) {
                fields.raw("thinkingConfig", config);
            }
        }
        String config = new String(fields.end(adjustments), StandardCharsets.UTF_8);
        if (!config.equals("{}")) {
            json.rawField(GENERATION, config);
        }
    }

    /** The caller's own fields of the generation: the endpoint's, and the request's, which win. */
    private Map<String, @Nullable Object> ownGeneration() {
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        String ofEndpoint = scope.endpoint().metadata().get(RequestFields.EXTRA_BODY);
        if (ofEndpoint != null) {
            putAll(JsonValues.parseObject(ofEndpoint).get(GENERATION), own);
        }
        putAll(request.extra().get(GENERATION), own);
        return own;
    }

    private static void putAll(@Nullable Object fields, Map<String, @Nullable Object> own) {
        if (fields instanceof Map<?, ?> map) {
            map.forEach((name, value) -> own.put(String.valueOf(name), value));
        } else if (fields != null) {
            throw Unsendable.invalid(GENERATION + ": " + fields.getClass().getSimpleName() + " (expected: an object)");
        }
    }

    private static @Nullable List<String> stops(List<String> stop) {
        if (stop.size() > MOST_STOPS) {
            throw Unsendable.unsupported("stop: " + stop.size() + " sequences (expected: at most " + MOST_STOPS
                    + ", which is what Google takes)");
        }
        return stop.isEmpty() ? null : stop;
    }

    private @Nullable Integer seed(@Nullable Long seed) {
        if (seed == null) {
            return null;
        }
        if (seed.intValue() != seed) {
            adjustments.add(Adjustment.changed("seed", "Google takes 32 bits: the others were folded in"));
        }
        return seed.intValue() == seed ? seed.intValue() : (Integer) Long.hashCode(seed);
    }

    private void format(RequestFields fields) {
        OutputFormat output = request.output();
        if (output.kind() == OutputFormat.Kind.TEXT) {
            return;
        }
        fields.put("responseMimeType", "application/json");
        String schema = output.schemaJson();
        if (schema == null) {
            return;
        }
        if (rules.takesJsonSchema(SCHEMA)) {
            fields.raw(SCHEMA, schema);
        } else {
            Set<String> leftOut = new TreeSet<>();
            fields.raw("responseSchema", OpenApiSchema.of(schema, leftOut));
            ToolWriter.tellLeftOut("output", leftOut, adjustments);
        }
    }

    private void leftOut() {
        Sampling sampling = request.sampling();
        drop("minP", sampling.minP());
        drop("repeatPenalty", sampling.repeatPenalty());
        drop("user", request.user());
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the model's context window is fixed"));
        }
    }

    private void drop(String what, @Nullable Object value) {
        if (value != null) {
            adjustments.add(Adjustment.dropped(what, "Google has no such option"));
        }
    }
}
