package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.cache.CacheKeys;
import dev.avionics.gateway.cache.CachedAnswer;
import dev.avionics.gateway.cache.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Gives the answers to calls that were asked before, and keeps those to others. */
public final class CacheLayer implements GatewayLayer {
    private final CacheKeys keys;
    private final ResponseCache cache;

    /** A layer over a cache. */
    public CacheLayer(CacheKeys keys, ResponseCache cache) {
        this.keys = requireNonNull(keys, "keys");
        this.cache = requireNonNull(cache, "cache");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        if (!keys.isShareable(request, call)) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(
                call.context(),
                () -> keys.of(request, call)
                        .<CompletionStage<InferenceStream<InferenceEvent>>>map(shareable -> then(
                                cache.find(shareable.key()).toCompletableFuture(),
                                call,
                                known -> known.map(answer -> answer.replay(call))
                                        .orElseGet(() -> cache.keep(shareable, call, next.infer(request, call)))))
                        .orElseGet(() -> CompletableFuture.completedFuture(next.infer(request, call))));
    }

    /** Goes on where the call is delivered: the thread that brings an entry is a client's, and not to be held up. */
    private static CompletableFuture<InferenceStream<InferenceEvent>> then(
            CompletableFuture<Optional<CachedAnswer>> found,
            GatewayCall call,
            Function<Optional<CachedAnswer>, InferenceStream<InferenceEvent>> use) {
        Executor delivery = call.context().delivery().executor();
        return found.isDone() || delivery == null ? found.thenApply(use) : found.thenApplyAsync(use, delivery);
    }
}
