package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.Attempts;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.llm.telemetry.CallTelemetry;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The innermost of the call layers: a plan over the targets, run by the one engine that tries again. */
final class AttemptRunner implements GatewayLayer.Next {
    private final ProviderLookup providers;
    private final FallbackPolicy fallback;
    private final List<AttemptLayer> layers;
    private final Attempts attempts;
    private final Scheduler scheduler;
    private final LLMTelemetry telemetry;

    AttemptRunner(
            ProviderLookup providers,
            FallbackPolicy fallback,
            List<AttemptLayer> layers,
            Attempts attempts,
            RetryPolicy retries,
            Scheduler scheduler,
            LLMTelemetry telemetry) {
        this.providers = providers;
        this.fallback = fallback;
        this.layers = layers;
        this.attempts = attempts.with(retries.withElsewhereAfterRefusal(fallback.afterRefusal()));
        this.scheduler = scheduler;
        this.telemetry = telemetry;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call) {
        InferenceRequest asked = request.inference();
        CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> plan;
        try {
            Primary primary = primary(request);
            plan = new CallPlan<>(
                    primary.target(),
                    target -> open(primary, target, asked),
                    fallback,
                    target -> isFree(named(primary, target)));
        } catch (InferenceException | SettingsException nobody) {
            InferenceException why = CallPlan.asInferenceException(nobody);
            return InferenceStream.deferred(call.context(), () -> CompletableFuture.failedFuture(why));
        }
        CallTelemetry told = telemetry.start(
                TelemetryCall.chat(plan.leg().asked().provider(), plan.begins(), asked, call.context()));
        AttemptLayer.Next chain = AttemptChain.of(layers, new Backend(plan, null, told));
        return attempts.infer(
                call.context().observedBy(plan).observedBy(told),
                plan.leg().route().timeouts(),
                plan,
                (attempt, bounded) ->
                        chain.infer(describe(plan, attempt, told), asked, call.with(told.attempt(bounded))));
    }

    /** A call's first target, and the provider that it was named by. */
    private record Primary(GatewayTarget target, LLMProvider provider) {}

    private Primary primary(GatewayRequest request) {
        LLMProvider provider =
                request.provider() == null ? providers.forAgent(request.agent()) : providers.named(request.provider());
        String model = request.model() == null ? "" : request.model();
        return new Primary(new GatewayTarget(provider.name(), model), provider);
    }

    private CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> open(
            Primary primary, GatewayTarget target, InferenceRequest request) {
        LLMProvider provider = provider(primary, target);
        String model = target.model().isEmpty() ? null : target.model();
        Target named = new Target(provider.endpoint(), model == null ? provider.defaultModel() : model);
        InferenceException refusal = CapabilityCheck.refuse(provider.capabilities(model), request, named);
        if (refusal != null) {
            throw refusal;
        }
        return new CallPlan.Leg<>(
                target, new GatewayTarget(target.provider(), named.model()), provider.route(model, request));
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call) {
        CallPlan<EmbeddingRequest, CompletableFuture<EmbeddingResult>> plan;
        try {
            LLMProvider provider =
                    request.provider() == null ? providers.forEmbeddings() : providers.named(request.provider());
            String model = request.model() == null ? provider.defaultEmbeddingModel() : request.model();
            GatewayTarget target = new GatewayTarget(provider.name(), model);
            plan = new CallPlan<>(
                    target,
                    same -> new CallPlan.Leg<>(same, same, provider.embeddingRoute(request.model())),
                    FallbackPolicy.NONE,
                    this::isFree);
        } catch (InferenceException | SettingsException nobody) {
            return CompletableFuture.failedFuture(CallPlan.asInferenceException(nobody));
        }
        CallTelemetry told = telemetry.start(TelemetryCall.embeddings(
                plan.leg().asked().provider(), plan.begins(), request.embedding(), call.context()));
        AttemptLayer.Next chain = AttemptChain.of(layers, new Backend(null, plan, told));
        return attempts.value(
                call.context().observedBy(plan).observedBy(told),
                plan.leg().route().timeouts(),
                plan,
                (attempt, bounded) -> chain.embed(
                        describe(plan, attempt, told), request.embedding(), call.with(told.attempt(bounded))));
    }

    private boolean isFree(GatewayTarget target) {
        for (AttemptLayer layer : layers) {
            if (!layer.isFree(target)) {
                return false;
            }
        }
        return true;
    }

    /** The target with its model, by which layers know it. */
    private GatewayTarget named(Primary primary, GatewayTarget target) {
        if (!target.model().isEmpty()) {
            return target;
        }
        try {
            return new GatewayTarget(
                    target.provider(), provider(primary, target).defaultModel());
        } catch (InferenceException | SettingsException unknown) {
            // Whoever goes there is told; no layer knows it.
            return target;
        }
    }

    private LLMProvider provider(Primary primary, GatewayTarget target) {
        return target.equals(primary.target()) ? primary.provider() : providers.named(target.provider());
    }

    private static GatewayAttempt describe(CallPlan<?, ?> plan, Attempt attempt, CallTelemetry told) {
        GatewayTarget named = plan.leg().named();
        if (!plan.leg().asked().equals(plan.primary())) {
            told.fact("avionics.fallback.from", plan.primary().toString());
            told.fact("avionics.fallback.to", named.toString());
        }
        return new GatewayAttempt(plan.number(), named, attempt.target(), plan.otherLeft());
    }

    /** Where the attempt layers end. */
    private final class Backend implements AttemptLayer.Next {
        private final @Nullable CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> inference;
        private final @Nullable CallPlan<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embedding;
        private final CallTelemetry told;

        Backend(
                @Nullable CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> inference,
                @Nullable CallPlan<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embedding,
                CallTelemetry told) {
            this.inference = inference;
            this.embedding = embedding;
            this.told = told;
        }

        @Override
        public InferenceStream<InferenceEvent> infer(
                GatewayAttempt attempt, InferenceRequest request, GatewayCall call) {
            CallContext context = call.context();
            InferenceStream<InferenceEvent> answer =
                    plan(inference).leg().route().operation().attempt(Attempt.at(attempt.target()), request, context);
            return attempt.otherLeft()
                    ? InferenceStream.from(
                            context, new FirstContentLimit(answer, scheduler, fallback.firstContent(), attempt))
                    : answer;
        }

        @Override
        public CompletableFuture<EmbeddingResult> embed(
                GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call) {
            return told.watch(plan(embedding)
                    .leg()
                    .route()
                    .operation()
                    .attempt(Attempt.at(attempt.target()), request, call.context()));
        }

        private static <P> P plan(@Nullable P plan) {
            if (plan == null) {
                throw new IllegalStateException("a layer asked for another kind of answer than the call's");
            }
            return plan;
        }
    }
}
