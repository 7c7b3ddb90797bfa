package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.ResourceGate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks the program's resource callback before a call, where it enforces, and tells it afterwards what was used. */
public final class ResourceLayer implements GatewayLayer {
    private final ResourceGate gate;

    /** A layer over a gate. */
    public ResourceLayer(ResourceGate gate) {
        this.gate = requireNonNull(gate, "gate");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        if (!gate.isSet()) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(
                call.context(),
                () -> gate.admit(request.inference(), call).thenApply(refusal -> {
                    refusal.ifPresent(ResourceLayer::refuse);
                    return next.infer(request, call)
                            .observe(outcome -> gate.used(call, call.ledger().usage()));
                }));
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call, Next next) {
        if (!gate.isSet()) {
            return next.embed(request, call);
        }
        Optional<String> refusal = gate.standing();
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal(refusal.get()));
        }
        CompletableFuture<EmbeddingResult> answer = next.embed(request, call);
        answer.whenComplete((result, error) -> gate.used(call, call.ledger().usage()));
        return answer;
    }

    private static void refuse(String reason) {
        throw refusal(reason);
    }

    private static InferenceException refusal(String reason) {
        return InferenceException.builder(
                        ErrorCategory.BUDGET_EXCEEDED,
                        "the program's resource callback allows no more calls: " + reason)
                .code("quota_exceeded")
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
