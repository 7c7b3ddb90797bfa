package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Attempts;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.DeliveryExecutors;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Engine;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.netty.NettyTransport;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The transport layer of one program: connections, timers, chance, and the adapters that were found. One is enough; it is
 * thread-safe, starts threads with the first call only, and leaves none behind when it is closed.
 */
public final class Airframe implements AutoCloseable {
    private final HttpTransport transport;
    private final Scheduler scheduler;
    private final @Nullable SystemScheduler ownScheduler;
    private final @Nullable ExecutorService ownExecutor;
    private final Delivery delivery;
    private final Clock clock;
    private final Engine engine;
    private final AdapterRegistry adapters;
    private final Attempts attempts;

    private Airframe(Builder builder) {
        Ticker ticker = builder.ticker;
        if (builder.scheduler == null) {
            ownScheduler = new SystemScheduler();
            scheduler = ownScheduler;
        } else {
            ownScheduler = null;
            scheduler = builder.scheduler;
        }
        if (builder.delivery == null) {
            ownExecutor = DeliveryExecutors.create();
            delivery = Delivery.on(ownExecutor);
        } else {
            ownExecutor = null;
            delivery = builder.delivery;
        }
        clock = builder.clock;
        transport = builder.around.apply(
                builder.transport == null ? NettyTransport.create(builder.transportOptions) : builder.transport);
        engine = new Engine(transport, scheduler, ticker, clock);
        adapters =
                new AdapterRegistry(engine, new BackendAdapterProvider.Host(scheduler, ticker, clock, builder.random));
        if (builder.discover) {
            adapters.discover(Airframe.class.getClassLoader());
        }
        attempts = new Attempts(scheduler, ticker, builder.random, builder.retryPolicy);
    }

    /** With all defaults. */
    public static Airframe create() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The adapters, for look-up and for adding more. */
    public AdapterRegistry adapters() {
        return adapters;
    }

    /** The engine that tries again. */
    public Attempts attempts() {
        return attempts;
    }

    /** Runs waits and timers. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** A fresh call that delivers where this airframe delivers. */
    public CallContext newCall() {
        return CallContext.create(delivery);
    }

    /**
     * An answer, tried again as the retry table says. Without an adapter for the target's kind the stream fails with
     * UNSUPPORTED.
     */
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        return infer(target, request, context, attempts);
    }

    /** An answer, tried again by another policy than the airframe's. */
    public InferenceStream<InferenceEvent> infer(
            Target target, InferenceRequest request, CallContext context, RetryPolicy policy) {
        return infer(target, request, context, attempts.with(policy));
    }

    private InferenceStream<InferenceEvent> infer(
            Target target, InferenceRequest request, CallContext context, Attempts by) {
        BackendAdapter adapter;
        try {
            adapter = adapters.adapter(target.endpoint().kind());
        } catch (InferenceException none) {
            return InferenceStream.deferred(context, () -> CompletableFuture.failedFuture(none));
        }
        return by.infer(
                context,
                timeouts(adapter, target),
                AttemptPlan.single(target),
                (attempt, call) -> adapter.infer(attempt.target(), request, call));
    }

    /** Vectors of texts, tried again as the retry table says. */
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        return value(target, context, (adapter, call) -> adapter.embed(target, request, call));
    }

    /** Documents in order of their worth, tried again as the retry table says. */
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        return value(target, context, (adapter, call) -> adapter.rerank(target, request, call));
    }

    /**
     * The prompt tokens that a request would cost, as the backend counts them, for a fee of nothing. Fails with UNSUPPORTED where
     * it does not count; {@link dev.avionics.airframe.spi.TokenEstimator} guesses.
     */
    public CompletableFuture<Long> countTokens(Target target, InferenceRequest request, CallContext context) {
        return value(target, context, (adapter, call) -> adapter.countTokens(target, request, call));
    }

    /** The models of an endpoint, tried again as the retry table says. */
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return value(target, context, (adapter, call) -> adapter.models(target, call));
    }

    /** The state of an endpoint; asked once, never fails. */
    public CompletableFuture<HealthState> health(Target target, CallContext context) {
        BackendAdapter adapter;
        try {
            adapter = adapters.adapter(target.endpoint().kind());
        } catch (InferenceException none) {
            return CompletableFuture.completedFuture(
                    new HealthState(HealthState.Status.UNKNOWN, clock.instant(), String.valueOf(none.getMessage())));
        }
        return adapter.health(target, context);
    }

    private <R> CompletableFuture<R> value(
            Target target,
            CallContext context,
            BiFunction<BackendAdapter, CallContext, CompletableFuture<R>> operation) {
        BackendAdapter adapter;
        try {
            adapter = adapters.adapter(target.endpoint().kind());
        } catch (InferenceException none) {
            return CompletableFuture.failedFuture(none);
        }
        return attempts.value(
                context,
                timeouts(adapter, target),
                AttemptPlan.single(target),
                (attempt, call) -> operation.apply(adapter, call));
    }

    /**
     * The clocks of a target: its protocol's, unless its endpoint has others.
     *
     * @throws InferenceException of category UNSUPPORTED if there is no adapter for its kind
     */
    public Timeouts timeouts(Target target) {
        return timeouts(adapters.adapter(target.endpoint().kind()), target);
    }

    private static Timeouts timeouts(BackendAdapter adapter, Target target) {
        Timeouts base = adapter instanceof ProtocolAdapter http
                ? http.protocol().timeouts(target.endpoint(), target.model())
                : Timeouts.LOCAL;
        return base.with(target.endpoint().timeouts());
    }

    /** Ends every call with REJECTED and lets go of every thread, connection and adapter. */
    @Override
    public void close() {
        adapters.close();
        transport.close();
        // Last, when nothing can be sent any more: calls that wait for their next request or attempt fail with it.
        engine.close();
        attempts.close();
        if (ownScheduler != null) {
            ownScheduler.close();
        }
        if (ownExecutor != null) {
            ownExecutor.shutdown();
            try {
                if (!ownExecutor.awaitTermination(1, TimeUnit.SECONDS)) {
                    // A reader that blocks is the caller's: it is told by interrupt.
                    ownExecutor.shutdownNow();
                }
            } catch (InterruptedException e) {
                ownExecutor.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Builds an {@link Airframe}; not thread-safe. */
    public static final class Builder {
        private @Nullable HttpTransport transport;
        private UnaryOperator<HttpTransport> around = UnaryOperator.identity();
        private TransportOptions transportOptions = TransportOptions.defaults();
        private @Nullable Scheduler scheduler;
        private @Nullable Delivery delivery;
        private Ticker ticker = Ticker.system();
        private Clock clock = Clock.systemUTC();
        private RandomSource random = RandomSource.system();
        private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
        private boolean discover = true;

        private Builder() {}

        /** A transport in place of the built-in one; closed with the airframe. */
        public Builder transport(HttpTransport value) {
            transport = requireNonNull(value, "value");
            return this;
        }

        /**
         * Puts something around the transport, the built-in one or the given: to record what goes over it, or to count. Where this
         * is called more than once, the last one is outermost. What the function gives is closed in place of the transport, and
         * has to close it.
         */
        public Builder transportAround(UnaryOperator<HttpTransport> value) {
            requireNonNull(value, "value");
            UnaryOperator<HttpTransport> inner = around;
            around = transport -> value.apply(inner.apply(transport));
            return this;
        }

        /** Options of the built-in transport. */
        public Builder transportOptions(TransportOptions value) {
            transportOptions = requireNonNull(value, "value");
            return this;
        }

        /** A scheduler in place of the built-in one; stays its owner's. */
        public Builder scheduler(Scheduler value) {
            scheduler = requireNonNull(value, "value");
            return this;
        }

        /** Where events are delivered; default {@link DeliveryExecutors#create()}. */
        public Builder delivery(Delivery value) {
            delivery = requireNonNull(value, "value");
            return this;
        }

        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "value");
            return this;
        }

        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
            return this;
        }

        public Builder random(RandomSource value) {
            random = requireNonNull(value, "value");
            return this;
        }

        /** How calls are tried again; default {@link RetryPolicy#DEFAULT}. */
        public Builder retryPolicy(RetryPolicy value) {
            retryPolicy = requireNonNull(value, "value");
            return this;
        }

        /** Whether adapters are found by ServiceLoader; default true. */
        public Builder discover(boolean value) {
            discover = value;
            return this;
        }

        public Airframe build() {
            return new Airframe(this);
        }
    }
}
