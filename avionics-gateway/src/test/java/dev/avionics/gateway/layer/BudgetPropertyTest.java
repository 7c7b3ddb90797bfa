package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.cost.Cost;
import dev.avionics.cost.OpenAiTokens;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.InputEstimate;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.Pricing;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.testkit.time.VirtualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Money for ten calls and two hundred of them, with failures, retries, fallbacks and callers that leave. */
@Tag("fault-56")
class BudgetPropertyTest {
    private static final int CALLS = 200;
    private static final int SEEDS = 25;
    private static final long MICROS_A_TOKEN = 10;
    private static final Instant MIDNIGHT = Instant.parse("2026-01-02T00:00:00Z");
    private static final Pricing PRICES =
            (agent, attempt, usage) -> Cost.of(BigDecimal.valueOf(usage.total().value() * MICROS_A_TOKEN, 6));

    private static final TokenEstimator COUNTED =
            OpenAiTokens.choice().of("openai", "gpt-4o").orElseThrow();

    private static final List<String> TEXTS = List.of(
            "The quick brown fox jumps over the lazy dog, and nobody at the riverside seems to mind very much. It was late in"
                    + " the year, the water was cold, and the boats had been taken ashore weeks before anybody thought of snow.",
            "public static long microsOf(BigDecimal usd) {\n    if (usd.signum() < 0) {\n        throw new"
                    + " IllegalArgumentException(\"usd: \" + usd);\n    }\n    return usd.movePointRight(6).longValueExact();\n}\n",
            "{\"id\":\"a81bc81b-dead-4e5d-abff-90865d1e13b1\",\"values\":[1,22,333,4444],\"nested\":{\"empty\":null,\"flag\":true}}",
            "\u6625\u7720\u4e0d\u89c9\u6653\uff0c\u5904\u5904\u95fb\u557c\u9e1f\u3002\u591c\u6765\u98ce\u96e8\u58f0\uff0c\u82b1\u843d\u77e5\u591a\u5c11\u3002",
            "Die Donaudampfschifffahrtsgesellschaft fuhr trotz heftiger Regenf\u00e4lle p\u00fcnktlich von Passau nach Wien.",
            "\ud83d\ude80\ud83d\ude80 ship it \ud83c\udf89 \u00bfverdad? \u0414\u0430, \u043a\u043e\u043d\u0435\u0447\u043d\u043e!");

    private static final class Run implements AutoCloseable {
        final VirtualTime time = VirtualTime.create();
        final StateProbe state = new StateProbe(time);
        final SplittableRandom random;
        final ChanceBackend openai;
        final ChanceBackend anthropic;
        final Airframe airframe;
        final LLMGateway gateway;
        final List<GatewayRequest> requests = new ArrayList<>();
        final long budget;
        int answered;
        int refused;
        int failed;

        Run(long seed) {
            random = new SplittableRandom(seed);
            openai = new ChanceBackend(time, random.split(), COUNTED);
            anthropic = new ChanceBackend(time, random.split(), COUNTED);
            state.slow(random.split());
            airframe = Airframe.builder()
                    .discover(false)
                    .scheduler(time)
                    .ticker(time)
                    .clock(time.clock())
                    .random(RandomSource.seeded(seed))
                    .delivery(Delivery.TRANSPORT)
                    .build();
            long reserved = 0;
            for (int i = 0; i < CALLS; i++) {
                requests.add(request());
                reserved += reservation(requests.get(i).inference());
            }
            budget = 10 * reserved / CALLS;
            gateway = LLMGateway.builder(
                            ProviderLookup.of(
                                    provider(ProviderId.OPENAI_COMPATIBLE, "openai", openai),
                                    provider(ProviderId.ANTHROPIC, "anthropic", anthropic)),
                            airframe)
                    .ticker(time)
                    .clock(time.clock())
                    .breaker(false)
                    .fallback(GatewayRig.to("anthropic"))
                    .pricing(PRICES)
                    .state(state)
                    .budgets(BudgetPolicy.builder()
                            .perAgent(new Budget(BigDecimal.valueOf(budget, 6), null))
                            .build())
                    .build();
        }

        private BackendProvider provider(ProviderId id, String name, ChanceBackend backend) {
            ProviderSettings settings = ProviderSettings.builder(id)
                    .name(name)
                    .apiKey(Secret.of("sk-of-" + name))
                    .model("m")
                    .build();
            airframe.adapters()
                    .register(BackendKind.of(settings.endpoint().kind().id()), backend);
            return new BackendProvider(settings, airframe, time);
        }

        private GatewayRequest request() {
            StringBuilder prompt = new StringBuilder();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                prompt.append(TEXTS.get(random.nextInt(TEXTS.size()))).append('\n');
            }
            return GatewayRequest.builder(prompt.toString())
                    .agent("planner")
                    .maxTokens(50 + random.nextInt(200))
                    .build();
        }

        static long reservation(InferenceRequest request) {
            return (InputEstimate.of(request, InputTokens.ESTIMATOR)
                            + request.sampling().maxTokens())
                    * MICROS_A_TOKEN;
        }

        /** All calls begin within twenty seconds; some callers leave at any moment. */
        void play() {
            for (GatewayRequest request : requests) {
                time.schedule(() -> begin(request), Duration.ofMillis(random.nextInt(20_000)));
            }
            time.advance(Duration.ofMinutes(12));
        }

        private void begin(GatewayRequest request) {
            Reader<?> reader = Reader.of(gateway.completeStream(request));
            if (random.nextInt(5) == 0) {
                time.schedule(reader.subscription::cancel, Duration.ofMillis(random.nextInt(1_000)));
            }
            readers.add(reader);
        }

        final List<Reader<?>> readers = new ArrayList<>();

        void count() {
            for (Reader<?> reader : readers) {
                InferenceException error = (InferenceException) reader.error;
                if (reader.complete) {
                    answered++;
                } else if (error != null && error.category() == ErrorCategory.BUDGET_EXCEEDED) {
                    refused++;
                } else if (error != null) {
                    failed++;
                }
            }
        }

        List<ChanceBackend.Billed> bill() {
            List<ChanceBackend.Billed> all = new ArrayList<>(openai.bill());
            all.addAll(anthropic.bill());
            return all;
        }

        Balance balance() {
            return state.balance(new Account("day:agent:planner", budget, MIDNIGHT));
        }

        @Override
        public void close() {
            airframe.close();
        }
    }

    @Test
    void budget_whateverHappensToTheCalls_isUsedAndNotExceeded() {
        long calls = 0;
        double leastUsed = 1;
        double mostUsed = 0;
        long counted = 0;
        long guessed = 0;
        double leastError = Double.MAX_VALUE;
        double mostError = -Double.MAX_VALUE;
        for (int seed = 0; seed < SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                run.play();
                run.count();
                long real = 0;
                long worst = 0;
                for (ChanceBackend.Billed one : run.bill()) {
                    long cost = (one.input() + one.output()) * MICROS_A_TOKEN;
                    real += cost;
                    worst = Math.max(worst, cost - Run.reservation(one.request()));
                    long guess = InputEstimate.of(one.request(), InputTokens.ESTIMATOR);
                    counted += one.input();
                    guessed += guess;
                    leastError = Math.min(leastError, (double) guess / one.input() - 1);
                    mostError = Math.max(mostError, (double) guess / one.input() - 1);
                }
                Balance balance = run.balance();
                assertThat(balance.reservedMicros())
                        .as("reserved, seed " + seed)
                        .isZero();
                assertThat(run.state.reserved()).as("held, seed " + seed).isEmpty();
                assertThat(balance.spentMicros()).as("spent, seed " + seed).isLessThanOrEqualTo(run.budget + worst);
                assertThat(real).as("worked, seed " + seed).isLessThanOrEqualTo(run.budget + worst);
                // By the backends' own bill: what is reserved or settled too high keeps calls out.
                assertThat(real).as("used, seed " + seed).isGreaterThanOrEqualTo(run.budget * 8 / 10);
                assertThat(run.refused).as("refused, seed " + seed).isPositive();
                assertThat(run.answered).as("answered, seed " + seed).isPositive();
                assertThat(run.time.pendingTasks()).as("timers, seed " + seed).isZero();
                calls += run.answered;
                leastUsed = Math.min(leastUsed, (double) real / run.budget);
                mostUsed = Math.max(mostUsed, (double) real / run.budget);
            }
        }
        System.out.printf(
                "Budget for 10 of 200 calls, %d times: %.1f answered on average, %.3f to %.3f of the budget worked;"
                        + " input tokens guessed %+.1f %% (%+.1f %% to %+.1f %%)%n",
                SEEDS,
                (double) calls / SEEDS,
                leastUsed,
                mostUsed,
                100.0 * (guessed - counted) / counted,
                100 * leastError,
                100 * mostError);
    }

    @Test
    void budget_ofTenCallsAndTwoHundredAtOnceOnManyThreads_letsTenThrough() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try (GatewayRig rig = new GatewayRig()) {
            StateProbe state = new StateProbe(rig.time);
            // Answers stay open until all two hundred were decided.
            rig.openai.events(GatewayRig.text("open"));
            LLMGateway gateway = rig.gateway()
                    .pricing(PRICES)
                    .state(state)
                    .budgets(BudgetPolicy.builder()
                            .perAgent(Budget.perDay("0.0105"))
                            .build())
                    .build();
            List<Callable<Reader<?>>> all = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                // 5 tokens in and 100 out: ten of them cost 0.0105 dollars.
                all.add(() -> Reader.of(gateway.completeStream(GatewayRequest.builder("hi")
                        .agent("planner")
                        .maxTokens(100)
                        .build())));
            }
            List<Reader<?>> readers = new ArrayList<>();
            for (Future<Reader<?>> one : threads.invokeAll(all)) {
                readers.add(one.get());
            }
            List<Reader<?>> open =
                    readers.stream().filter(reader -> reader.error == null).toList();
            assertThat(open).hasSize(10);
            assertThat(readers.stream()
                            .filter(reader -> reader.error instanceof InferenceException why
                                    && why.category() == ErrorCategory.BUDGET_EXCEEDED))
                    .hasSize(190);
            open.forEach(reader -> reader.subscription.cancel());
            Balance balance = state.balance(new Account("day:agent:planner", 0, MIDNIGHT));
            assertThat(balance.reservedMicros()).isZero();
            assertThat(balance.spentMicros()).isEqualTo(10 * 5 * MICROS_A_TOKEN);
        } finally {
            threads.shutdownNow();
        }
    }
}
