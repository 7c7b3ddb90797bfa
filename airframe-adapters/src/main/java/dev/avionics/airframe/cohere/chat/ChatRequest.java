package dev.avionics.airframe.cohere.chat;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.CacheHints;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.WireScope;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the body of a chat. */
public final class ChatRequest {
    /** What callers cannot replace: the conversation, and what decides how the answer comes. */
    private static final Set<String> FIXED = Set.of("messages", "stream");

    private static final int MOST_STOPS = 5;
    private static final double MOST_TEMPERATURE = 1;
    private static final double LEAST_P = 0.01;
    private static final double MOST_P = 0.99;
    private static final int MOST_K = 500;

    private final WireScope scope;
    private final InferenceRequest request;
    private final ModelTraits.Traits traits;
    private final List<Adjustment> adjustments;
    private final RequestFields fields;

    /**
     * A body to be written.
     *
     * @param traits of the model
     * @param adjustments is told what is not sent, or in another form
     */
    public ChatRequest(
            WireScope scope, InferenceRequest request, ModelTraits.Traits traits, List<Adjustment> adjustments) {
        this.scope = scope;
        this.request = request;
        this.traits = traits;
        this.adjustments = adjustments;
        fields = RequestFields.of(scope, request.extra(), FIXED);
    }

    /**
     * The finished body.
     *
     * @throws InferenceException of category UNSUPPORTED or INVALID_REQUEST if the request has no form in this API
     */
    public byte[] body() {
        fields.put("model", scope.model().isEmpty() ? null : scope.model());
        CacheHints.drop(request.messages(), "Cohere takes none", adjustments);
        fields.json().name("messages");
        MessageWriter messages = new MessageWriter(fields.json(), adjustments);
        messages.write(request.messages());
        documents(messages.documents());
        boolean tools = tools();
        format(tools || !messages.documents().isEmpty() || fields.isOwn("documents") || fields.isOwn("tools"));
        thinking();
        sampling(request.sampling());
        fields.json().field("stream", request.stream());
        notTaken("context", request.context(), "the backend's context window is fixed");
        notTaken("user", request.user(), "Cohere takes no name of the end user");
        return fields.end(adjustments);
    }

    private void documents(List<String> documents) {
        if (documents.isEmpty()) {
            return;
        }
        if (fields.isOwn("documents")) {
            throw invalid("extra: documents (expected: not beside documents in the messages, which are sent there)");
        }
        fields.raw("documents", "[" + String.join(",", documents) + "]");
    }

    /** Writes the tools that may be called; gives whether there are any. */
    private boolean tools() {
        ToolChoice choice = request.toolChoice() == null ? ToolChoice.AUTO : request.toolChoice();
        List<ToolSpec> tools = request.tools();
        if (choice.mode() == ToolChoice.Mode.TOOL) {
            tools = tools.stream()
                    .filter(tool -> tool.name().equals(choice.toolName()))
                    .toList();
            if (tools.isEmpty()) {
                throw invalid("toolChoice: " + choice.toolName() + " (expected: the name of one of the tools)");
            }
            adjustments.add(Adjustment.changed(
                    "toolChoice", "Cohere cannot be told which tool to call: it was given that one alone"));
        } else if (choice.mode() == ToolChoice.Mode.NONE
                && traits.text("forced_tool", "").equals("false")) {
            notTaken("tools", tools.isEmpty() ? null : tools, scope.model() + " cannot be told not to call them");
            return false;
        }
        if (tools.isEmpty()) {
            return false;
        }
        if (fields.takes("tools")) {
            fields.json().name("tools").beginArray();
            tools.forEach(this::tool);
            fields.json().endArray();
        }
        switch (choice.mode()) {
            case AUTO -> {}
            case NONE -> fields.put("tool_choice", "NONE");
            case REQUIRED, TOOL -> fields.put("tool_choice", "REQUIRED");
        }
        if (Boolean.FALSE.equals(request.parallelToolCalls())) {
            notTaken("parallelToolCalls", false, "Cohere has no such switch");
        }
        return true;
    }

    private void tool(ToolSpec tool) {
        JsonWriter json = fields.json();
        json.beginObject().field("type", "function").name("function").beginObject();
        json.field("name", tool.name());
        json.field("description", tool.description().isEmpty() ? null : tool.description());
        json.rawField("parameters", tool.parametersJson()).endObject().endObject();
    }

    private void format(boolean withSources) {
        OutputFormat output = request.output();
        if (output.kind() == OutputFormat.Kind.TEXT || !fields.takes("response_format")) {
            return;
        }
        if (withSources && !traits.is("json_with_tools")) {
            throw unsupported("Cohere gives no JSON answer beside tools or documents: ask for one or the other");
        }
        fields.json().name("response_format").beginObject().field("type", "json_object");
        fields.json().rawField("json_schema", output.schemaJson()).endObject();
    }

    private void thinking() {
        ThinkingOptions thinking = request.thinking();
        if (thinking == null) {
            return;
        }
        if (traits.text("thinking", "").equals("false")) {
            notTaken("thinking", thinking.enabled() ? thinking : null, scope.model() + " does not think");
            return;
        }
        if (!fields.takes("thinking")) {
            return;
        }
        Integer budget = thinking.enabled() ? thinking.budgetTokens() : null;
        boolean usual = thinking.effort() == ThinkingOptions.Effort.MEDIUM;
        if (thinking.enabled() && !usual && budget == null) {
            String wanted = thinking.effort().name().toLowerCase(Locale.ROOT);
            adjustments.add(Adjustment.changed(
                    "thinking.effort", "Cohere knows no depths, only budgets of tokens: " + wanted + " was left out"));
        }
        fields.json().name("thinking").beginObject().field("type", thinking.enabled() ? "enabled" : "disabled");
        fields.json().field("token_budget", budget).endObject();
    }

    private void sampling(Sampling options) {
        fields.put("max_tokens", options.maxTokens());
        if (options.stop().size() > MOST_STOPS) {
            throw unsupported("stop: " + options.stop().size() + " sequences (expected: at most " + MOST_STOPS
                    + ", as Cohere takes no more)");
        }
        fields.put("stop_sequences", options.stop().isEmpty() ? null : options.stop());
        fields.put("temperature", within("temperature", options.temperature(), 0, MOST_TEMPERATURE));
        fields.put("p", within("topP", options.topP(), LEAST_P, MOST_P));
        Double most =
                options.topK() == null ? null : within("topK", options.topK().doubleValue(), 0, MOST_K);
        fields.put("k", most == null ? null : (Integer) most.intValue());
        fields.put("seed", options.seed());
        fields.put("presence_penalty", options.presencePenalty());
        fields.put("frequency_penalty", options.frequencyPenalty());
        notTaken("minP", options.minP(), "Cohere has no such option");
        notTaken("repeatPenalty", options.repeatPenalty(), "Cohere has no such option");
    }

    private @Nullable Double within(String what, @Nullable Double value, double least, double most) {
        if (value == null || (value >= least && value <= most)) {
            return value;
        }
        double nearest = value < least ? least : most;
        adjustments.add(Adjustment.changed(what, "Cohere takes " + least + " to " + most + ": sent as " + nearest));
        return nearest;
    }

    private void notTaken(String what, @Nullable Object value, String why) {
        if (value != null) {
            adjustments.add(Adjustment.dropped(what, requireNonNull(why)));
        }
    }

    static InferenceException unsupported(String message) {
        return InferenceException.of(ErrorCategory.UNSUPPORTED, message);
    }

    static InferenceException invalid(String message) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, message)
                .origin(ErrorOrigin.CALLER)
                .build();
    }
}
