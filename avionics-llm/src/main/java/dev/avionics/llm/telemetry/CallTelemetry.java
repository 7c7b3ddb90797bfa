package dev.avionics.llm.telemetry;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.stream.InferenceStream;
import io.opentelemetry.context.Context;
import java.util.concurrent.CompletableFuture;

/**
 * Tells of one logical call, whatever the number of its attempts: a span for it, one below for each attempt over HTTP, and its
 * metrics at the end. To be added to the call's observers; what else it has to see passes through {@link #attempt} and {@code
 * watch}. Thread-safe. Does nothing after the end.
 *
 * <pre>{@code
 * CallTelemetry told = telemetry.start(TelemetryCall.chat("openai", target, request, context));
 * attempts.infer(context.observedBy(told), timeouts, plan,
 *         (attempt, bounded) -> told.watch(adapter.infer(attempt.target(), request, told.attempt(bounded))));
 * }</pre>
 *
 * <p>The span begins with the first attempt, or earlier with {@link #begin}; a call that is given up before has none.
 */
public interface CallTelemetry extends CallObserver {
    /** Tells nobody, and costs nothing. */
    CallTelemetry NONE = new CallTelemetry() {};

    /** The call begins now, although nothing is tried yet: it waits in a queue, or a cache is asked. */
    default void begin() {}

    /**
     * The context of the attempt that has just begun: with headers that tell the backend of the trace, if it may know, and with the
     * trace's id as attribute {@link TelemetryCall#TRACE}. To be called once for each attempt, after {@link #attemptStarted}.
     */
    default CallContext attempt(CallContext bounded) {
        return bounded;
    }

    /** The answer of one attempt, with a look at its pieces; costs nothing if nobody wants to know of them. */
    default InferenceStream<InferenceEvent> watch(InferenceStream<InferenceEvent> attempt) {
        return attempt;
    }

    /** As {@link #watch(InferenceStream)} for vectors: their usage is told nowhere else. */
    default CompletableFuture<EmbeddingResult> watch(CompletableFuture<EmbeddingResult> attempt) {
        return attempt;
    }

    /**
     * Adds a fact to the call's span; before the span begins it is kept.
     *
     * @param name begins with {@code avionics.}
     * @throws IllegalArgumentException if it does not
     */
    default void fact(String name, String value) {}

    /** As {@link #fact(String, String)}, for a number. */
    default void fact(String name, long value) {}

    /** The context that has the call's span, once it has begun; for work that belongs to the call. */
    default Context context() {
        return Context.root();
    }

    /** The trace, 32 hexadecimal digits; empty if there is none, or none yet. */
    default String traceId() {
        return "";
    }
}
