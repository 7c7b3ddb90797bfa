package dev.avionics.llm.model;

import java.util.List;

/** There is no model file, and why. The message says what to do. */
public final class ModelStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SourceFailure> failures;

    /** Why one source gave nothing. */
    public record SourceFailure(String source, String reason) {}

    ModelStoreException(String message, List<SourceFailure> failures, Throwable cause) {
        super(message, cause);
        this.failures = List.copyOf(failures);
    }

    ModelStoreException(String message, List<SourceFailure> failures) {
        super(message);
        this.failures = List.copyOf(failures);
    }

    /** The sources that were tried, in order; empty if the reason lies on this machine. */
    public List<SourceFailure> failures() {
        return failures == null ? List.of() : failures;
    }
}
