package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question to a model: the conversation so far and how the answer shall be made.
 *
 * <p>A null option is not sent, and the backend's own default holds; 0 and 0.0 are values like any other.
 *
 * @param messages the conversation, at least one turn
 * @param tools what the model may call, empty for none
 * @param toolChoice whether it must, or null
 * @param parallelToolCalls whether it may ask for several at once, or null
 * @param output the form of the text
 * @param thinking how much to think, or null
 * @param sampling how tokens are chosen and when to stop
 * @param stream whether the backend shall send the answer piece by piece; default true
 * @param context the size of the context window to use, in tokens, or null; for local backends that take one
 * @param user a stable name of the end user for the backend's abuse checks, or null
 * @param extra fields put into the backend's request as they are: strings, numbers, booleans, nulls, lists and maps; copied.
 *     They win over what was made from the other options, but cannot replace the conversation.
 */
public record InferenceRequest(
        List<Message> messages,
        List<ToolSpec> tools,
        @Nullable ToolChoice toolChoice,
        @Nullable Boolean parallelToolCalls,
        OutputFormat output,
        @Nullable ThinkingOptions thinking,
        Sampling sampling,
        boolean stream,
        @Nullable Integer context,
        @Nullable String user,
        Map<String, @Nullable Object> extra) {
    public InferenceRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messages: empty (expected: at least one)");
        }
        tools = List.copyOf(tools);
        requireNonNull(output, "output");
        requireNonNull(sampling, "sampling");
        if (context != null && context < 1) {
            throw new IllegalArgumentException("context: " + context + " (expected: >= 1)");
        }
        extra = JsonValues.copyOf(extra);
    }

    /** One user message with all defaults. */
    public static InferenceRequest of(String prompt) {
        return builder().message(Message.user(prompt)).build();
    }

    /** A builder with all defaults and no message. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this request. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.messages.addAll(messages);
        builder.tools.addAll(tools);
        builder.toolChoice = toolChoice;
        builder.parallelToolCalls = parallelToolCalls;
        builder.output = output;
        builder.thinking = thinking;
        builder.sampling = sampling;
        builder.stream = stream;
        builder.context = context;
        builder.user = user;
        builder.extra.putAll(extra);
        return builder;
    }

    /** Builds an {@link InferenceRequest}; not thread-safe. */
    public static final class Builder {
        private final List<Message> messages = new ArrayList<>();
        private final List<ToolSpec> tools = new ArrayList<>();
        private @Nullable ToolChoice toolChoice;
        private @Nullable Boolean parallelToolCalls;
        private OutputFormat output = OutputFormat.TEXT;
        private @Nullable ThinkingOptions thinking;
        private Sampling sampling = Sampling.NONE;
        private boolean stream = true;
        private @Nullable Integer context;
        private @Nullable String user;
        private final Map<String, @Nullable Object> extra = new LinkedHashMap<>();

        private Builder() {}

        /** Adds a turn. */
        public Builder message(Message message) {
            messages.add(requireNonNull(message, "message"));
            return this;
        }

        /** Replaces all turns. */
        public Builder messages(List<Message> all) {
            messages.clear();
            messages.addAll(all);
            return this;
        }

        /** Adds a tool. */
        public Builder tool(ToolSpec tool) {
            tools.add(requireNonNull(tool, "tool"));
            return this;
        }

        /** Replaces all tools. */
        public Builder tools(List<ToolSpec> all) {
            tools.clear();
            tools.addAll(all);
            return this;
        }

        public Builder toolChoice(@Nullable ToolChoice choice) {
            toolChoice = choice;
            return this;
        }

        public Builder parallelToolCalls(@Nullable Boolean allowed) {
            parallelToolCalls = allowed;
            return this;
        }

        public Builder output(OutputFormat format) {
            output = format;
            return this;
        }

        public Builder thinking(@Nullable ThinkingOptions options) {
            thinking = options;
            return this;
        }

        /** Replaces every sampling option. */
        public Builder sampling(Sampling options) {
            sampling = requireNonNull(options, "options");
            return this;
        }

        /** Sets the temperature, or null for the backend's own. */
        public Builder temperature(@Nullable Double temperature) {
            sampling = sampling.toBuilder().temperature(temperature).build();
            return this;
        }

        /** Sets the limit of new tokens, or null for the backend's own. */
        public Builder maxTokens(@Nullable Integer maxTokens) {
            sampling = sampling.toBuilder().maxTokens(maxTokens).build();
            return this;
        }

        public Builder stream(boolean piecewise) {
            stream = piecewise;
            return this;
        }

        public Builder context(@Nullable Integer tokens) {
            context = tokens;
            return this;
        }

        public Builder user(@Nullable String name) {
            user = name;
            return this;
        }

        /** Adds a field of the backend's own. */
        public Builder extra(String name, @Nullable Object value) {
            extra.put(requireNonNull(name, "name"), value);
            return this;
        }

        public InferenceRequest build() {
            return new InferenceRequest(
                    messages,
                    tools,
                    toolChoice,
                    parallelToolCalls,
                    output,
                    thinking,
                    sampling,
                    stream,
                    context,
                    user,
                    extra);
        }
    }
}
