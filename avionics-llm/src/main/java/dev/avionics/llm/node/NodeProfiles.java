package dev.avionics.llm.node;

import dev.avionics.airframe.endpoint.EndpointRegistry;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SectionSchema;
import java.util.List;
import java.util.Optional;

/** The nodes of a fleet, for reading. Thread-safe. */
public interface NodeProfiles {
    /** The home of an agent, the one of highest priority if it has several; empty if no node names the agent. */
    default Optional<InferenceNode> forAgent(String agent) {
        InferenceNode home = null;
        for (InferenceNode node : list()) {
            if (node.agents().contains(agent) && (home == null || node.priority() > home.priority())) {
                home = node;
            }
        }
        return Optional.ofNullable(home);
    }

    /**
     * All nodes in their order; unmodifiable, names are unique. As long as nothing changed it is the same object, which is how
     * a change is found.
     */
    List<InferenceNode> list();

    /**
     * Nodes that stay as they are.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    static NodeProfiles of(List<InferenceNode> nodes) {
        return new ListedNodes(nodes);
    }

    /** As {@link #of(List)}. */
    static NodeProfiles of(InferenceNode... nodes) {
        return of(List.of(nodes));
    }

    /**
     * The nodes of the section {@code nodes} of {@code avionics.yaml}; none if it is not there. A node without a provider is a
     * llama-server at its {@code base-url}, without a key.
     *
     * @throws dev.avionics.llm.settings.SettingsException if something there is wrong; it names the file
     */
    static NodeProfiles of(AvionicsSettings settings) {
        return of(NodeSection.read(settings));
    }

    /** The fields of each node in the section {@code nodes} of {@code avionics.yaml}. */
    static SectionSchema schema() {
        return NodeSection.SCHEMA;
    }

    /**
     * The endpoints of a registry as nodes, such as those of a watched file.
     *
     * <p>{@code capacity.maxConcurrency} is {@code maxParallel}. These tags of an endpoint are read: {@code agents} and
     * {@code labels} (names with commas between them; labels are the node's tags), {@code model}, {@code vramGb},
     * {@code ramGb}, {@code modelSizeGb}, {@code gpuId}, {@code priority}. All other tags are the node's metadata, such as
     * {@code load} ({@link NodeLoad#through}). A later list that is wrong leaves the nodes before it in force, and a line in the log says so.
     *
     * @param registry stays its owner's; the profiles follow it until it is closed
     * @throws IllegalArgumentException that names node and tag, if the list as it is now is wrong
     */
    static NodeProfiles of(EndpointRegistry registry) {
        return ListedNodes.following(registry);
    }
}
