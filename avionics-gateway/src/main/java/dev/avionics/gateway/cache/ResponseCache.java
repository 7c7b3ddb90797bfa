package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.state.SharedState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole answers by the keys of their calls: in the memory of this process those that were used last, or in the state that replicas
 * share. Thread-safe.
 *
 * <p>What goes wrong here never fails a call: an entry that cannot be read is a miss, with a warning; so is a state that cannot be
 * reached, with one warning until it is back.
 */
public final class ResponseCache {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseCache.class);

    /** In front of a key in shared state; with the version, so that gateways of different versions do not read each other's. */
    private static final String PREFIX = "answer:" + AnswerWriter.VERSION + ":";

    private final CacheRules rules;
    private final @Nullable RecentAnswers memory;
    private final @Nullable SharedState state;
    private final AtomicBoolean readsFail = new AtomicBoolean();
    private final AtomicBoolean writesFail = new AtomicBoolean();

    private ResponseCache(CacheRules rules, @Nullable RecentAnswers memory, @Nullable SharedState state) {
        this.rules = rules;
        this.memory = memory;
        this.state = state;
    }

    /** An empty cache in memory of {@link CacheRules#entries} answers. */
    public static ResponseCache inMemory(CacheRules rules, Ticker ticker) {
        RecentAnswers memory = new RecentAnswers(requireNonNull(ticker, "ticker"), rules.ttl(), rules.entries());
        return new ResponseCache(rules, memory, null);
    }

    /** A cache in a state, which stays its owner's and bounds it. */
    public static ResponseCache over(SharedState state, CacheRules rules) {
        return new ResponseCache(requireNonNull(rules, "rules"), null, requireNonNull(state, "state"));
    }

    /**
     * The answer to a call, if it is known.
     *
     * @return never fails; completes on this thread or on one of the state's client, which must not be held up
     */
    public CompletionStage<Optional<CachedAnswer>> find(CacheKey key) {
        if (memory != null) {
            return CompletableFuture.completedFuture(answer(key, memory.get(key.hash())));
        }
        CompletionStage<Optional<byte[]>> coming;
        try {
            coming = requireNonNull(state).get(PREFIX + key.hash());
        } catch (RuntimeException e) {
            failed(readsFail, writesFail, e);
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return coming.handle((bytes, error) -> {
            if (error != null) {
                failed(readsFail, writesFail, error);
                return Optional.empty();
            }
            readsFail.set(false);
            return answer(key, bytes.orElse(null));
        });
    }

    private static Optional<CachedAnswer> answer(CacheKey key, byte @Nullable [] entry) {
        if (entry == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CachedAnswer(AnswerReader.read(entry)));
        } catch (IllegalArgumentException | ArithmeticException broken) {
            LOG.warn(
                    "cache_entry_broken key={} bytes={}: the answer is asked for anew ({})",
                    key.hash(),
                    entry.length,
                    broken.getMessage());
            return Optional.empty();
        }
    }

    private static void failed(AtomicBoolean mine, AtomicBoolean other, Throwable why) {
        if (mine.compareAndSet(false, true) && !other.get()) {
            LOG.warn(
                    "cache_unavailable: answers are asked for anew until the shared state is back ({})",
                    why.toString());
        }
    }

    /**
     * A stream that is written down as it passes, and kept if it comes to a good end: {@code STOP} or {@code TOOL_CALLS}, from the
     * target that was asked, and within {@link CacheRules#entryBytes}. In memory it is kept before its end is delivered.
     */
    public InferenceStream<InferenceEvent> keep(
            CacheKeys.Shareable shareable, GatewayCall call, InferenceStream<InferenceEvent> stream) {
        return stream.peek(new AnswerRecorder(rules.entryBytes(), entry -> {
            if (shareable.isAnsweredBy(call.ledger())) {
                put(shareable.key(), entry);
            }
        }));
    }

    private void put(CacheKey key, byte[] entry) {
        if (memory != null) {
            memory.put(key.hash(), entry);
            return;
        }
        try {
            requireNonNull(state).put(PREFIX + key.hash(), entry, rules.ttl()).whenComplete((done, error) -> {
                if (error != null) {
                    failed(writesFail, readsFail, error);
                } else {
                    writesFail.set(false);
                }
            });
        } catch (RuntimeException e) {
            failed(writesFail, readsFail, e);
        }
    }
}
