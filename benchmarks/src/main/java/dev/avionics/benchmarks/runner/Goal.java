package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Scenario;
import java.util.List;

/**
 * One promise about CPU time per call: at most {@code limit} times that of the better of some other arms.
 *
 * @param scenario where it holds
 * @param against the arms of which the one with the lowest median counts
 * @param name what those arms are, in words
 * @param limit highest ratio that meets the goal
 */
record Goal(Scenario scenario, List<String> against, String name, double limit) {
    /** The arm that the goals are about. */
    static final String SUBJECT = "avionics";

    static final String BARE = "floor-bare";
    static final String PARSE = "floor-parse";
    static final List<String> PEERS = List.of("langchain4j", "openai-java");

    static final List<Goal> ALL = List.of(
            new Goal(Scenario.WHOLE, PEERS, "better peer", 0.25),
            new Goal(Scenario.WHOLE, List.of(BARE), "bare client", 2.5),
            new Goal(Scenario.STREAM, PEERS, "better peer", 0.25),
            new Goal(Scenario.STREAM, List.of(PARSE), "parsing client", 1.5));

    Goal {
        against = List.copyOf(against);
    }
}
