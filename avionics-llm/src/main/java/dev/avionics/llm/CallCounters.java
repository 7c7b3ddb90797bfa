package dev.avionics.llm;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the calls of one provider. Thread-safe. */
final class CallCounters {
    private static final Logger LOG = LoggerFactory.getLogger(LLMProvider.class);

    private final String provider;
    private final Ticker ticker;
    private final LongAdder requests = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder latencyNanos = new LongAdder();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder completionTokens = new LongAdder();

    CallCounters(String provider, Ticker ticker) {
        this.provider = provider;
        this.ticker = ticker;
    }

    /** Watches one call. */
    CallObserver watch(String model) {
        return new Watch(model);
    }

    /** Watches a call that gives a value; {@link CallObserver#ended} tells of streams only. */
    <R> CompletableFuture<R> watch(CompletableFuture<R> call, CallObserver watch) {
        call.whenComplete((value, error) -> {
            Watch mine = (Watch) watch;
            if (call.isCancelled()) {
                mine.over(cancelled, Usage.absent(), "cancelled", null);
            } else {
                mine.over(error == null ? succeeded : failed, Usage.absent(), error == null ? "ok" : "failed", error);
            }
        });
        return call;
    }

    void putInto(Map<String, Object> stats) {
        long done = succeeded.sum() + failed.sum() + cancelled.sum();
        stats.put("requests", requests.sum());
        stats.put("succeeded", succeeded.sum());
        stats.put("errors", failed.sum());
        stats.put("cancelled", cancelled.sum());
        stats.put("retries", retries.sum());
        stats.put("prompt_tokens", promptTokens.sum());
        stats.put("completion_tokens", completionTokens.sum());
        stats.put("avg_latency_ms", done == 0 ? 0.0 : latencyNanos.sum() / 1e6 / done);
    }

    private final class Watch implements CallObserver {
        private final String model;
        private volatile long began;
        private volatile boolean counted;

        Watch(String model) {
            this.model = model;
        }

        @Override
        public void attemptStarted(int number, Target target) {
            if (number == 1) {
                began = ticker.nanoTime();
                counted = true;
                requests.increment();
            } else {
                retries.increment();
            }
        }

        @Override
        public void ended(Outcome outcome) {
            if (outcome instanceof Outcome.Done) {
                over(succeeded, outcome.usage(), "ok", null);
            } else if (outcome instanceof Outcome.Failed error) {
                over(failed, outcome.usage(), "failed", error.error());
            } else {
                over(cancelled, outcome.usage(), "cancelled", null);
            }
        }

        private void over(LongAdder kind, Usage usage, String result, @Nullable Throwable error) {
            if (!counted) {
                // Given up before anything was tried.
                return;
            }
            counted = false;
            long nanos = ticker.nanoTime() - began;
            latencyNanos.add(nanos);
            promptTokens.add(usage.inputTotal().value());
            completionTokens.add(usage.outputTotal().value());
            kind.increment();
            // Neither prompt nor answer: logs are read by more people than conversations.
            LOG.debug(
                    "llm_generation_complete provider={} model={} result={}{} prompt_tokens={} completion_tokens={} duration_ms={}",
                    provider,
                    model,
                    result,
                    error instanceof InferenceException known ? " category=" + known.category() : "",
                    usage.inputTotal(),
                    usage.outputTotal(),
                    Duration.ofNanos(nanos).toMillis());
        }
    }
}
