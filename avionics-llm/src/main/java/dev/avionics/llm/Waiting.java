package dev.avionics.llm;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The blocking side of providers. */
final class Waiting {
    private static final Scheduler NO_WAITS = (task, delay) -> {
        throw new IllegalStateException("nothing waits here");
    };

    private Waiting() {}

    /** The whole answer. */
    static InferenceResult forResult(InferenceStream<InferenceEvent> stream) {
        ResultAssembler assembler = new ResultAssembler();
        try (EventCursor<InferenceEvent> events = stream.open()) {
            while (events.hasNext()) {
                assembler.accept(events.next());
            }
        }
        return assembler.result();
    }

    /** A value that is on its way; giving up waiting ends the call. */
    static <V> V forValue(CompletableFuture<V> call) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException("this blocks, and would hold up the transport thread that it runs on");
        }
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw InferenceException.of(ErrorCategory.CANCELLED, "the thread was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InferenceException why) {
                throw why;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Whether the provider says within a time that it is healthy. */
    static boolean forHealth(LLMProvider provider, Duration most) {
        if (TransportThread.isCurrent()) {
            return false;
        }
        CompletableFuture<?> health = null;
        try {
            CompletableFuture<HealthState> asked =
                    provider.health(provider.newCall().withTotal(most));
            health = asked;
            return asked.get(most.toMillis(), TimeUnit.MILLISECONDS).isHealthy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            // Whatever it is, the backend is not there for us.
        }
        if (health != null) {
            health.cancel(false);
        }
        return false;
    }

    /** The text of {@link LLMProvider#generate} as a stream of one chunk. */
    static InferenceStream<TokenChunk> oneChunk(
            LLMProvider provider, @Nullable String model, String prompt, Map<String, ?> options) {
        CallContext call = provider.newCall();
        Target target = new Target(provider.endpoint(), model == null ? provider.defaultModel() : model);
        Executor executor = call.delivery().executor();
        return InferenceStream.deferred(
                        call,
                        () -> CompletableFuture.supplyAsync(
                                        () -> provider.generate(model, prompt, options),
                                        executor == null ? ForkJoinPool.commonPool() : executor)
                                .thenApply(text -> whole(call, target, text)))
                .map(new ChunkView(true));
    }

    private static InferenceStream<InferenceEvent> whole(CallContext call, Target target, String text) {
        List<ScriptedSource.Step> steps = new ArrayList<>();
        steps.add(ScriptedSource.Step.of(new InferenceEvent.Started(target, 1, RateLimitInfo.none(), List.of())));
        if (!text.isEmpty()) {
            steps.add(ScriptedSource.Step.of(new InferenceEvent.TextDelta(text)));
        }
        steps.add(ScriptedSource.Step.of(
                new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null)));
        return InferenceStream.from(call, new ScriptedSource(steps, NO_WAITS, () -> {}));
    }

    /** A stream that fails when it is consumed. */
    static InferenceStream<InferenceEvent> failed(CallContext call, InferenceException why) {
        return InferenceStream.deferred(call, () -> CompletableFuture.failedFuture(why));
    }

    /** What a provider says after it was closed. */
    static InferenceException closed(String provider) {
        return InferenceException.builder(ErrorCategory.REJECTED, "the provider " + provider + " is closed")
                .provider(provider)
                .build();
    }
}
