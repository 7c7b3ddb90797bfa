package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ToolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that is to be answered, and who asks.
 *
 * @param inference the conversation and how the answer shall be made
 * @param provider the provider to begin with; null for the agent's own
 * @param model the model of that provider; null for the agent's or the provider's own. Fallback targets have models of their own
 * @param agent whose call it is; limits, budgets and statistics go by it; default {@code unknown}
 * @param key who pays: the caller's key or tenant, as a name, never the secret itself; empty for nobody in particular. Answers of
 *     one key are never given to another
 * @param cache whether the answer may come from the cache
 * @param metadata what the caller wants to find again in logs and responses; copied
 */
public record GatewayRequest(
        InferenceRequest inference,
        @Nullable String provider,
        @Nullable String model,
        String agent,
        String key,
        CacheMode cache,
        Map<String, String> metadata) {
    /** The agent of calls that name none. */
    public static final String UNKNOWN_AGENT = "unknown";

    public GatewayRequest {
        requireNonNull(inference, "inference");
        requireNonNull(agent, "agent");
        requireNonNull(key, "key");
        requireNonNull(cache, "cache");
        metadata = Map.copyOf(metadata);
    }

    /** A conversation with all defaults. */
    public static GatewayRequest of(InferenceRequest inference) {
        return new GatewayRequest(inference, null, null, UNKNOWN_AGENT, "", CacheMode.AUTO, Map.of());
    }

    /** One user message with all defaults. */
    public static GatewayRequest of(String prompt) {
        return of(InferenceRequest.of(prompt));
    }

    /** A builder with a user message and all defaults. */
    public static Builder builder(String prompt) {
        return new Builder(requireNonNull(prompt, "prompt"));
    }

    /** This with another conversation. */
    public GatewayRequest with(InferenceRequest other) {
        return new GatewayRequest(other, provider, model, agent, key, cache, metadata);
    }

    /** This from another agent. */
    public GatewayRequest withAgent(String value) {
        return new GatewayRequest(inference, provider, model, value, key, cache, metadata);
    }

    /** This on behalf of another key. */
    public GatewayRequest withKey(String value) {
        return new GatewayRequest(inference, provider, model, agent, value, cache, metadata);
    }

    /** This beginning with another target; null leaves the provider or model to the settings. */
    public GatewayRequest withTarget(@Nullable String otherProvider, @Nullable String otherModel) {
        return new GatewayRequest(inference, otherProvider, otherModel, agent, key, cache, metadata);
    }

    /** This with another use of the cache. */
    public GatewayRequest withCache(CacheMode value) {
        return new GatewayRequest(inference, provider, model, agent, key, value, metadata);
    }

    /** Builds a {@link GatewayRequest} of one prompt; not thread-safe. */
    public static final class Builder {
        private final String prompt;
        private @Nullable String system;
        private @Nullable String provider;
        private @Nullable String model;
        private String agent = UNKNOWN_AGENT;
        private String key = "";
        private final List<ToolSpec> tools = new ArrayList<>();
        private @Nullable Double temperature;
        private @Nullable Integer maxTokens;
        private CacheMode cache = CacheMode.AUTO;
        private final Map<String, String> metadata = new LinkedHashMap<>();

        private Builder(String prompt) {
            this.prompt = prompt;
        }

        /** A system message in front; null for none, the default. */
        public Builder system(@Nullable String value) {
            system = value;
            return this;
        }

        /** See {@link GatewayRequest#provider}; default null. */
        public Builder provider(@Nullable String value) {
            provider = value;
            return this;
        }

        /** See {@link GatewayRequest#model}; default null. */
        public Builder model(@Nullable String value) {
            model = value;
            return this;
        }

        /** See {@link GatewayRequest#agent}. */
        public Builder agent(String value) {
            agent = requireNonNull(value, "value");
            return this;
        }

        /** See {@link GatewayRequest#key}. */
        public Builder key(String value) {
            key = requireNonNull(value, "value");
            return this;
        }

        /** What the model may call; default nothing. */
        public Builder tools(List<ToolSpec> value) {
            tools.clear();
            tools.addAll(value);
            return this;
        }

        /** Null, the default, sends none: the backend's own holds. */
        public Builder temperature(@Nullable Double value) {
            temperature = value;
            return this;
        }

        /** Null, the default, sends none where the backend allows that. */
        public Builder maxTokens(@Nullable Integer value) {
            maxTokens = value;
            return this;
        }

        /** Default {@link CacheMode#AUTO}. */
        public Builder cache(CacheMode value) {
            cache = requireNonNull(value, "value");
            return this;
        }

        /** Adds something to find again. */
        public Builder metadata(String name, String value) {
            metadata.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        public GatewayRequest build() {
            List<Message> messages = new ArrayList<>(2);
            if (system != null && !system.isEmpty()) {
                messages.add(Message.system(system));
            }
            messages.add(Message.user(prompt));
            InferenceRequest inference = InferenceRequest.builder()
                    .messages(messages)
                    .tools(tools)
                    .sampling(Sampling.NONE)
                    .temperature(temperature)
                    .maxTokens(maxTokens)
                    .build();
            return new GatewayRequest(inference, provider, model, agent, key, cache, metadata);
        }
    }
}
