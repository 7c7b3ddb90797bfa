package dev.avionics.llm;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A backend without a socket: answers "Hello world", unless told otherwise, and keeps what it was asked. */
public final class FakeAdapter implements BackendAdapter {
    /** What was sent where. */
    public record Sent(Target target, InferenceRequest request, CallContext context) {}

    public final List<Sent> sent = new CopyOnWriteArrayList<>();
    public final List<Target> embedded = new CopyOnWriteArrayList<>();
    public volatile Function<Target, CompletableFuture<List<ModelInfo>>> models =
            target -> CompletableFuture.completedFuture(List.of());
    public volatile Function<Target, CompletableFuture<HealthState>> health = target -> healthIs("HEALTHY");
    public volatile InferenceException failure;
    public volatile Function<Target, InferenceException> failures = target -> failure;
    public volatile Usage usage = Usage.builder()
            .inputUncached(TokenCount.known(5))
            .output(TokenCount.known(2))
            .build();

    /** An airframe that knows this adapter under the kinds, and nothing else. */
    public Airframe airframe(BackendKind... kinds) {
        Airframe airframe = Airframe.builder().discover(false).build();
        for (BackendKind kind : kinds) {
            airframe.adapters().register(kind, this);
        }
        return airframe;
    }

    public static CompletableFuture<HealthState> healthIs(String status) {
        return CompletableFuture.completedFuture(
                new HealthState(HealthState.Status.valueOf(status), Instant.EPOCH, "status " + status));
    }

    public static <R> CompletableFuture<R> failing(ErrorCategory category) {
        return CompletableFuture.failedFuture(InferenceException.builder(category, "broken")
                .sent(InferenceException.Sent.NOTHING)
                .build());
    }

    public static CompletableFuture<List<ModelInfo>> modelsAre(String... names) {
        return CompletableFuture.completedFuture(
                List.of(names).stream().map(ModelInfo::of).toList());
    }

    @Override
    public Capabilities capabilities(Target target) {
        return Capabilities.unknown().yes(Capabilities.Feature.CHAT);
    }

    @Override
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        List<ScriptedSource.Step> steps = new ArrayList<>();
        InferenceException why = failures.apply(target);
        if (why != null) {
            steps.add(new ScriptedSource.Step(java.time.Duration.ZERO, null, why));
        } else {
            steps.add(ScriptedSource.Step.of(new InferenceEvent.Started(target, 1, RateLimitInfo.none(), List.of())));
            steps.add(ScriptedSource.Step.of(new InferenceEvent.TextDelta("Hello ")));
            steps.add(ScriptedSource.Step.of(new InferenceEvent.TextDelta("world")));
            steps.add(ScriptedSource.Step.of(
                    new InferenceEvent.Completed(FinishReason.STOP, "stop", usage, "id", "m-1")));
        }
        return InferenceStream.from(
                context,
                new ScriptedSource(
                        steps,
                        (task, delay) -> {
                            throw new IllegalStateException("nothing waits here");
                        },
                        () -> sent.add(new Sent(target, request, context))));
    }

    @Override
    public CompletableFuture<HealthState> health(Target target, CallContext context) {
        return health.apply(target);
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return models.apply(target);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        embedded.add(target);
        return CompletableFuture.completedFuture(
                new EmbeddingResult(List.of(new float[] {1, 0}), Usage.absent(), target, null));
    }

    @Override
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        return failing(ErrorCategory.UNSUPPORTED);
    }

    @Override
    public void close() {}
}
