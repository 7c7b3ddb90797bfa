package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Documents in order of their worth, best first.
 *
 * @param ranked the places
 * @param usage the tokens read
 * @param target who answered
 */
public record RerankResult(List<Ranked> ranked, Usage usage, Target target) {
    /**
     * One document's worth.
     *
     * @param index its place in the request, from 0
     * @param score its worth; higher is better, the scale is the backend's
     */
    public record Ranked(int index, double score) {}

    public RerankResult {
        ranked = List.copyOf(ranked);
        requireNonNull(usage, "usage");
        requireNonNull(target, "target");
    }
}
