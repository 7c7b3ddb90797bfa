package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

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
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.RerankWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A wire protocol as an adapter: runs its exchanges on the engine. Thread-safe; {@link #close} has nothing to do. */
public final class ProtocolAdapter implements BackendAdapter {
    private final Engine engine;
    private final WireProtocol protocol;

    /** An adapter of a protocol. */
    public ProtocolAdapter(Engine engine, WireProtocol protocol) {
        this.engine = requireNonNull(engine, "engine");
        this.protocol = requireNonNull(protocol, "protocol");
    }

    /** The protocol that is run. */
    public WireProtocol protocol() {
        return protocol;
    }

    @Override
    public Capabilities capabilities(Target target) {
        return protocol.capabilities(target.endpoint(), target.model());
    }

    @Override
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        return InferenceStream.from(context, new InferenceSource(engine, protocol, target, request, context));
    }

    @Override
    public CompletableFuture<HealthState> health(Target target, CallContext context) {
        return ValueOperation.run(engine, protocol, target, context, protocol::health)
                .exceptionally(error -> sick(error));
    }

    /** What a failed health check says of the backend: refusing us is not being down. */
    private HealthState sick(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        HealthState.Status status = HealthState.Status.UNKNOWN;
        if (cause instanceof InferenceException known) {
            int code = known.status().orElse(0);
            status = code >= 400 && code < 500 ? HealthState.Status.DEGRADED : HealthState.Status.UNHEALTHY;
            if (known.category() == ErrorCategory.UNSUPPORTED || known.category() == ErrorCategory.CANCELLED) {
                status = HealthState.Status.UNKNOWN;
            }
        }
        return new HealthState(status, engine.clock().instant(), String.valueOf(cause.getMessage()));
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return ValueOperation.run(engine, protocol, target, context, protocol::models);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        Optional<EmbeddingWire> wire = protocol.embeddings();
        if (wire.isEmpty() || !capabilities(target).allows(Capabilities.Feature.EMBEDDINGS)) {
            return CompletableFuture.failedFuture(CapabilityCheck.unsupported("embeddings", target));
        }
        return new EmbeddingBatches(engine, protocol, wire.get(), target, request, context).run();
    }

    @Override
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        Optional<RerankWire> wire = protocol.reranking();
        if (wire.isEmpty()) {
            return CompletableFuture.failedFuture(CapabilityCheck.unsupported("ranking of documents", target));
        }
        return ValueOperation.run(
                engine, protocol, target, context, scope -> wire.get().rerank(scope, request));
    }

    @Override
    public void close() {
        // The transport is the engine's owner's.
    }

    /** The batches of one request, one after the other. */
    private static final class EmbeddingBatches {
        private final Engine engine;
        private final WireProtocol protocol;
        private final EmbeddingWire wire;
        private final Target target;
        private final EmbeddingRequest request;
        private final CallContext context;
        private final CompletableFuture<EmbeddingResult> all = new CompletableFuture<>();
        private final List<float[]> vectors = new ArrayList<>();
        private Usage usage = Usage.absent();

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
            this.context = context;
        }

        CompletableFuture<EmbeddingResult> run() {
            next();
            return all;
        }

        private void next() {
            int from = vectors.size();
            int to = Math.min(request.inputs().size(), from + Math.max(1, wire.maxBatch()));
            EmbeddingRequest part = new EmbeddingRequest(
                    request.inputs().subList(from, to), request.dimensions(), request.purpose(), request.extra());
            CompletableFuture<EmbeddingResult> batch =
                    ValueOperation.run(engine, protocol, target, context, scope -> wire.embed(scope, part));
            all.whenComplete((result, error) -> {
                if (all.isCancelled()) {
                    batch.cancel(false);
                }
            });
            batch.whenComplete((result, error) -> {
                if (error != null) {
                    all.completeExceptionally(error);
                } else {
                    take(result, to - from);
                }
            });
        }

        private void take(EmbeddingResult result, int expected) {
            if (result.vectors().size() != expected) {
                all.completeExceptionally(parse(result.vectors().size() + " vectors came for " + expected + " texts"));
                return;
            }
            int length = vectors.isEmpty() ? result.dimensions() : vectors.get(0).length;
            for (float[] vector : result.vectors()) {
                if (vector.length != length || length == 0) {
                    all.completeExceptionally(
                            parse("vectors of different lengths came: " + length + " and " + vector.length));
                    return;
                }
            }
            vectors.addAll(result.vectors());
            usage = usage.plus(result.usage());
            if (vectors.size() < request.inputs().size()) {
                next();
            } else {
                all.complete(new EmbeddingResult(vectors, usage, target, result.model()));
            }
        }

        private InferenceException parse(String what) {
            return InferenceException.builder(ErrorCategory.PARSE, what)
                    .provider(target.endpoint().name())
                    .model(target.model())
                    .endpoint(target.endpoint().address())
                    .build();
        }
    }
}
