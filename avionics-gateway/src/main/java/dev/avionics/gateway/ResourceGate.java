package dev.avionics.gateway;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.cost.Cost;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the calls and the program's {@link ResourceCallback}: what it said last, and whether that is obeyed. Thread-safe. */
public final class ResourceGate {
    private static final Logger LOG = LoggerFactory.getLogger(LLMGateway.class);
    /** A callback that takes longer is not waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Callbacks callbacks;
    private final Scheduler scheduler;
    private final boolean enforce;
    private final Function<InferenceRequest, Estimate> estimator;
    private volatile @Nullable ResourceCallback callback;
    private volatile @Nullable String refusal;

    /** What a call will take, guessed. */
    record Estimate(long tokensIn, Cost cost) {}

    ResourceGate(
            Callbacks callbacks,
            Scheduler scheduler,
            boolean enforce,
            @Nullable ResourceCallback callback,
            Function<InferenceRequest, Estimate> estimator) {
        this.callbacks = callbacks;
        this.scheduler = scheduler;
        this.enforce = enforce;
        this.callback = callback;
        this.estimator = estimator;
    }

    /** Puts another callback in; null for none. What the last one said is forgotten. */
    void set(@Nullable ResourceCallback other) {
        callback = other;
        refusal = null;
    }

    /** Whether there is a callback. */
    public boolean isSet() {
        return callback != null;
    }

    /** Why no more calls are made, as far as that is known at this moment. */
    public Optional<String> standing() {
        return enforce ? Optional.ofNullable(refusal) : Optional.empty();
    }

    /**
     * Whether a call may be made: waits for what the callback has not said yet about the calls before, then asks it. One that takes
     * longer than a second is not waited for, and the call is made.
     *
     * @return why not; empty if it may
     */
    public CompletableFuture<Optional<String>> admit(InferenceRequest request, GatewayCall call) {
        ResourceCallback asked = callback;
        if (asked == null || !enforce) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        Scheduler.Handle patience = scheduler.schedule(
                () -> {
                    if (answer.complete(standing())) {
                        call.line(LOG.atWarn())
                                .log(
                                        "resource_callback_slow: it takes longer than {} and was not waited for",
                                        PATIENCE);
                    }
                },
                PATIENCE);
        callbacks.run(call, "resource_callback_error", () -> {
            Optional<String> why = Optional.empty();
            try {
                why = ask(asked, request, call);
            } finally {
                patience.cancel();
                answer.complete(why);
            }
        });
        return answer;
    }

    private Optional<String> ask(ResourceCallback asked, InferenceRequest request, GatewayCall call) {
        if (refusal != null) {
            // More may be allowed by now: it is asked again, about nothing.
            hear(asked, call, 0, 0);
        }
        if (refusal != null) {
            return standing();
        }
        Estimate estimate = estimator.apply(request);
        return asked.canSpend(estimate.tokensIn(), estimate.cost())
                ? Optional.empty()
                : Optional.of("it may not spend " + estimate.tokensIn() + " tokens, " + estimate.cost());
    }

    /** Tells the callback what a call used. */
    public void used(GatewayCall call, Usage usage) {
        ResourceCallback told = callback;
        if (told != null) {
            callbacks.run(
                    call,
                    "resource_callback_error",
                    () -> hear(
                            told,
                            call,
                            usage.inputTotal().value(),
                            usage.outputTotal().value()));
        }
    }

    private void hear(ResourceCallback told, GatewayCall call, long in, long out) {
        String reason = told.onUsage(in, out).orElse(null);
        if (reason != null) {
            call.line(LOG.atWarn()).log("llm_quota_exceeded reason={}", reason);
        }
        if (callback == told) {
            refusal = reason;
        }
    }
}
