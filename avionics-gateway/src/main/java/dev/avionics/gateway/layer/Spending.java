package dev.avionics.gateway.layer;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt that is over used, as far as anybody knows.
 *
 * @param usage the tokens; absent unless they were told
 */
record Spending(Kind kind, Usage usage) {
    enum Kind {
        /** The backend did nothing for it. */
        NOTHING,
        /** The backend told tokens, or they were counted on the way. */
        TOLD,
        /** The backend may have read the input; nobody knows of more. */
        INPUT,
        /** The answer came, and no word of its tokens. */
        UNKNOWN
    }

    private static final Spending NOTHING = new Spending(Kind.NOTHING, Usage.absent());
    private static final Spending INPUT = new Spending(Kind.INPUT, Usage.absent());
    private static final Spending UNKNOWN = new Spending(Kind.UNKNOWN, Usage.absent());

    /** That of an attempt at an answer. */
    static Spending of(Outcome outcome) {
        if (outcome.usage().isPresent()) {
            return new Spending(Kind.TOLD, outcome.usage());
        }
        if (outcome instanceof Outcome.Done) {
            return UNKNOWN;
        }
        return outcome instanceof Outcome.Failed failed ? of(failed.error()) : INPUT;
    }

    /** That of an attempt at vectors. */
    static Spending of(
            CompletableFuture<EmbeddingResult> attempt, @Nullable EmbeddingResult result, @Nullable Throwable error) {
        if (result != null) {
            return result.usage().isPresent() ? new Spending(Kind.TOLD, result.usage()) : UNKNOWN;
        }
        if (attempt.isCancelled()) {
            return INPUT;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof InferenceException known ? of(known) : INPUT;
    }

    private static Spending of(InferenceException error) {
        if (error.usage().isPresent()) {
            return new Spending(Kind.TOLD, error.usage());
        }
        boolean notSeen = error.sent() != InferenceException.Sent.ALL || error.origin() == ErrorOrigin.US;
        return notSeen || isRefusal(error.category()) ? NOTHING : INPUT;
    }

    /** Whether the backend said no instead of working. */
    private static boolean isRefusal(ErrorCategory category) {
        return switch (category) {
            case AUTHENTICATION,
                    PERMISSION,
                    MODEL_NOT_FOUND,
                    INVALID_REQUEST,
                    CONTEXT_LENGTH,
                    RATE_LIMITED,
                    QUOTA_EXHAUSTED,
                    OVERLOADED,
                    UNSUPPORTED,
                    BUDGET_EXCEEDED,
                    REJECTED -> true;
            case CONTENT_FILTER, SERVER_ERROR, TIMEOUT, CONNECTION, PARSE, CANCELLED -> false;
        };
    }
}
