package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * What a router has to know of a call.
 *
 * @param agent whose call it is; empty for nobody's
 * @param model the model that it wants; empty for the one of the agent's home, or any if it has none
 * @param tags what the node has to have; default nothing
 * @param prefix the beginning of its prompt
 */
public record RoutingRequest(String agent, String model, Set<String> tags, PrefixBlocks prefix) {
    public RoutingRequest {
        requireNonNull(agent, "agent");
        requireNonNull(model, "model");
        tags = Set.copyOf(tags);
        requireNonNull(prefix, "prefix");
    }

    /** A call of an agent for the model of its home, without tags. */
    public static RoutingRequest of(String agent, PrefixBlocks prefix) {
        return new RoutingRequest(agent, "", Set.of(), prefix);
    }
}
