package dev.avionics.airframe.ollama;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.WireScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes one request of {@code /api/chat} or {@code /api/generate}: what both have, around the conversation. */
final class RequestWriter {
    /** Fields that hold the conversation or decide how the answer is read. */
    private static final Set<String> OURS =
            Set.of("model", "messages", "prompt", "system", "images", "tools", "stream");

    /** Options that callers put beside the others, where Ollama does not look for them. */
    private static final Set<String> OPTIONS = Set.of(
            "num_predict",
            "temperature",
            "top_k",
            "top_p",
            "min_p",
            "typical_p",
            "repeat_last_n",
            "repeat_penalty",
            "presence_penalty",
            "frequency_penalty",
            "penalize_newline",
            "mirostat",
            "mirostat_eta",
            "mirostat_tau",
            "seed",
            "stop",
            "num_ctx",
            "num_keep",
            "num_batch",
            "num_gpu",
            "num_thread",
            "main_gpu",
            "use_mmap",
            "numa");

    private final WireScope scope;
    private final InferenceRequest request;
    private final Metadata metadata;
    private final Set<Adjustment> adjustments = new LinkedHashSet<>();
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> extra = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> extraOptions = new LinkedHashMap<>();
    private boolean adaptive;

    RequestWriter(WireScope scope, InferenceRequest request) {
        this.scope = scope;
        this.request = request;
        metadata = new Metadata(scope.endpoint());
    }

    /** What the target could not take. */
    List<Adjustment> adjustments() {
        return new ArrayList<>(adjustments);
    }

    /** Whether the size of the context window was guessed here, and could have been larger. */
    boolean adaptive() {
        return adaptive;
    }

    /** Whether the request asks for thinking. */
    boolean thinks() {
        ThinkingOptions thinking = request.thinking();
        return thinking != null && thinking.enabled();
    }

    /** Whether thinking may stand in the text: who wants it of a server that does not set it apart finds it there. */
    boolean thinkTags() {
        return metadata.thinkTags(thinks());
    }

    /** The finished body. */
    byte[] body(Api api) {
        Conversation conversation = api == Api.CHAT
                ? new ChatConversation(request.messages(), adjustments)
                : new PromptConversation(request.messages(), adjustments);
        List<ToolSpec> tools = tools(api);
        sortExtra();
        sampling();
        window(conversation, tools);
        options.putAll(extraOptions);
        notTaken();
        JsonWriter json = new JsonWriter().beginObject();
        json.field("model", scope.model());
        conversation.write(json);
        write(json, tools);
        format(json);
        think(json);
        if (!options.isEmpty()) {
            json.name("options").value(options);
        }
        own(json, "keep_alive", metadata.keepAlive());
        own(json, "truncate", metadata.truncate(false));
        json.field("stream", request.stream());
        extra.forEach((name, value) -> json.name(name).value(value));
        return json.endObject().toBytes();
    }

    private List<ToolSpec> tools(Api api) {
        ToolChoice choice = request.toolChoice();
        ToolChoice.Mode mode = choice == null ? ToolChoice.Mode.AUTO : choice.mode();
        if (mode == ToolChoice.Mode.REQUIRED || mode == ToolChoice.Mode.TOOL) {
            throw unsupported("Ollama cannot be made to call a tool: tool choice " + mode);
        }
        if (request.tools().isEmpty()) {
            return List.of();
        }
        if (api == Api.GENERATE) {
            throw unsupported("/api/generate takes no tools: use the apiType ollama-chat");
        }
        if (mode == ToolChoice.Mode.NONE) {
            adjustments.add(Adjustment.changed(
                    "toolChoice", "Ollama has no tool choice: the tools are left out, so that none can be called"));
            return List.of();
        }
        if (Boolean.FALSE.equals(request.parallelToolCalls())) {
            adjustments.add(Adjustment.dropped("parallelToolCalls", "Ollama has no such switch"));
        }
        return request.tools();
    }

    private void write(JsonWriter json, List<ToolSpec> tools) {
        if (tools.isEmpty()) {
            return;
        }
        json.name("tools").beginArray();
        for (ToolSpec tool : tools) {
            json.beginObject().field("type", "function").name("function").beginObject();
            json.field("name", tool.name()).field("description", tool.description());
            json.rawField("parameters", tool.parametersJson()).endObject().endObject();
        }
        json.endArray();
    }

    private void format(JsonWriter json) {
        OutputFormat output = request.output();
        if (extra.containsKey("format")) {
            return;
        }
        switch (output.kind()) {
            case TEXT -> {}
            case JSON_OBJECT -> json.field("format", "json");
            case JSON_SCHEMA -> json.rawField("format", output.schemaJson());
        }
    }

    /** The depth MEDIUM is sent as {@code true}, which models with depths take as their usual one, and all others know. */
    private void think(JsonWriter json) {
        ThinkingOptions thinking = request.thinking();
        if (thinking == null || extra.containsKey("think")) {
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
        boolean levels = !scope.knows(Facts.THINKING_IS_BOOLEAN);
        switch (thinking.effort()) {
            case NONE -> json.field("think", false);
            case MEDIUM -> json.field("think", true);
            case MINIMAL, LOW -> level(json, "low", levels);
            case HIGH, XHIGH -> level(json, "high", levels);
            case MAX -> level(json, scope.knows(Facts.NO_MAX_THINKING) ? "high" : "max", levels);
        }
    }

    private void level(JsonWriter json, String level, boolean levels) {
        String wanted = requireNonNull(request.thinking()).effort().name().toLowerCase(Locale.ROOT);
        if (!levels) {
            adjustments.add(Adjustment.changed("thinking.effort", "the server knows thinking without depths only"));
            json.field("think", true);
            return;
        }
        if (!wanted.equals(level)) {
            adjustments.add(
                    Adjustment.changed("thinking.effort", "sent as " + level + ": the server knows no " + wanted));
        }
        json.field("think", level);
    }

    private void sampling() {
        Sampling sampling = request.sampling();
        option("num_predict", sampling.maxTokens());
        option("temperature", sampling.temperature());
        option("top_k", sampling.topK());
        option("top_p", sampling.topP());
        option("min_p", sampling.minP());
        option("repeat_penalty", sampling.repeatPenalty());
        option("presence_penalty", sampling.presencePenalty());
        option("frequency_penalty", sampling.frequencyPenalty());
        option("seed", sampling.seed());
        if (!sampling.stop().isEmpty()) {
            options.put("stop", sampling.stop());
        }
    }

    private void option(String name, @Nullable Object value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    private void window(Conversation conversation, List<ToolSpec> tools) {
        if (extraOptions.containsKey("num_ctx")) {
            return;
        }
        Integer fixed = request.context() != null ? request.context() : metadata.fixedWindow();
        if (fixed != null) {
            options.put("num_ctx", fixed);
        } else if (metadata.adaptiveWindow()) {
            Integer most = metadata.modelWindow();
            int size = AdaptiveContext.size(
                    conversation.bytes() + bytes(tools),
                    conversation.pictures(),
                    answerLimit(),
                    most,
                    scope.knows(Facts.DENSE_TEXT));
            adaptive = most == null || size < most;
            options.put("num_ctx", size);
        }
    }

    private @Nullable Integer answerLimit() {
        // A limit among the extra options wins; negative ones mean that there is none.
        Object own = extraOptions.get("num_predict");
        Integer limit = own instanceof Number number
                ? (Integer) number.intValue()
                : request.sampling().maxTokens();
        return limit == null || limit < 0 ? null : limit;
    }

    private static long bytes(List<ToolSpec> tools) {
        long sum = 0;
        for (ToolSpec tool : tools) {
            sum += tool.name().length() + utf8(tool.description()) + utf8(tool.parametersJson());
        }
        return sum;
    }

    static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Puts the endpoint's fields and the request's together, and known options to the options. */
    private void sortExtra() {
        sortExtra(metadata.extraBody());
        sortExtra(request.extra());
    }

    private void sortExtra(Map<String, @Nullable Object> from) {
        from.forEach((name, value) -> {
            if (OURS.contains(name)) {
                throw invalid("extra: " + name + " (expected: no field of the conversation, nor model or stream)");
            }
            if (OPTIONS.contains(name)) {
                extraOptions.put(name, value);
            } else if (!name.equals("options")) {
                extra.put(name, value);
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((option, setting) -> extraOptions.put(String.valueOf(option), setting));
            } else if (value != null) {
                throw invalid("extra.options: no map (expected: names and values)");
            }
        });
    }

    private void own(JsonWriter json, String name, @Nullable Object value) {
        if (value != null && !extra.containsKey(name)) {
            json.name(name).value(value);
        }
    }

    private void notTaken() {
        if (request.user() != null) {
            adjustments.add(Adjustment.dropped("user", "Ollama takes no name of the end user"));
        }
    }

    /** The base64 text of a picture; Ollama takes bytes only. */
    static String picture(Part.Image image) {
        if (image.source() instanceof Part.MediaSource.Inline inline) {
            return inline.base64();
        }
        throw unsupported("Ollama takes pictures as bytes only, not by address or file id");
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
