package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.endpoint.EndpointRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A list of nodes, which may be replaced by another one. */
final class ListedNodes implements NodeProfiles, EndpointRegistry.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProfiles.class);

    private volatile List<InferenceNode> nodes;

    ListedNodes(List<InferenceNode> nodes) {
        this.nodes = unique(nodes);
    }

    static ListedNodes following(EndpointRegistry registry) {
        ListedNodes profiles = new ListedNodes(read(registry.list()));
        registry.watch(profiles);
        // What changed between the two is not told to a listener.
        profiles.endpointsChanged(registry.list());
        return profiles;
    }

    private static List<InferenceNode> unique(List<InferenceNode> nodes) {
        Set<String> names = new HashSet<>();
        for (InferenceNode node : nodes) {
            if (!names.add(requireNonNull(node, "node").name())) {
                throw new IllegalArgumentException("nodes: " + node.name() + " twice (expected: unique names)");
            }
        }
        return List.copyOf(nodes);
    }

    @Override
    public List<InferenceNode> list() {
        return nodes;
    }

    @Override
    public synchronized void endpointsChanged(List<EndpointSpec> now) {
        List<InferenceNode> fresh;
        try {
            fresh = unique(read(now));
        } catch (IllegalArgumentException wrong) {
            LOG.warn("node_profiles_refused: {}; the {} nodes before stay in force", wrong.getMessage(), nodes.size());
            return;
        }
        if (!fresh.equals(nodes)) {
            nodes = fresh;
            LOG.info("node_profiles_changed nodes={}", fresh.size());
        }
    }

    private static List<InferenceNode> read(List<EndpointSpec> endpoints) {
        List<InferenceNode> nodes = new ArrayList<>(endpoints.size());
        for (EndpointSpec endpoint : endpoints) {
            try {
                nodes.add(read(endpoint));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("node " + endpoint.name() + ": " + wrong.getMessage(), wrong);
            }
        }
        return nodes;
    }

    private static InferenceNode read(EndpointSpec endpoint) {
        InferenceNode.Builder builder = InferenceNode.builder(endpoint);
        for (Map.Entry<String, String> tag : endpoint.tags().entrySet()) {
            String name = tag.getKey();
            String value = tag.getValue();
            switch (name) {
                case "agents" -> split(value, builder::agent);
                case "labels" -> split(value, builder::tag);
                case "model" -> builder.model(value);
                case "gpuId" -> builder.gpuId(value);
                case "vramGb" -> builder.vramGb(number(name, value));
                case "ramGb" -> builder.ramGb(number(name, value));
                case "modelSizeGb" -> builder.modelSizeGb(number(name, value));
                case "priority" -> builder.priority(whole(name, value));
                default -> builder.metadata(name, value);
            }
        }
        return builder.build();
    }

    private static void split(String value, Consumer<String> each) {
        for (String name : value.split(",")) {
            if (!name.isBlank()) {
                each.accept(name.strip());
            }
        }
    }

    private static double number(String name, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a number)", e);
        }
    }

    private static int whole(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number)", e);
        }
    }
}
