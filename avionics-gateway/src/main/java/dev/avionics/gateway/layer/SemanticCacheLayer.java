package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.cache.CacheKeys;
import dev.avionics.gateway.cache.CachedAnswer;
import dev.avionics.gateway.cache.Question;
import dev.avionics.gateway.cache.SemanticCache;
import dev.avionics.gateway.cache.SemanticRules;
import dev.avionics.llm.Embedding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives answers to questions that were asked in other words before. Only for calls whose answers may be shared at all, of text alone: see
 * {@link Question}. A vector that cannot be had, or comes too late, fails no call: it goes on as without this layer,
 * and so do all others for ten seconds.
 */
public final class SemanticCacheLayer implements GatewayLayer {
    private static final Logger LOG = LoggerFactory.getLogger(SemanticCacheLayer.class);

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final CacheKeys keys;
    private final SemanticRules rules;
    private final SemanticCache cache;
    private final Embedding embedding;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final AtomicBoolean fails = new AtomicBoolean();
    private volatile long failedAt;

    /** A layer; the embedding stays its owner's. */
    public SemanticCacheLayer(
            CacheKeys keys,
            SemanticRules rules,
            SemanticCache cache,
            Embedding embedding,
            Scheduler scheduler,
            Ticker ticker) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.ticker = requireNonNull(ticker, "ticker");
        this.keys = requireNonNull(keys, "keys");
        this.rules = requireNonNull(rules, "rules");
        this.cache = requireNonNull(cache, "cache");
        this.embedding = requireNonNull(embedding, "embedding");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        boolean wanted = isCold(request) && keys.isShareable(request, call) && !isPausing();
        Optional<Question> question = wanted ? Question.of(request.inference()) : Optional.empty();
        if (question.isEmpty()) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(call.context(), () -> {
            Optional<CacheKeys.Shareable> group =
                    keys.of(request.with(question.get().rest()), call);
            if (group.isEmpty()) {
                return CompletableFuture.completedFuture(next.infer(request, call));
            }
            return vector(question.get().text()).stream(
                    call,
                    vector -> vector.map(known -> answer(group.get(), known, request, call, next))
                            .orElseGet(() -> next.infer(request, call)));
        });
    }

    /** Answers that shall differ from time to time are not given again, whatever the cache of whole answers does. */
    private static boolean isCold(GatewayRequest request) {
        Double temperature = request.inference().sampling().temperature();
        return temperature != null && temperature == 0;
    }

    /** Whether vectors failed so lately that no call is to wait for another one. */
    private boolean isPausing() {
        return fails.get() && ticker.nanoTime() - failedAt < PAUSE.toNanos();
    }

    private InferenceStream<InferenceEvent> answer(
            CacheKeys.Shareable group,
            SemanticCache.Vector vector,
            GatewayRequest request,
            GatewayCall call,
            Next next) {
        Optional<CachedAnswer> known = cache.find(group.key(), vector);
        return known.isPresent()
                ? known.get().replay(call)
                : cache.keep(group, vector, call, next.infer(request, call));
    }

    /** The vector of a text; empty if there is none for whatever reason. */
    private Admission<Optional<SemanticCache.Vector>> vector(String text) {
        CallContext context = embedding.newCall().withTimeouts(Timeouts.Override.total(rules.timeout()));
        EmbeddingRequest request =
                new EmbeddingRequest(List.of(text), null, EmbeddingRequest.Purpose.SIMILARITY, Map.of());
        CompletableFuture<EmbeddingResult> running;
        try {
            running = embedding.embed(rules.model(), request, context);
        } catch (RuntimeException broken) {
            running = CompletableFuture.failedFuture(broken);
        }
        CompletableFuture<EmbeddingResult> asked = running;
        CompletableFuture<Optional<SemanticCache.Vector>> coming = new CompletableFuture<>();
        asked.whenComplete((result, error) -> coming.complete(told(result, error)));
        // Its own clock too: not every embedding keeps the one of the call.
        Scheduler.Handle limit = scheduler.schedule(
                () -> coming.complete(told(null, new TimeoutException("no vector within " + rules.timeout()))),
                rules.timeout());
        coming.whenComplete((vector, error) -> {
            limit.cancel();
            if (!asked.isDone()) {
                asked.cancel(false);
            }
        });
        return new Admission<>(coming, unused -> {});
    }

    private Optional<SemanticCache.Vector> told(@Nullable EmbeddingResult result, @Nullable Throwable error) {
        if (error == null && result != null && !result.vectors().isEmpty()) {
            fails.set(false);
            String source =
                    result.target().endpoint().address() + " " + result.target().model();
            return Optional.of(new SemanticCache.Vector(result.vectors().get(0), source));
        }
        // Who was given up with its call has not failed.
        if (error instanceof CancellationException) {
            return Optional.empty();
        }
        failedAt = ticker.nanoTime();
        if (fails.compareAndSet(false, true)) {
            LOG.warn(
                    "semantic_cache_unavailable: questions are asked as they come until there are vectors again ({})",
                    error == null ? "no vector" : error.toString());
        }
        return Optional.empty();
    }
}
