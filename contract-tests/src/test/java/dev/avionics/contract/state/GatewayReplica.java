package dev.avionics.contract.state;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.Pricing;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.state.FallbackRules;
import dev.avionics.gateway.state.FallbackState;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.redis.RedisOptions;
import dev.avionics.redis.RedisState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gateway in a process of its own, whose callers go on until the budget is used up; some of them leave. Prints what it settled, in
 * micro-USD, and how many calls were answered, refused and otherwise failed.
 */
final class GatewayReplica {
    static final String AGENT = "planner";
    static final long MICROS_A_TOKEN = 10;
    static final int MOST_OUTPUT = 100;
    static final int THREADS = 8;

    private static final Pricing PRICES =
            (agent, attempt, usage) -> Cost.of(BigDecimal.valueOf(usage.total().value() * MICROS_A_TOKEN, 6));
    /** Between the refusal that may be a passing one and the last. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private static final int LAST_REFUSAL = 3;

    private final AtomicLong settled = new AtomicLong();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private GatewayReplica() {}

    /** With the addresses of Redis and of the backend, a seed, and the budget in micro-USD. */
    public static void main(String[] arguments) {
        new GatewayReplica()
                .run(
                        arguments[0],
                        URI.create(arguments[1]),
                        Long.parseLong(arguments[2]),
                        BigDecimal.valueOf(Long.parseLong(arguments[3]), 6));
    }

    private void run(String redis, URI backend, long seed, BigDecimal usd) {
        try (Airframe airframe = Airframe.create();
                FallbackState state = FallbackState.of(
                        RedisState.of(RedisOptions.builder(redis)
                                .timeout(Duration.ofSeconds(2))
                                .connectTimeout(Duration.ofSeconds(2))
                                .build()),
                        LocalState.create(),
                        airframe.scheduler(),
                        new FallbackRules(Duration.ofMillis(100), 10_000))) {
            LLMGateway gateway = LLMGateway.builder(ProviderLookup.of(provider(airframe, backend)), airframe)
                    .pricing(PRICES)
                    .state(counting(state))
                    .budgets(BudgetPolicy.builder()
                            .agent(AGENT, new Budget(null, usd))
                            .build())
                    .build();
            Stages.together(THREADS, thread -> {
                spend(gateway, new SplittableRandom(seed * THREADS + thread));
                return thread;
            });
            RealTime.until(() -> !state.degraded() && state.waiting() == 0);
            gateway.close();
        }
        System.out.println(settled + " " + answered + " " + refused + " " + failed);
    }

    private static BackendProvider provider(Airframe airframe, URI backend) {
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OPENAI_COMPATIBLE)
                .name("openai")
                .baseUrl(backend)
                .apiKey(Secret.of("sk-simulated"))
                .model("simulated-1")
                .build();
        return new BackendProvider(settings, airframe, Ticker.system());
    }

    private void spend(LLMGateway gateway, SplittableRandom random) {
        int refusals = 0;
        while (refusals < LAST_REFUSAL) {
            CompletableFuture<?> call =
                    gateway.completeAsync(GatewayRequest.builder("word ".repeat(1 + random.nextInt(40)))
                            .agent(AGENT)
                            .maxTokens(MOST_OUTPUT)
                            .build());
            if (random.nextInt(10) == 0) {
                RealTime.pass(Duration.ofMillis(random.nextInt(15)));
                call.cancel(false);
            }
            try {
                call.orTimeout(60, TimeUnit.SECONDS).join();
                answered.incrementAndGet();
                refusals = 0;
            } catch (CancellationException left) {
                refusals = 0;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof InferenceException why)) {
                    throw e;
                }
                if (why.category() == ErrorCategory.BUDGET_EXCEEDED) {
                    refused.incrementAndGet();
                    refusals++;
                    RealTime.pass(PATIENCE);
                } else {
                    failed.incrementAndGet();
                    refusals = 0;
                }
            }
        }
    }

    /** The state, with a count of what was settled in it. */
    private SharedState counting(SharedState inner) {
        return (SharedState) Proxy.newProxyInstance(
                SharedState.class.getClassLoader(), new Class<?>[] {SharedState.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(inner, arguments);
                        if (method.getName().equals("settle")) {
                            return ((CompletionStage<?>) answer).thenApply(done -> {
                                settled.addAndGet(Boolean.TRUE.equals(done) ? (Long) arguments[1] : 0);
                                return done;
                            });
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
