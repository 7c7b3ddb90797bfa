package dev.avionics.airframe.http;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.WireProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The batches of one request for embeddings, one after the other, under one deadline. */
final class EmbeddingBatches {
    /** Fewer than there are as a rule: a batch that is too small costs less than one that is refused. */
    private static final int CHARACTERS_PER_TOKEN = 2;

    private final Engine engine;
    private final WireProtocol protocol;
    private final EmbeddingWire wire;
    private final Target target;
    private final EmbeddingRequest request;
    private final CallContext context;
    private final CompletableFuture<EmbeddingResult> all = new CompletableFuture<>();
    private final List<float[]> vectors = new ArrayList<>();
    private Usage usage = Usage.absent();
    private volatile @Nullable CompletableFuture<EmbeddingResult> running;

    EmbeddingBatches(
            Engine engine,
            WireProtocol protocol,
            EmbeddingWire wire,
            Target target,
            EmbeddingRequest request,
            CallContext context) {
        this.engine = engine;
        this.protocol = protocol;
        this.wire = wire;
        this.target = target;
        this.request = request;
        this.context = context.deadline() != null
                ? context
                : context.withDeadline(Deadline.after(
                        engine.ticker(),
                        Operation.timeouts(protocol, target)
                                .with(context.timeouts())
                                .total()));
    }

    CompletableFuture<EmbeddingResult> run() {
        all.whenComplete((result, error) -> stop());
        next();
        return all;
    }

    private void stop() {
        CompletableFuture<EmbeddingResult> batch = running;
        if (batch != null) {
            batch.cancel(false);
        }
    }

    /** Where the batch that begins at a text ends: it holds at least that text. */
    private int end(int from) {
        long texts = Math.max(1, wire.maxBatch(target.endpoint(), target.model()));
        long characters = wire.maxBatchTokens(target.endpoint(), target.model());
        characters =
                characters > Long.MAX_VALUE / CHARACTERS_PER_TOKEN ? Long.MAX_VALUE : characters * CHARACTERS_PER_TOKEN;
        int to = from;
        long taken = 0;
        while (to < request.inputs().size() && to - from < texts) {
            taken += request.inputs().get(to).length();
            if (taken > characters && to > from) {
                break;
            }
            to++;
        }
        return to;
    }

    private void next() {
        int from = vectors.size();
        int to = end(from);
        EmbeddingRequest part = new EmbeddingRequest(
                request.inputs().subList(from, to), request.dimensions(), request.purpose(), request.extra());
        CompletableFuture<EmbeddingResult> batch =
                ValueOperation.run(engine, protocol, target, context, scope -> wire.embed(scope, part));
        running = batch;
        if (all.isDone()) {
            batch.cancel(false);
            return;
        }
        batch.whenComplete((result, error) -> {
            try {
                if (error != null) {
                    all.completeExceptionally(error);
                } else {
                    take(result, to - from);
                }
            } catch (Throwable e) {
                all.completeExceptionally(e instanceof InferenceException ? e : failure("the batches broke: " + e, e));
            }
        });
    }

    private void take(EmbeddingResult result, int expected) {
        if (result.vectors().size() != expected) {
            throw failure(result.vectors().size() + " vectors came for " + expected + " texts", null);
        }
        int length = vectors.isEmpty() ? result.dimensions() : vectors.get(0).length;
        for (float[] vector : result.vectors()) {
            if (vector.length != length || length == 0) {
                throw failure("vectors of different lengths came: " + length + " and " + vector.length, null);
            }
        }
        Integer wanted = request.dimensions();
        if (wanted != null && wanted != length) {
            throw failure("vectors of " + length + " numbers came, asked for " + wanted, null);
        }
        vectors.addAll(result.vectors());
        usage = usage.plus(result.usage());
        if (vectors.size() < request.inputs().size()) {
            next();
        } else {
            all.complete(new EmbeddingResult(vectors, usage, target, result.model()));
        }
    }

    private InferenceException failure(String what, @Nullable Throwable cause) {
        return InferenceException.builder(ErrorCategory.PARSE, what)
                .origin(cause == null ? ErrorOrigin.BACKEND : ErrorOrigin.US)
                .provider(target.endpoint().name())
                .model(target.model())
                .endpoint(target.endpoint().address())
                .usage(usage)
                .attempts(1)
                .cause(cause)
                .build();
    }
}
