package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.llm.telemetry.GatewayMeters;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells the end of every call, however it ended, with its ledger. */
public final class ObserveLayer implements GatewayLayer {
    private final BiConsumer<GatewayCall, Outcome> ended;
    private final GatewayMeters meters;

    /**
     * A layer.
     *
     * @param ended is told each end on the thread that finds it out; must be quick
     * @param meters count the calls that are under way, and those that were shed
     */
    public ObserveLayer(BiConsumer<GatewayCall, Outcome> ended, GatewayMeters meters) {
        this.ended = requireNonNull(ended, "ended");
        this.meters = requireNonNull(meters, "meters");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        return InferenceStream.deferred(call.context(), () -> {
            // Counted when it is consumed: a stream that nobody reads is no call under way.
            meters.callEntered();
            return CompletableFuture.completedFuture(next.infer(request, call).observe(outcome -> over(call, outcome)));
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call, Next next) {
        CompletableFuture<EmbeddingResult> answer = next.embed(request, call);
        meters.callEntered();
        answer.whenComplete((result, error) -> over(call, outcome(answer, result, error)));
        return answer;
    }

    private void over(GatewayCall call, Outcome outcome) {
        meters.callLeft();
        if (outcome instanceof Outcome.Failed failed && failed.error().category() == ErrorCategory.REJECTED) {
            meters.shed(failed.error().code().orElse("rejected"), "normal");
        }
        ended.accept(call, outcome);
    }

    private static Outcome outcome(
            CompletableFuture<?> answer, @Nullable EmbeddingResult result, @Nullable Throwable error) {
        if (answer.isCancelled()) {
            return new Outcome.Cancelled(CancelReason.CALLER, Usage.absent());
        }
        if (error == null && result != null) {
            return new Outcome.Done(
                    new InferenceEvent.Completed(FinishReason.STOP, null, result.usage(), null, result.model()));
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new Outcome.Failed(
                cause instanceof InferenceException known
                        ? known
                        : InferenceException.builder(ErrorCategory.REJECTED, "the call broke on our side: " + cause)
                                .cause(cause)
                                .build());
    }
}
