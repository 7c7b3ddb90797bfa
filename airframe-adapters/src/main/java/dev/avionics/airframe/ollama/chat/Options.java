package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.ollama.endpoint.Facts;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.WireScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes into {@code options}: sampling, limits and the window. Sorts the callers' own fields too: known options go
 * there, wherever they were put, and win.
 */
final class Options {
    /** Fields that hold the conversation or decide how the answer is read. */
    private static final Set<String> OURS =
            Set.of("model", "messages", "prompt", "system", "images", "tools", "stream");

    /** Options that callers put beside the others, where Ollama does not look for them. */
    private static final Set<String> KNOWN = Set.of(
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
    private final Settings settings;
    private final Map<String, @Nullable Object> ours = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> own = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private boolean adaptive;

    Options(WireScope scope, InferenceRequest request, Settings settings) {
        this.scope = scope;
        this.request = request;
        this.settings = settings;
        sort(settings.extraBody());
        sort(request.extra());
        sampling(request.sampling());
    }

    private void sort(Map<String, @Nullable Object> from) {
        from.forEach((name, value) -> {
            if (OURS.contains(name)) {
                throw Errors.invalid(
                        "extra: " + name + " (expected: no field of the conversation, nor model or stream)");
            }
            if (KNOWN.contains(name)) {
                own.put(name, value);
            } else if (!name.equals("options")) {
                fields.put(name, value);
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((option, setting) -> own.put(String.valueOf(option), setting));
            } else if (value != null) {
                throw Errors.invalid("extra.options: no map (expected: names and values)");
            }
        });
    }

    private void sampling(Sampling sampling) {
        put("num_predict", sampling.maxTokens());
        put("temperature", sampling.temperature());
        put("top_k", sampling.topK());
        put("top_p", sampling.topP());
        put("min_p", sampling.minP());
        put("repeat_penalty", sampling.repeatPenalty());
        put("presence_penalty", sampling.presencePenalty());
        put("frequency_penalty", sampling.frequencyPenalty());
        put("seed", sampling.seed());
        put("stop", sampling.stop().isEmpty() ? null : sampling.stop());
    }

    private void put(String name, @Nullable Object value) {
        if (value != null) {
            ours.put(name, value);
        }
    }

    /** The callers' own fields of the request's top level. */
    Map<String, @Nullable Object> fields() {
        return fields;
    }

    /** All options, with a window that the conversation and the tools fit into. */
    Map<String, @Nullable Object> of(Conversation conversation, List<ToolSpec> tools) {
        window(conversation, tools);
        ours.putAll(own);
        return ours;
    }

    /** Whether the size of the context window was guessed here, and could have been larger. */
    boolean adaptive() {
        return adaptive;
    }

    private void window(Conversation conversation, List<ToolSpec> tools) {
        if (own.containsKey("num_ctx")) {
            return;
        }
        Integer fixed = request.context() != null ? request.context() : settings.fixedWindow();
        if (fixed != null) {
            put("num_ctx", fixed);
        } else if (settings.adaptiveWindow()) {
            Integer most = settings.modelWindow();
            int size = AdaptiveContext.size(
                    conversation.bytes() + bytes(tools),
                    conversation.pictures(),
                    answerLimit(),
                    most,
                    scope.knows(Facts.DENSE_TEXT));
            adaptive = most == null || size < most;
            put("num_ctx", size);
        }
    }

    private @Nullable Integer answerLimit() {
        // Negative limits mean that there is none.
        Integer limit = own.get("num_predict") instanceof Number number
                ? (Integer) number.intValue()
                : request.sampling().maxTokens();
        return limit == null || limit < 0 ? null : limit;
    }

    private static long bytes(List<ToolSpec> tools) {
        long sum = 0;
        for (ToolSpec tool : tools) {
            sum += tool.name().length()
                    + Conversation.utf8(tool.description())
                    + Conversation.utf8(tool.parametersJson());
        }
        return sum;
    }
}
