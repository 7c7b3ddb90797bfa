package dev.avionics.airframe.openai.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.openai.dialect.Efforts;
import dev.avionics.airframe.spi.RefusedFields;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.WireScope;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the body of a chat completion in a dialect. */
final class RequestWriter {
    /** What callers cannot replace: the conversation, and what decides how the answer comes. */
    private static final Set<String> FIXED = Set.of("messages", "prompt", "stream");

    private final WireScope scope;
    private final InferenceRequest request;
    private final Dialect dialect;
    private final boolean streamed;
    private final List<Adjustment> adjustments;
    private final RequestFields fields;

    RequestWriter(
            WireScope scope,
            InferenceRequest request,
            Dialect dialect,
            boolean streamed,
            List<Adjustment> adjustments) {
        this.scope = scope;
        this.request = request;
        this.dialect = dialect;
        this.streamed = streamed;
        this.adjustments = adjustments;
        fields = RequestFields.of(scope, request.extra(), FIXED);
    }

    /** The body with the conversation as {@code messages}. */
    byte[] chat() {
        model();
        boolean developer = dialect.is(Switch.DEVELOPER_ROLE) && !scope.knows(Refusals.NO_DEVELOPER);
        fields.json().name("messages");
        new MessageWriter(fields.json(), dialect, dialect.vendor(scope.endpoint()), developer, adjustments)
                .write(request.messages());
        tools();
        format();
        thinking();
        return rest();
    }

    /** The body with a text in place of the conversation. */
    byte[] completion(String prompt) {
        model();
        fields.json().field("prompt", prompt);
        format();
        return rest();
    }

    private void model() {
        fields.put("model", scope.model().isEmpty() ? null : scope.model());
    }

    private byte[] rest() {
        sampling(request.sampling());
        own("user", Switch.USER_FIELD, request.user());
        fields.json().field("stream", streamed);
        if (streamed && dialect.is(Switch.STREAM_OPTIONS) && fields.takes("stream_options")) {
            fields.json().rawField("stream_options", "{\"include_usage\":true}");
        }
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the backend's context window is fixed"));
        }
        return fields.end(adjustments);
    }

    private void sampling(Sampling options) {
        String sampling = dialect.text(Switch.SAMPLING);
        boolean all = sampling.equals("true");
        boolean some = all || (sampling.equals("unthinking") && isUnthinking());
        taken(some, "temperature", "temperature", options.temperature());
        taken(some, "top_p", "top_p", options.topP());
        own("top_k", Switch.TOP_K_FIELD, options.topK());
        own("min_p", Switch.MIN_P_FIELD, options.minP());
        fields.put(maxTokensField(), options.maxTokens());
        stop(options.stop());
        own("seed", Switch.SEED_FIELD, options.seed());
        String presence = dialect.text(Switch.PRESENCE_PENALTY_FIELD);
        String frequency = dialect.text(Switch.FREQUENCY_PENALTY_FIELD);
        taken(all, "presence_penalty", presence, options.presencePenalty());
        taken(all, "frequency_penalty", frequency, options.frequencyPenalty());
        own("repeat_penalty", Switch.REPEAT_PENALTY_FIELD, options.repeatPenalty());
    }

    private void taken(boolean byModel, String what, String field, @Nullable Object value) {
        if (byModel && !field.isEmpty()) {
            fields.put(field, value);
        } else if (value != null && !fields.isOwn(what)) {
            adjustments.add(Adjustment.dropped(
                    what,
                    byModel ? "the backend has no such option" : "the model takes no such option while it thinks"));
        }
    }

    private boolean isUnthinking() {
        ThinkingOptions options = request.thinking();
        return (options != null && !options.enabled())
                || "none".equals(request.extra().get("reasoning_effort"));
    }

    private void stop(List<String> stop) {
        int most = dialect.number(Switch.MOST_STOPS, Integer.MAX_VALUE);
        if (stop.size() > most) {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            "the backend takes at most " + most + " stop sequences, and there are " + stop.size())
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
        if (!dialect.is(Switch.STOP) && !stop.isEmpty()) {
            adjustments.add(Adjustment.dropped("stop", "the model takes no stop sequences"));
        } else {
            fields.put("stop", stop.isEmpty() ? null : stop);
        }
    }

    private void own(String what, Switch field, @Nullable Object value) {
        String name = dialect.text(field);
        if (!name.isEmpty()) {
            fields.put(name, value);
        } else if (value != null) {
            adjustments.add(Adjustment.dropped(what, "the backend has no such option"));
        }
    }

    private String maxTokensField() {
        String usual = dialect.text(Switch.MAX_TOKENS_FIELD);
        String other = usual.equals("max_tokens") ? "max_completion_tokens" : "max_tokens";
        return scope.knows(RefusedFields.fact(usual)) && !scope.knows(RefusedFields.fact(other)) ? other : usual;
    }

    private void tools() {
        List<ToolSpec> tools = request.tools();
        if (tools.isEmpty()) {
            return;
        }
        if (fields.takes("tools")) {
            boolean strict = dialect.is(Switch.STRICT_TOOLS) && !scope.knows(Refusals.NO_STRICT);
            JsonWriter json = fields.json();
            json.name("tools").beginArray();
            for (ToolSpec tool : tools) {
                json.beginObject().field("type", "function").name("function").beginObject();
                json.field("name", tool.name());
                json.field("description", tool.description().isEmpty() ? null : tool.description());
                json.rawField("parameters", tool.parametersJson());
                json.field("strict", (strict && tool.strict()) ? Boolean.TRUE : null);
                json.endObject().endObject();
            }
            json.endArray();
        }
        ToolChoice choice = request.toolChoice();
        if (choice != null && fields.takes("tool_choice")) {
            choice(choice);
        }
        if (dialect.is(Switch.PARALLEL_TOOL_CALLS)) {
            fields.put("parallel_tool_calls", request.parallelToolCalls());
        } else if (request.parallelToolCalls() != null) {
            adjustments.add(Adjustment.dropped("parallelToolCalls", "the backend has no such option"));
        }
    }

    private void choice(ToolChoice choice) {
        switch (choice.mode()) {
            case AUTO -> fields.json().field("tool_choice", "auto");
            case NONE -> fields.json().field("tool_choice", "none");
            case REQUIRED -> {
                String word = dialect.text(Switch.REQUIRED_TOOL);
                if (word.isEmpty()) {
                    adjustments.add(Adjustment.changed("toolChoice", "the backend cannot be made to call a tool"));
                }
                fields.json().field("tool_choice", word.isEmpty() ? "auto" : word);
            }
            case TOOL ->
                fields.json()
                        .name("tool_choice")
                        .beginObject()
                        .field("type", "function")
                        .name("function")
                        .beginObject()
                        .field("name", choice.toolName())
                        .endObject()
                        .endObject();
        }
    }

    private void format() {
        OutputFormat output = request.output();
        String schema = output.schemaJson();
        if (output.kind() == OutputFormat.Kind.TEXT) {
            return;
        }
        String mode = dialect.text(Switch.JSON_SCHEMA);
        if (schema != null && mode.equals("guided_json")) {
            fields.raw("guided_json", schema);
        } else if (schema != null && mode.equals("nvext")) {
            fields.raw("nvext", "{\"guided_json\":" + schema + "}");
        } else if (schema != null && mode.equals("json_schema") && !scope.knows(Refusals.NO_JSON_SCHEMA)) {
            if (fields.takes("response_format")) {
                fields.json().name("response_format").beginObject().field("type", "json_schema");
                fields.json().name("json_schema").beginObject().field("name", schemaName(output.name()));
                fields.json().field("strict", output.strict()).rawField("schema", schema);
                fields.json().endObject().endObject();
            }
        } else {
            if (schema != null) {
                adjustments.add(
                        Adjustment.changed("output", "the backend takes no schema: it was asked for some JSON"));
            }
            fields.raw("response_format", "{\"type\":\"json_object\"}");
        }
    }

    /** Letters, digits, dashes and underscores, at most 64 of them, as the API wants it. */
    private static String schemaName(@Nullable String name) {
        String clean = name == null ? "" : name.replaceAll("[^a-zA-Z0-9_-]", "_");
        return clean.isEmpty() ? "answer" : clean.substring(0, Math.min(64, clean.length()));
    }

    private void thinking() {
        ThinkingOptions options = request.thinking();
        if (options == null) {
            return;
        }
        String effort = Efforts.nearest(options.effort(), dialect.text(Switch.EFFORTS));
        String mode = dialect.text(Switch.THINKING);
        if (mode.equals("reasoning_effort") || mode.equals("reasoning_format")) {
            if (!effort.equals(Efforts.wireName(options.effort()))) {
                adjustments.add(Adjustment.changed("thinking", "the model was asked to think with effort " + effort));
            }
        }
        boolean budgeted = mode.equals("enable_thinking") || (mode.equals("reasoning") && options.enabled());
        if (options.budgetTokens() != null && !budgeted) {
            adjustments.add(Adjustment.dropped("thinking budget", "the backend has no such option"));
        }
        thinking(mode, options, effort);
    }

    private void thinking(String mode, ThinkingOptions options, String effort) {
        boolean on = options.enabled();
        Integer budget = options.budgetTokens();
        switch (mode) {
            case "reasoning_effort" -> fields.put("reasoning_effort", effort);
            case "reasoning_format" -> {
                fields.put("reasoning_effort", effort);
                fields.put("reasoning_format", "parsed");
            }
            case "reasoning" ->
                fields.raw(
                        "reasoning",
                        !on
                                ? "{\"enabled\":false}"
                                : budget != null
                                        ? "{\"max_tokens\":" + budget + "}"
                                        : "{\"effort\":\"" + effort + "\"}");
            case "reasoning_enabled" -> fields.raw("reasoning", "{\"enabled\":" + on + "}");
            case "thinking" -> fields.raw("thinking", on ? "{\"type\":\"enabled\"}" : "{\"type\":\"disabled\"}");
            case "enable_thinking" -> {
                fields.put("enable_thinking", on);
                fields.put("thinking_budget", budget);
            }
            case "prompt_mode" -> fields.put("prompt_mode", on ? "reasoning" : null);
            case "chat_template_kwargs" -> templateSwitch("enable_thinking", on);
            case "none" -> adjustments.add(Adjustment.dropped("thinking", "the backend has no such option"));
            default -> {
                if (!mode.startsWith("chat_template_kwargs:")) {
                    throw unknownThinking(mode);
                }
                templateSwitch(mode.substring(mode.indexOf(':') + 1), on);
            }
        }
    }

    private void templateSwitch(String name, boolean on) {
        fields.raw("chat_template_kwargs", "{\"" + name + "\":" + on + "}");
    }

    private InferenceException unknownThinking(String mode) {
        return InferenceException.of(
                ErrorCategory.INVALID_REQUEST,
                "endpoint " + scope.endpoint().name() + ": thinking: " + mode
                        + " (expected: reasoning_effort, reasoning_format, reasoning, reasoning_enabled, thinking,"
                        + " enable_thinking, prompt_mode, chat_template_kwargs or none)");
    }
}
