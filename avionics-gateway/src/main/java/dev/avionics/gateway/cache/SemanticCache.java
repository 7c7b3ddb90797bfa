package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whole answers by what was asked, whatever its words: for each group of calls that differ in their question only, those that were kept
 * last, each with the vector of its question. In the memory of this process. Thread-safe.
 */
public final class SemanticCache {
    /** The objects around what is kept, about. */
    private static final int OVERHEAD = 256;

    private final SemanticRules rules;
    private final Ticker ticker;
    private final Cache<CacheKey, Group> groups;

    private static final class Kept {
        private final float[] direction;
        private final String source;
        private final byte[] entry;
        private final long since;

        Kept(float[] direction, String source, byte[] entry, long since) {
            this.direction = direction;
            this.source = source;
            this.entry = entry;
            this.since = since;
        }
    }

    /** Answers, the newest first; guarded by itself. */
    private static final class Group {
        private final Deque<Kept> kept = new ArrayDeque<>();

        synchronized int bytes() {
            long bytes = OVERHEAD;
            for (Kept each : kept) {
                bytes += OVERHEAD + each.entry.length + (long) Float.BYTES * each.direction.length;
            }
            return (int) Math.min(bytes, Integer.MAX_VALUE);
        }
    }

    /**
     * The vector of a question.
     *
     * @param values not all 0, or the question is like no other
     * @param source the model that made it: vectors of different ones are not compared
     */
    public record Vector(float[] values, String source) {
        public Vector {
            requireNonNull(values, "values");
            requireNonNull(source, "source");
        }
    }

    /** An empty cache. */
    public SemanticCache(SemanticRules rules, Ticker ticker) {
        this.rules = requireNonNull(rules, "rules");
        this.ticker = requireNonNull(ticker, "ticker");
        groups = Caffeine.newBuilder()
                .maximumWeight(rules.bytes())
                .weigher((CacheKey key, Group group) -> group.bytes())
                .expireAfterWrite(rules.ttl())
                .ticker(ticker::nanoTime)
                .build();
    }

    /**
     * The answer to the question that is most alike, if it is alike enough.
     *
     * @param group what the calls have in common
     * @param vector of the question
     */
    public Optional<CachedAnswer> find(CacheKey group, Vector vector) {
        Group known = groups.getIfPresent(group);
        float[] direction = direction(vector.values());
        if (known == null || direction == null) {
            return Optional.empty();
        }
        byte[] nearest = null;
        double best = rules.threshold();
        synchronized (known) {
            known.kept.removeIf(
                    kept -> ticker.nanoTime() - kept.since >= rules.ttl().toNanos());
            for (Kept kept : known.kept) {
                double cosine = cosine(kept.direction, direction);
                if (cosine >= best && kept.source.equals(vector.source())) {
                    best = cosine;
                    nearest = kept.entry;
                }
            }
        }
        return Optional.ofNullable(nearest).map(entry -> new CachedAnswer(AnswerReader.read(entry)));
    }

    /** A stream that is written down as it passes, and kept under the conditions of {@link ResponseCache#keep}. */
    public InferenceStream<InferenceEvent> keep(
            CacheKeys.Shareable group, Vector vector, GatewayCall call, InferenceStream<InferenceEvent> stream) {
        float[] direction = direction(vector.values());
        if (direction == null) {
            return stream;
        }
        return stream.peek(new AnswerRecorder(rules.entryBytes(), entry -> {
            if (group.isAnsweredBy(call.ledger())) {
                put(group.key(), new Kept(direction, vector.source(), entry, ticker.nanoTime()));
            }
        }));
    }

    private void put(CacheKey key, Kept kept) {
        Group group = groups.get(key, unused -> new Group());
        synchronized (group) {
            group.kept.addFirst(kept);
            if (group.kept.size() > rules.entries()) {
                group.kept.removeLast();
            }
        }
        // The group lives as long as its newest answer.
        groups.put(key, group);
    }

    /** Of two vectors of length 1; less than any threshold if they cannot be compared. */
    static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            return -1;
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** The vector at length 1; null if it has no direction. */
    static float @Nullable [] direction(float[] vector) {
        double squares = 0;
        for (float each : vector) {
            squares += (double) each * each;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            return null;
        }
        float[] direction = new float[vector.length];
        double length = Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            direction[i] = (float) (vector[i] / length);
        }
        return direction;
    }
}
