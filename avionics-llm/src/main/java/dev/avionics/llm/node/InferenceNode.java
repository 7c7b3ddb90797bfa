package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One machine, or one graphics card of it, that serves a model.
 *
 * @param name what people call it, unique within a fleet; the name of its endpoint, too
 * @param baseUrl where it is called; the address of its endpoint
 * @param agents the agents whose home it is; empty for a node of all agents
 * @param model the model that it serves, by the name that it is called with; empty where it serves a single one
 * @param vramGb memory of the graphics card in GB, 0 if there is none or it is unknown
 * @param ramGb memory of the machine in GB, 0 if unknown
 * @param modelSizeGb what the model takes of {@code vramGb}, in GB, at most that; 0 if unknown or not on a card
 * @param maxParallel calls that it answers at a time, at least 1; default 1. More than that wait there
 * @param gpuId the graphics card, such as {@code 0}; empty if it does not matter
 * @param metadata notes of the owner's; only {@code load} is read, see {@link NodeLoad#through}
 * @param priority nodes of a higher one come first; default 0
 * @param tags what a call may ask for, such as {@code long-context}
 * @param endpoint how it is called; default llama-server's protocol without a key, at no charge
 */
public record InferenceNode(
        String name,
        URI baseUrl,
        Set<String> agents,
        String model,
        double vramGb,
        double ramGb,
        double modelSizeGb,
        int maxParallel,
        String gpuId,
        Map<String, String> metadata,
        int priority,
        Set<String> tags,
        EndpointSpec endpoint) {
    public InferenceNode {
        requireNonNull(name, "name");
        requireNonNull(baseUrl, "baseUrl");
        requireNonNull(model, "model");
        requireNonNull(gpuId, "gpuId");
        requireNonNull(endpoint, "endpoint");
        if (!endpoint.name().equals(name) || !endpoint.baseUrl().equals(baseUrl)) {
            throw new IllegalArgumentException("endpoint: " + endpoint.name() + " at " + endpoint.address()
                    + " (expected: name and address of node " + name + ")");
        }
        atLeastZero("vramGb", vramGb);
        atLeastZero("ramGb", ramGb);
        atLeastZero("modelSizeGb", modelSizeGb);
        if (modelSizeGb > vramGb) {
            throw new IllegalArgumentException("modelSizeGb: " + modelSizeGb + " (expected: <= vramGb " + vramGb + ")");
        }
        if (maxParallel < 1) {
            throw new IllegalArgumentException("maxParallel: " + maxParallel + " (expected: >= 1)");
        }
        agents = Collections.unmodifiableSet(new LinkedHashSet<>(agents));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tags = Collections.unmodifiableSet(new LinkedHashSet<>(tags));
    }

    private static void atLeastZero(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** A builder of a node that is called as llama-server, at no charge. */
    public static Builder builder(String name, URI baseUrl) {
        return new Builder(EndpointSpec.builder(name, baseUrl, BackendKind.LLAMA_SERVER)
                .billing(Billing.FREE)
                .build());
    }

    /** A builder of a node that is called by an endpoint, whose name and address it has. */
    public static Builder builder(EndpointSpec endpoint) {
        return new Builder(requireNonNull(endpoint, "endpoint"));
    }

    /** A builder of a node that is called as the settings say, with their address and model, under a name of its own. */
    public static Builder builder(String name, ProviderSettings settings) {
        return new Builder(settings.endpoint().toBuilder().name(name).build()).model(settings.model());
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The share of the card's memory that the model takes, from 0 to 1; 0 if the card's memory is unknown. */
    public double vramUtilization() {
        return vramGb == 0 ? 0 : modelSizeGb / vramGb;
    }

    /**
     * Whether so many calls are answered at a time, none of them waiting.
     *
     * @param parallel at least 0
     */
    public boolean canHandle(int parallel) {
        if (parallel < 0) {
            throw new IllegalArgumentException("parallel: " + parallel + " (expected: >= 0)");
        }
        return parallel <= maxParallel;
    }

    /** Builds an {@link InferenceNode}; not thread-safe. */
    public static final class Builder {
        private final EndpointSpec endpoint;
        private final Set<String> agents = new LinkedHashSet<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final Set<String> tags = new LinkedHashSet<>();
        private String model = "";
        private double vramGb;
        private double ramGb;
        private double modelSizeGb;
        private @Nullable Integer maxParallel;
        private String gpuId = "";
        private int priority;

        private Builder(EndpointSpec endpoint) {
            this.endpoint = endpoint;
        }

        private Builder(InferenceNode from) {
            endpoint = from.endpoint;
            agents.addAll(from.agents);
            metadata.putAll(from.metadata);
            tags.addAll(from.tags);
            model = from.model;
            vramGb = from.vramGb;
            ramGb = from.ramGb;
            modelSizeGb = from.modelSizeGb;
            maxParallel = from.maxParallel;
            gpuId = from.gpuId;
            priority = from.priority;
        }

        /** Makes it the home of one more agent. */
        public Builder agent(String value) {
            agents.add(requireNonNull(value, "value"));
            return this;
        }

        public Builder model(String value) {
            model = requireNonNull(value, "value");
            return this;
        }

        public Builder vramGb(double value) {
            vramGb = value;
            return this;
        }

        public Builder ramGb(double value) {
            ramGb = value;
            return this;
        }

        public Builder modelSizeGb(double value) {
            modelSizeGb = value;
            return this;
        }

        /** Default what the endpoint's capacity says, else 1. */
        public Builder maxParallel(int value) {
            maxParallel = value;
            return this;
        }

        public Builder gpuId(String value) {
            gpuId = requireNonNull(value, "value");
            return this;
        }

        /** Adds a note. */
        public Builder metadata(String name, String value) {
            metadata.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /** Adds a tag. */
        public Builder tag(String value) {
            tags.add(requireNonNull(value, "value"));
            return this;
        }

        /**
         * Builds it.
         *
         * @throws IllegalArgumentException if a value is out of its range, or the model does not fit on the card
         */
        public InferenceNode build() {
            Integer told =
                    maxParallel != null ? maxParallel : endpoint.capacity().maxConcurrency();
            return new InferenceNode(
                    endpoint.name(),
                    endpoint.baseUrl(),
                    agents,
                    model,
                    vramGb,
                    ramGb,
                    modelSizeGb,
                    told == null ? 1 : told,
                    gpuId,
                    metadata,
                    priority,
                    tags,
                    endpoint);
        }
    }
}
