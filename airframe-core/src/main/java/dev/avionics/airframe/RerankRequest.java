package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Documents to be put in order of their worth for a question.
 *
 * @param query the question
 * @param documents at least one
 * @param topN how many to give back, at least 1, or null for all
 */
public record RerankRequest(
        String query, List<String> documents, @Nullable Integer topN) {
    public RerankRequest {
        requireNonNull(query, "query");
        documents = List.copyOf(documents);
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("documents: empty (expected: at least one)");
        }
        if (topN != null && topN < 1) {
            throw new IllegalArgumentException("topN: " + topN + " (expected: >= 1)");
        }
    }
}
