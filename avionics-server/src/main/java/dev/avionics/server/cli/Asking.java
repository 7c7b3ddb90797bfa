package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.LLMProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks for answers and measures them. Thread-safe. */
final class Asking {
    private static final long NOT_YET = Long.MIN_VALUE;

    private final Calls calls;
    private final Ticker ticker;

    Asking(Calls calls, Ticker ticker) {
        this.calls = requireNonNull(calls, "calls");
        this.ticker = requireNonNull(ticker, "ticker");
    }

    /**
     * Sends a request.
     *
     * @param look sees each event, in order, before the answer is whole; what it throws ends the call
     */
    CompletableFuture<Answer> ask(
            LLMProvider provider,
            @Nullable String model,
            InferenceRequest request,
            Timeouts.Override timeouts,
            Consumer<? super InferenceEvent> look,
            CallObserver report) {
        long begin = ticker.nanoTime();
        AtomicLong first = new AtomicLong(NOT_YET);
        CallContext context = provider.newCall().withTimeouts(timeouts).observedBy(report);
        InferenceStream<InferenceEvent> stream = provider.infer(model, request, context)
                .peek(event -> {
                    if (event.commits()) {
                        first.compareAndSet(NOT_YET, ticker.nanoTime());
                    }
                    look.accept(event);
                });
        calls.add(stream);
        return stream.collect().thenApply(result -> {
            long end = ticker.nanoTime();
            long seen = first.get() == NOT_YET ? end : first.get();
            return new Answer(provider.name(), result, Duration.ofNanos(end - begin), Duration.ofNanos(seen - begin));
        });
    }
}
