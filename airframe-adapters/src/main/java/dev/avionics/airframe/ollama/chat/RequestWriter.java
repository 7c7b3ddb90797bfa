package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.ollama.endpoint.Api;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.ollama.endpoint.Facts;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes one request of {@code /api/chat} or {@code /api/generate}: what both have, around the conversation. */
final class RequestWriter {
    private final WireScope scope;
    private final InferenceRequest request;
    private final Settings settings;
    private final Options options;
    private final RequestFields fields;
    private final Set<Adjustment> adjustments = new LinkedHashSet<>();

    RequestWriter(WireScope scope, InferenceRequest request, Settings settings) {
        this.scope = scope;
        this.request = request;
        this.settings = settings;
        options = new Options(scope, request, settings);
        fields = RequestFields.ofRequestAlone(scope, options.fields(), Set.of());
    }

    /** What the target could not take. */
    List<Adjustment> adjustments() {
        return new ArrayList<>(adjustments);
    }

    /** Whether the size of the context window was guessed here, and could have been larger. */
    boolean adaptive() {
        return options.adaptive();
    }

    /** The finished body. */
    byte[] body(Api api) {
        Conversation conversation = api == Api.CHAT
                ? new ChatConversation(request.messages(), adjustments)
                : new PromptConversation(request.messages(), adjustments);
        List<ToolSpec> tools = tools(api);
        if (request.user() != null) {
            adjustments.add(Adjustment.dropped("user", "Ollama takes no name of the end user"));
        }
        fields.put("model", scope.model());
        conversation.write(fields.json());
        write(tools);
        format();
        think();
        Map<String, @Nullable Object> all = options.of(conversation, tools);
        fields.put("options", all.isEmpty() ? null : all);
        fields.put("keep_alive", settings.keepAlive());
        fields.put("truncate", settings.truncate(false));
        fields.put("stream", request.stream());
        List<Adjustment> late = new ArrayList<>();
        byte[] body = fields.end(late);
        adjustments.addAll(late);
        return body;
    }

    private List<ToolSpec> tools(Api api) {
        ToolChoice choice = request.toolChoice();
        ToolChoice.Mode mode = choice == null ? ToolChoice.Mode.AUTO : choice.mode();
        if (mode == ToolChoice.Mode.REQUIRED || mode == ToolChoice.Mode.TOOL) {
            throw Errors.unsupported("Ollama cannot be made to call a tool: tool choice " + mode);
        }
        if (request.tools().isEmpty()) {
            return List.of();
        }
        if (api == Api.GENERATE) {
            throw Errors.unsupported("/api/generate takes no tools: use the apiType ollama-chat");
        }
        if (mode == ToolChoice.Mode.NONE) {
            adjustments.add(Adjustment.changed(
                    "toolChoice", "Ollama has no tool choice: the tools are left out, so that none can be called"));
            return List.of();
        }
        if (Boolean.FALSE.equals(request.parallelToolCalls())) {
            adjustments.add(Adjustment.dropped("parallelToolCalls", "Ollama has no such switch"));
        }
        if (request.tools().stream().anyMatch(ToolSpec::strict)) {
            adjustments.add(Adjustment.dropped("tool.strict", "Ollama does not hold arguments to their schema"));
        }
        return request.tools();
    }

    private void write(List<ToolSpec> tools) {
        if (tools.isEmpty()) {
            return;
        }
        JsonWriter json = fields.json().name("tools").beginArray();
        for (ToolSpec tool : tools) {
            json.beginObject().field("type", "function").name("function").beginObject();
            json.field("name", tool.name()).field("description", tool.description());
            json.rawField("parameters", tool.parametersJson()).endObject().endObject();
        }
        json.endArray();
    }

    private void format() {
        OutputFormat output = request.output();
        String schema = output.schemaJson();
        if (schema != null) {
            fields.raw("format", schema);
        } else if (output.kind() == OutputFormat.Kind.JSON_OBJECT) {
            fields.put("format", "json");
        }
    }

    /** The depth MEDIUM is sent as {@code true}, which models with depths take as their usual one, and all others know. */
    private void think() {
        ThinkingOptions thinking = request.thinking();
        if (thinking == null || fields.isOwn("think")) {
            return;
        }
        if (thinking.budgetTokens() != null) {
            adjustments.add(Adjustment.dropped("thinking.budgetTokens", "Ollama takes no limit of thinking"));
        }
        if (scope.knows(Facts.NO_THINKING)) {
            if (thinking.enabled()) {
                adjustments.add(Adjustment.dropped("thinking", scope.model() + " does not support thinking"));
            }
            return;
        }
        switch (thinking.effort()) {
            case NONE -> fields.put("think", false);
            case MEDIUM -> fields.put("think", true);
            case MINIMAL, LOW -> level(thinking, "low");
            case HIGH, XHIGH -> level(thinking, "high");
            case MAX -> level(thinking, scope.knows(Facts.NO_MAX_THINKING) ? "high" : "max");
        }
    }

    private void level(ThinkingOptions thinking, String level) {
        String wanted = thinking.effort().name().toLowerCase(Locale.ROOT);
        if (scope.knows(Facts.THINKING_IS_BOOLEAN)) {
            adjustments.add(Adjustment.changed("thinking.effort", "the server knows thinking without depths only"));
            fields.put("think", true);
            return;
        }
        if (!wanted.equals(level)) {
            adjustments.add(
                    Adjustment.changed("thinking.effort", "sent as " + level + ": the server knows no " + wanted));
        }
        fields.put("think", level);
    }
}
