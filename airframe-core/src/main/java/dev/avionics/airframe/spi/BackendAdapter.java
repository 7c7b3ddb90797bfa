package dev.avionics.airframe.spi;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One attempt at one endpoint. Never retries, never picks another endpoint. Thread-safe.
 *
 * <p>Futures complete exceptionally with {@link dev.avionics.airframe.error.InferenceException} and nothing else;
 * cancelling a future ends its attempt. They complete on the transport's thread.
 */
public interface BackendAdapter extends AutoCloseable {
    /** What a model can do. */
    Capabilities capabilities(Target target);

    /** An answer to a conversation; nothing is sent before the stream is consumed. */
    InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context);

    /** The backend's state; never fails, spends no tokens. */
    CompletableFuture<HealthState> health(Target target, CallContext context);

    /** The models it offers. */
    CompletableFuture<List<ModelInfo>> models(Target target, CallContext context);

    /** Vectors of texts; fails with UNSUPPORTED where there are none. */
    CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context);

    /** Documents in order of their worth; fails with UNSUPPORTED where there is no ranking. */
    CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context);

    /** The prompt tokens that a request would cost, as the backend counts them; fails with UNSUPPORTED where it does not. */
    default CompletableFuture<Long> countTokens(Target target, InferenceRequest request, CallContext context) {
        return CompletableFuture.failedFuture(InferenceException.builder(
                        ErrorCategory.UNSUPPORTED,
                        target.endpoint().name() + " does not count tokens; nothing was sent")
                .provider(target.endpoint().name())
                .model(target.model())
                .sent(InferenceException.Sent.NOTHING)
                .build());
    }

    /** Lets go of what the adapter holds; attempts under way fail with REJECTED. */
    @Override
    void close();
}
