package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

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
    /** Characters of an answer that are held back until it is whole. */
    static final int MOST_BUFFERED = 1_000_000;

    private final ProviderLookup providers;
    private final FallbackPolicy fallback;
    private final List<AttemptLayer> layers;
    private final Attempts attempts;
    private final Scheduler scheduler;
    private final @Nullable Hedging hedging;
    private final int mostAttempts;
    private final LLMTelemetry telemetry;

    AttemptRunner(
            ProviderLookup providers,
            FallbackPolicy fallback,
            List<AttemptLayer> layers,
            Attempts attempts,
            RetryPolicy retries,
            Scheduler scheduler,
            @Nullable Hedging hedging,
            LLMTelemetry telemetry) {
        this.providers = providers;
        this.fallback = fallback;
        this.layers = layers;
        this.attempts = attempts.with(retries.withElsewhereAfterRefusal(fallback.afterRefusal()));
        this.scheduler = scheduler;
        this.hedging = hedging;
        mostAttempts = retries.maxAttempts();
        this.telemetry = telemetry;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call) {
        InferenceRequest asked = request.inference();
        Continuation continuation = fallback.afterCommit() == AfterCommit.CONTINUE ? new Continuation(asked) : null;
        CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> plan;
        try {
            Primary primary = primary(request);
            plan = new CallPlan<>(
                    primary.target(),
                    target -> open(primary, target, asked, continuation),
                    fallback,
                    target -> isFree(named(primary, target)),
                    continuation == null ? null : new Resuming(primary, continuation));
        } catch (InferenceException | SettingsException nobody) {
            InferenceException why = CallPlan.asInferenceException(nobody);
            return InferenceStream.deferred(call.context(), () -> CompletableFuture.failedFuture(why));
        }
        CallTelemetry told = telemetry.isOn()
                ? telemetry.start(
                        TelemetryCall.chat(plan.leg().asked().provider(), plan.begins(), asked, call.context()))
                : CallTelemetry.NONE;
        CallContext context = observed(call, plan, told);
        Hedging hedges = hedging;
        if (hedges != null && mostAttempts > 1) {
            return attempts.infer(
                    context,
                    plan.leg().route().timeouts(),
                    plan,
                    (attempt, bounded) ->
                            told.watch(hedged(plan, attempt, told, call.with(told.attempt(bounded)), continuation)));
        }
        AttemptLayer.Next chain = AttemptChain.of(layers, new Backend(plan, null, told, continuation));
        return attempts.infer(
                context,
                plan.leg().route().timeouts(),
                plan,
                (attempt, bounded) -> told.watch(chain.infer(
                        describe(plan, attempt, told), plan.leg().question(), call.with(told.attempt(bounded)))));
    }

    /** An attempt beside which another one is made if it is the call's first and takes long. */
    private InferenceStream<InferenceEvent> hedged(
            CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> plan,
            Attempt attempt,
            CallTelemetry told,
            GatewayCall call,
            @Nullable Continuation continuation) {
        return new HedgedCall(this, requireNonNull(hedging), plan, told, call, continuation)
                .attempt(describe(plan, attempt, told));
    }

    /** An attempt through all layers to a leg of its own, whatever the plan does meanwhile. */
    InferenceStream<InferenceEvent> through(
            GatewayAttempt attempt,
            CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> leg,
            GatewayCall call,
            CallTelemetry told,
            @Nullable Continuation continuation,
            Delivered.@Nullable Part part) {
        return AttemptChain.of(layers, new Backend(leg, told, continuation, part))
                .infer(attempt, leg.question(), call);
    }

    int mostAttempts() {
        return mostAttempts;
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
            Primary primary, GatewayTarget target, InferenceRequest asked, @Nullable Continuation continuation) {
        LLMProvider provider = provider(primary, target);
        InferenceRequest request = continuation == null
                ? asked
                : continuation.first(provider.capabilities(target.model().isEmpty() ? null : target.model()));
        return open(provider, target, request);
    }

    private static CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> open(
            LLMProvider provider, GatewayTarget target, InferenceRequest request) {
        String model = target.model().isEmpty() ? null : target.model();
        Target named = new Target(provider.endpoint(), model == null ? provider.defaultModel() : model);
        InferenceException refusal = CapabilityCheck.refuse(provider.capabilities(model), request, named);
        if (refusal != null) {
            throw refusal;
        }
        return new CallPlan.Leg<>(
                target, new GatewayTarget(target.provider(), named.model()), provider.route(model, request), request);
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
                    same -> new CallPlan.Leg<>(
                            same, same, provider.embeddingRoute(request.model()), request.embedding()),
                    FallbackPolicy.NONE,
                    this::isFree,
                    null);
        } catch (InferenceException | SettingsException nobody) {
            return CompletableFuture.failedFuture(CallPlan.asInferenceException(nobody));
        }
        CallTelemetry told = telemetry.isOn()
                ? telemetry.start(TelemetryCall.embeddings(
                        plan.leg().asked().provider(), plan.begins(), request.embedding(), call.context()))
                : CallTelemetry.NONE;
        AttemptLayer.Next chain = AttemptChain.of(layers, new Backend(null, plan, told, null));
        return attempts.value(
                observed(call, plan, told),
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

    /** The call's context with those who watch; an observer that nobody listens to would cost each call something. */
    private static CallContext observed(GatewayCall call, CallPlan<?, ?> plan, CallTelemetry told) {
        CallContext planned = call.context().observedBy(plan);
        if (told == CallTelemetry.NONE) {
            return planned;
        }
        call.toldBy(told);
        return planned.observedBy(told);
    }

    private static GatewayAttempt describe(CallPlan<?, ?> plan, Attempt attempt, CallTelemetry told) {
        GatewayTarget named = plan.leg().named();
        if (told != CallTelemetry.NONE && !plan.leg().asked().equals(plan.primary())) {
            told.fact("avionics.fallback.from", plan.primary().toString());
            told.fact("avionics.fallback.to", named.toString());
        }
        return new GatewayAttempt(plan.number(), named, attempt.target(), plan.otherLeft());
    }

    /** Opens targets that go on with an answer. */
    private final class Resuming implements CallPlan.Resumer<InferenceRequest, InferenceStream<InferenceEvent>> {
        private final Primary primary;
        private final Continuation continuation;

        Resuming(Primary primary, Continuation continuation) {
            this.primary = primary;
            this.continuation = continuation;
        }

        @Override
        public @Nullable String barred(InferenceException why) {
            return continuation.barred(why);
        }

        @Override
        public CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> open(
                GatewayTarget target, CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> from) {
            LLMProvider provider = provider(primary, target);
            GatewayTarget named = named(primary, target);
            boolean sameModel = !named.model().isEmpty()
                    && named.model().equals(from.named().model());
            return AttemptRunner.open(provider, target, next(provider, named, sameModel));
        }

        @Override
        public CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> reopen(
                CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> from) {
            return from.with(next(provider(primary, from.asked()), from.named(), true));
        }

        private InferenceRequest next(LLMProvider provider, GatewayTarget named, boolean sameModel) {
            return continuation.next(
                    provider.capabilities(named.model().isEmpty() ? null : named.model()), named, sameModel);
        }

        @Override
        public @Nullable String delivered() {
            Delivered delivered = continuation.delivered();
            return delivered.isEmpty() ? null : delivered.text();
        }
    }

    /** Where the attempt layers end. */
    private final class Backend implements AttemptLayer.Next {
        private final @Nullable CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> inference;
        private final @Nullable CallPlan<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embedding;
        private final CallTelemetry told;
        private final @Nullable Continuation continuation;
        // Of an attempt that is one of two: where it goes, and what it gives.
        private final CallPlan.@Nullable Leg<InferenceRequest, InferenceStream<InferenceEvent>> own;
        private final Delivered.@Nullable Part part;

        Backend(
                @Nullable CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> inference,
                @Nullable CallPlan<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embedding,
                CallTelemetry told,
                @Nullable Continuation continuation) {
            this.inference = inference;
            this.embedding = embedding;
            this.told = told;
            this.continuation = continuation;
            own = null;
            part = null;
        }

        Backend(
                CallPlan.Leg<InferenceRequest, InferenceStream<InferenceEvent>> own,
                CallTelemetry told,
                @Nullable Continuation continuation,
                Delivered.@Nullable Part part) {
            inference = null;
            embedding = null;
            this.told = told;
            this.continuation = continuation;
            this.own = own;
            this.part = part;
        }

        @Override
        public InferenceStream<InferenceEvent> infer(
                GatewayAttempt attempt, InferenceRequest request, GatewayCall call) {
            CallContext context = call.context();
            var leg = own == null ? plan(inference).leg() : own;
            InferenceStream<InferenceEvent> answer =
                    leg.route().operation().attempt(Attempt.at(attempt.target()), request, context);
            if (attempt.otherLeft()) {
                answer = InferenceStream.from(
                        context, new FirstContentLimit(answer, scheduler, fallback.firstContent(), attempt));
            }
            Continuation goesOn = continuation;
            if (goesOn != null) {
                return InferenceStream.from(context, goesOn.watch(answer, request, part(goesOn)));
            }
            return fallback.afterCommit() == AfterCommit.RESTART_BUFFERED
                    ? InferenceStream.from(context, new BufferedAnswer(answer, MOST_BUFFERED))
                    : answer;
        }

        private Delivered.Part part(Continuation goesOn) {
            Delivered.Part mine = part;
            if (mine == null) {
                mine = new Delivered.Part();
                goesOn.delivered().join(mine);
            }
            return mine;
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
