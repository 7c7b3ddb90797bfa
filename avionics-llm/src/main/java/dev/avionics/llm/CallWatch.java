package dev.avionics.llm;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.telemetry.TelemetryCall;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts one call, and logs its end: the only place that writes {@code llm_generation_complete}. */
final class CallWatch implements CallObserver {
    private static final Logger LOG = LoggerFactory.getLogger(LLMProvider.class);

    private final CallCounters counters;
    private final String model;
    private volatile @Nullable Target target;
    private volatile @Nullable CallContext attempt;
    private volatile @Nullable EmbeddingResult vectors;
    private volatile long began;
    private volatile boolean counted;

    /** How a call ended. */
    enum Result {
        OK("ok"),
        FAILED("failed"),
        CANCELLED("cancelled");

        private final String word;

        Result(String word) {
            this.word = word;
        }
    }

    CallWatch(CallCounters counters, String model) {
        this.counters = counters;
        this.model = model;
    }

    /** The context of the attempt that runs: what the log line says of the call. */
    void of(CallContext running) {
        attempt = running;
    }

    /** Sees vectors before the call ends: their usage is told nowhere else. */
    CompletableFuture<EmbeddingResult> watch(CompletableFuture<EmbeddingResult> running) {
        CompletableFuture<EmbeddingResult> seen = new CompletableFuture<>();
        running.whenComplete((value, error) -> {
            if (error != null) {
                seen.completeExceptionally(error);
            } else {
                vectors = value;
                seen.complete(value);
            }
        });
        seen.whenComplete((value, error) -> running.cancel(false));
        return seen;
    }

    @Override
    public void attemptStarted(int number, Target to) {
        target = to;
        if (number == 1) {
            began = counters.now();
            counted = true;
        }
        counters.began(number);
    }

    @Override
    public void ended(Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            EmbeddingResult found = vectors;
            over(Result.OK, found == null ? outcome.usage() : found.usage(), null);
        } else if (outcome instanceof Outcome.Failed error) {
            over(Result.FAILED, outcome.usage(), error.error());
        } else {
            over(Result.CANCELLED, outcome.usage(), null);
        }
    }

    private void over(Result result, Usage usage, @Nullable InferenceException error) {
        if (!counted) {
            // Given up before anything was tried.
            return;
        }
        counted = false;
        long nanos = counters.now() - began;
        counters.ended(result, usage, nanos);
        if (LOG.isDebugEnabled()) {
            log(result, usage, error, nanos);
        }
    }

    /** Neither prompt nor answer: logs are read by more people than conversations. */
    private void log(Result result, Usage usage, @Nullable InferenceException error, long nanos) {
        CallContext context = attempt;
        Target answering = target;
        OptionalLong cost =
                answering == null ? OptionalLong.empty() : counters.telemetry().cost(answering, usage);
        LOG.debug(
                "llm_generation_complete provider={} model={} result={}{} prompt_tokens={} completion_tokens={} duration_ms={}"
                        + " cost_usd_micros={} request_id={}{}{}",
                counters.provider(),
                model,
                result.word,
                error == null ? "" : " category=" + error.category(),
                usage.inputTotal(),
                usage.outputTotal(),
                Duration.ofNanos(nanos).toMillis(),
                cost.isPresent() ? Long.toString(cost.getAsLong()) : "?",
                context == null ? "?" : context.callId(),
                attribute(context, TelemetryCall.TRACE),
                attribute(context, TelemetryCall.AGENT));
    }

    private static String attribute(@Nullable CallContext context, String name) {
        String value = context == null ? null : context.attributes().get(name);
        return value == null ? "" : " " + name + "=" + value;
    }
}
