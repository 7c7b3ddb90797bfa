package dev.avionics.llm;

import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one provider. Thread-safe. */
final class CallCounters {
    private final String provider;
    private final Ticker ticker;
    private final LLMTelemetry telemetry;
    private final LongAdder requests = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder latencyNanos = new LongAdder();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder completionTokens = new LongAdder();

    CallCounters(String provider, Ticker ticker, LLMTelemetry telemetry) {
        this.provider = provider;
        this.ticker = ticker;
        this.telemetry = telemetry;
    }

    /** Watches one call. */
    CallWatch watch(String model) {
        return new CallWatch(this, model);
    }

    String provider() {
        return provider;
    }

    long now() {
        return ticker.nanoTime();
    }

    LLMTelemetry telemetry() {
        return telemetry;
    }

    void began(int attempt) {
        (attempt == 1 ? requests : retries).increment();
    }

    void ended(CallWatch.Result result, Usage usage, long nanos) {
        latencyNanos.add(nanos);
        promptTokens.add(usage.inputTotal().value());
        completionTokens.add(usage.outputTotal().value());
        switch (result) {
            case OK -> succeeded.increment();
            case FAILED -> failed.increment();
            case CANCELLED -> cancelled.increment();
        }
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
}
