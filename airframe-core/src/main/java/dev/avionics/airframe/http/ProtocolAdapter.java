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
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RerankWire;
import dev.avionics.airframe.spi.TokenCountWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

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
        CompletableFuture<HealthState> state = new CompletableFuture<>();
        CompletableFuture<HealthState> asked = run(target, context, protocol::health);
        asked.whenComplete((answer, error) -> state.complete(error == null ? answer : sick(error)));
        state.whenComplete((answer, error) -> asked.cancel(false));
        return state;
    }

    /** What a failed health check says of the backend: refusing us is not being down. */
    private HealthState sick(Throwable error) {
        HealthState.Status status = HealthState.Status.UNKNOWN;
        if (error instanceof InferenceException known) {
            int code = known.status().orElse(0);
            boolean asked = known.origin() != ErrorOrigin.US && known.category() != ErrorCategory.UNSUPPORTED;
            if (code >= 400 && code < 500) {
                status = HealthState.Status.DEGRADED;
            } else if (asked || code != 0) {
                status = HealthState.Status.UNHEALTHY;
            }
        }
        return new HealthState(status, engine.clock().instant(), String.valueOf(error.getMessage()));
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return run(target, context, protocol::models);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        return guarded(() -> {
            Optional<EmbeddingWire> wire = protocol.embeddings();
            if (wire.isEmpty() || !capabilities(target).allows(Capabilities.Feature.EMBEDDINGS)) {
                throw CapabilityCheck.unsupported("embeddings", target);
            }
            return new EmbeddingBatches(engine, protocol, wire.get(), target, request, context).run();
        });
    }

    @Override
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        return guarded(() -> {
            Optional<RerankWire> wire = protocol.reranking();
            if (wire.isEmpty() || !capabilities(target).allows(Capabilities.Feature.RERANK)) {
                throw CapabilityCheck.unsupported("ranking of documents", target);
            }
            return run(target, context, scope -> wire.get().rerank(scope, request));
        });
    }

    @Override
    public CompletableFuture<Long> countTokens(Target target, InferenceRequest request, CallContext context) {
        return guarded(() -> {
            Optional<TokenCountWire> wire = protocol.tokenCounting();
            if (wire.isEmpty()) {
                throw CapabilityCheck.unsupported("requests to count their tokens", target);
            }
            InferenceException refusal = CapabilityCheck.refuse(capabilities(target), request, target);
            if (refusal != null) {
                throw refusal;
            }
            return run(target, context, scope -> wire.get().count(scope, request));
        });
    }

    /**
     * Runs an operation that the adapter has no method for, such as a probe, with its key, clocks and errors. Tried once.
     *
     * @param plan what to send and how to read the answer; must not end with {@link dev.avionics.airframe.spi.Step.Decode}
     */
    public <R> CompletableFuture<R> run(Target target, CallContext context, Function<WireScope, Exchange<R>> plan) {
        return guarded(() -> ValueOperation.run(engine, protocol, target, context, plan));
    }

    /** What a protocol throws when it is asked what it can do is told by the future, as everything else. */
    private <R> CompletableFuture<R> guarded(Supplier<CompletableFuture<R>> operation) {
        try {
            return operation.get();
        } catch (InferenceException known) {
            return CompletableFuture.failedFuture(known);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(InferenceException.builder(
                            ErrorCategory.REJECTED, "the protocol " + protocol.kind() + " broke: " + e)
                    .origin(ErrorOrigin.US)
                    .sent(InferenceException.Sent.NOTHING)
                    .cause(e)
                    .build());
        }
    }

    @Override
    public void close() {
        // The transport is the engine's owner's.
    }
}
