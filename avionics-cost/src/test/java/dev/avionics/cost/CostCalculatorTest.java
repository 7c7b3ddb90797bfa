package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostCalculatorTest {
    private static final Instant NOW = BundledPricesTest.DAY;

    private final CostCalculator calculator = calculatorAt(NOW);

    private static CostCalculator calculatorAt(Instant now) {
        return CostCalculator.builder().clock(Clock.fixed(now, ZoneOffset.UTC)).build();
    }

    private static CostCalculator with(Price... prices) {
        return CostCalculator.builder()
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .prices(PriceBook.bundled().with(prices))
                .build();
    }

    private static EndpointSpec.Builder endpoint(String name, BackendKind kind) {
        return EndpointSpec.builder(name, URI.create("https://models.example"), kind);
    }

    private static Usage tokens(long input, long output) {
        return Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
    }

    private static BigDecimal usd(String amount) {
        return new BigDecimal(amount);
    }

    @Test
    @Tag("row-142")
    void calculate_aThousandInAndFiveHundredOut_costsSixCents() {
        CostMetrics metrics = calculator.calculate("openai", "gpt-4", 1000, 500);

        assertThat(metrics.cost()).isEqualTo(Cost.of(usd("0.06")));
    }

    @Test
    @Tag("row-157")
    void calculate_gpt4_costsNineCentsWhateverTheCase() {
        Cost expected = Cost.of(usd("0.09"));

        assertThat(calculator.calculate("openai", "gpt-4", 1000, 1000).cost()).isEqualTo(expected);
        assertThat(calculator.calculate(" OpenAI", "GPT-4 ", 1000, 1000).cost()).isEqualTo(expected);
    }

    @Test
    @Tag("row-157")
    void calculate_noTokens_costsNothingAndIsPriced() {
        CostMetrics metrics = calculator.calculate("openai", "gpt-4", 0, 0);

        assertThat(metrics.cost()).isEqualTo(Cost.of(BigDecimal.ZERO));
        assertThat(metrics.priced()).isTrue();
        assertThat(metrics.cost().isFree()).isFalse();
    }

    @Test
    @Tag("row-157")
    void costUsd_hasSixDecimals_andTheCostAllOfThem() {
        CostMetrics metrics = calculator.calculate("openai", "gpt-4o-mini", 1, 1);

        assertThat(metrics.cost().usd()).isEqualTo(usd("0.00000075"));
        assertThat(metrics.costUsd()).contains(usd("0.000001"));
    }

    @Test
    @Tag("row-157")
    void calculate_negativeTokens_isRefused() {
        assertThatThrownBy(() -> calculator.calculate("openai", "gpt-4", -1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("promptTokens: -1 (expected: >= 0)");
        assertThatThrownBy(() -> calculator.calculate("openai", "gpt-4", 0, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("completionTokens: -1 (expected: >= 0)");
    }

    @Test
    @Tag("row-158")
    void estimate_fourHundredCharacters_areAHundredTokensInAndFiftyOut() {
        Cost estimate = calculator.estimate("openai", "gpt-4", "x".repeat(400));

        assertThat(estimate).isEqualTo(Cost.estimated(usd("0.006")));
        assertThat(calculator.estimate("openai", "gpt-4", "x".repeat(200), 0.5)).isEqualTo(estimate);
    }

    @Test
    @Tag("row-158")
    void estimate_settings_areTakenUp() {
        CostCalculator other = CostCalculator.builder()
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .tokensPerChar(1)
                .completionShare(0)
                .build();

        assertThat(other.estimate("openai", "gpt-4", "x".repeat(100))).isEqualTo(Cost.estimated(usd("0.003")));
        assertThat(calculator.estimate("openai", "gpt-4", "x")).isEqualTo(Cost.estimated(usd("0.00003")));
        assertThat(calculator.estimate("openai", "gpt-4", "")).isEqualTo(Cost.estimated(usd("0")));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void estimate_impossibleTokensPerChar_isRefused(double value) {
        assertThatThrownBy(() -> calculator.estimate("openai", "gpt-4", "text", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tokensPerChar: " + value + " (expected:");
    }

    @Test
    @Tag("row-158")
    void estimate_freeAndUnknownModels_areFreeAndUnpriced() {
        assertThat(calculator.estimate("ollama", "qwen3:8b", "text")).isEqualTo(Cost.FREE);
        assertThat(calculator.estimate("openai", "nobody-knows", "text").isPriced())
                .isFalse();
    }

    @Test
    void estimate_anEstimatorThatKnowsTheModel_countsInsteadOfTheCharacters() {
        CostCalculator counting = CostCalculator.builder()
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .estimators((provider, model) -> model.equals("gpt-4") ? Optional.of(text -> 1000) : Optional.empty())
                .build();

        assertThat(counting.estimate("openai", "gpt-4", "x")).isEqualTo(Cost.estimated(usd("0.06")));
        assertThat(counting.estimate("openai", "gpt-4-turbo", "x".repeat(400)))
                .isEqualTo(Cost.estimated(usd("0.0025")));
    }

    @ParameterizedTest
    @Tag("row-159")
    @CsvSource({
        "gpt-4-turbo-2024-04-09, 0.01, 0.03",
        "gpt-4-turbo-2024-12-24, 0.01, 0.03",
        "gpt-4-turbo, 0.01, 0.03",
        "gpt-4, 0.03, 0.06",
        "gpt-4-0613, 0.03, 0.06",
        "gpt-4o-mini, 0.00015, 0.0006",
        "gpt-4o-mini-2024-07-18, 0.00015, 0.0006",
        "gpt-4.1-nano, 0.0001, 0.0004"
    })
    void pricing_longestNameThatEndsAtABoundary_isThePrice(String model, BigDecimal input, BigDecimal output) {
        Price price = calculator.pricing("openai", model).orElseThrow();

        assertThat(price.inputPer1k()).isEqualByComparingTo(input);
        assertThat(price.outputPer1k())
                .hasValueSatisfying(per1k -> assertThat(per1k).isEqualByComparingTo(output));
    }

    @ParameterizedTest
    @Tag("row-160")
    @CsvSource({
        "openai, gpt-4, 0.03, 0.06",
        "openai, gpt-3.5, 0.0015, 0.002",
        "anthropic, claude-3-sonnet, 0.003, 0.015",
        "anthropic, claude-3-sonnet-20240229, 0.003, 0.015",
        "anthropic, claude-3-5-sonnet-20241022, 0.003, 0.015",
        "openai, gpt-4-turbo, 0.01, 0.03",
        "anthropic, claude-3-opus, 0.015, 0.075",
        "anthropic, claude-3-haiku, 0.00025, 0.00125",
        "llamaserver, qwen2.5-7b, 0, 0"
    })
    void pricing_pricesOfTheOrigin_hold(String provider, String model, BigDecimal input, BigDecimal output) {
        Price price = calculator.pricing(provider, model).orElseThrow();

        assertThat(price.inputPer1k()).isEqualByComparingTo(input);
        assertThat(price.outputPer1k())
                .hasValueSatisfying(per1k -> assertThat(per1k).isEqualByComparingTo(output));
    }

    @Test
    @Tag("row-160")
    void cost_gpt35_isWhatItWasOnItsDay() {
        Usage usage = tokens(1000, 1000);

        assertThat(calculator.cost("openai", "gpt-3.5-turbo", usage, Instant.parse("2023-12-01T00:00:00Z")))
                .isEqualTo(Cost.of(usd("0.0035")));
        assertThat(calculator.cost("openai", "gpt-3.5-turbo", usage)).isEqualTo(Cost.of(usd("0.002")));
    }

    @Test
    void cost_offerThatEnds_doublesOnItsDay() {
        Usage usage = tokens(1_000_000, 0);

        assertThat(calculator.cost("gemini", "gemini-3.8-flash", usage, Instant.parse("2026-12-31T23:59:59.999Z")))
                .isEqualTo(Cost.of(usd("0.75")));
        assertThat(calculator.cost("gemini", "gemini-3.8-flash", usage, Instant.parse("2027-01-01T00:00:00Z")))
                .isEqualTo(Cost.of(usd("1.5")));
    }

    @ParameterizedTest
    @Tag("row-160")
    @CsvSource({
        "openai, nobody-knows",
        "openai, gpt",
        "openai, gpt-4p",
        "openai, gpt-4.9",
        "openai, claude-3-opus",
        "anthropic, gpt-4",
        "azure, nobody-knows",
        "nobody, gpt-4",
        "nobody, acme/gpt-4"
    })
    void calculate_modelThatNoListKnows_isUnpriced(String provider, String model) {
        CostMetrics metrics = calculator.calculate(provider, model, 1000, 1000);

        assertThat(metrics.priced()).isFalse();
        assertThat(metrics.costUsd()).isEmpty();
        assertThat(metrics.cost().amount()).isEmpty();
        assertThat(metrics.cost().why())
                .isEqualTo("no price for " + provider + " " + model + ": add one to the file of prices");
        assertThat(calculator.pricing(provider, model)).isEmpty();
    }

    @ParameterizedTest
    @Tag("row-160")
    @ValueSource(
            strings = {
                "ollama",
                "llamaserver",
                "llama-server",
                "LLAMA_SERVER",
                "llamacpp",
                "llama-cpp",
                "llama.cpp",
                "mock"
            })
    void calculate_localBackend_isFree(String provider) {
        CostMetrics metrics = calculator.calculate(provider, "gpt-4", 1000, 1000);

        assertThat(metrics.cost()).isEqualTo(Cost.FREE);
        assertThat(metrics.priced()).isTrue();
        assertThat(metrics.costUsd()).contains(usd("0.000000"));
    }

    @Test
    @Tag("row-161")
    void shared_isOne_withTheBundledPrices() {
        assertThat(CostCalculator.shared()).isSameAs(CostCalculator.shared());
        assertThat(CostCalculator.shared().prices()).isSameAs(PriceBook.bundled());
    }

    @Test
    @Tag("row-161")
    void customPrices_ofOneCalculator_reachNoOther() {
        CostCalculator custom =
                with(Price.of("openai", "gpt-4", Rates.of("1", "1")), Price.free("anthropic", Price.ANY));

        assertThat(custom.calculate("openai", "gpt-4", 1000, 1000).cost()).isEqualTo(Cost.of(usd("0.002")));
        assertThat(calculator.calculate("openai", "gpt-4", 1000, 1000).cost()).isEqualTo(Cost.of(usd("0.09")));
        assertThat(CostCalculator.shared()
                        .calculate("openai", "gpt-4", 1000, 1000)
                        .cost())
                .isEqualTo(Cost.of(usd("0.09")));
        assertThat(CostCalculator.builder()
                        .build()
                        .calculate("anthropic", "claude-3-opus", 1000, 0)
                        .cost())
                .isEqualTo(Cost.of(usd("0.015")));
    }

    @Test
    @Tag("row-162")
    void costs_calculate_isTheSharedCalculators() {
        CostMetrics byWord = Costs.calculate("openai", "gpt-4", 1000, 500);
        CostMetrics byCall = CostCalculator.shared().calculate("openai", "gpt-4", 1000, 500);

        assertThat(byWord)
                .usingRecursiveComparison()
                .ignoringFields("timestamp")
                .isEqualTo(byCall);
        assertThat(byWord.cost()).isEqualTo(Cost.of(usd("0.06")));
    }

    @Test
    void cost_cachedCallOfClaude_isWhatItsFormulaSays() {
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(1234))
                .cacheRead(TokenCount.known(56_789))
                .cacheWriteShort(TokenCount.known(2_345))
                .cacheWriteLong(TokenCount.known(678))
                .output(TokenCount.known(901))
                .reasoning(TokenCount.known(234))
                .build();
        // 3 dollars for the input, a tenth to read from the cache, 1.25 and 2 times as much to write to it; thoughts
        // are output.
        BigDecimal expected = usd("3").multiply(usd("1234")
                        .add(usd("0.1").multiply(usd("56789")))
                        .add(usd("1.25").multiply(usd("2345")))
                        .add(usd("2").multiply(usd("678"))))
                .add(usd("15").multiply(usd("901").add(usd("234"))))
                .movePointLeft(6);

        assertThat(calculator.cost("anthropic", "claude-sonnet-4-6", usage)).isEqualTo(Cost.of(expected));
    }

    @Test
    void cost_longPrompt_costsTheTierForTheWholeCall_cachedTokensIncluded() {
        Usage under = Usage.builder()
                .inputUncached(TokenCount.known(1))
                .cacheRead(TokenCount.known(199_999))
                .output(TokenCount.known(1000))
                .build();
        Usage over = under.toBuilder().inputUncached(TokenCount.known(2)).build();

        assertThat(calculator.cost("anthropic", "claude-sonnet-4-5", under))
                .isEqualTo(Cost.of(usd("0.000003").add(usd("0.0599997")).add(usd("0.015"))));
        assertThat(calculator.cost("anthropic", "claude-sonnet-4-5", over))
                .isEqualTo(Cost.of(usd("0.000012").add(usd("0.1199994")).add(usd("0.0225"))));
    }

    @Test
    void cost_reasoningWithARateOfItsOwn_costsThat() {
        Rates rates = Rates.of("1", "2").toBuilder().reasoning(usd("5")).build();
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(0))
                .reasoning(TokenCount.known(1_000_000))
                .build();

        assertThat(with(Price.of("acme", "thinker", rates)).cost("acme", "thinker", usage))
                .isEqualTo(Cost.of(usd("5")));
    }

    @Test
    void cost_soundWithoutARate_isUnpricedAndSaysWhichRateIsMissing() {
        Usage usage = tokens(10, 10).toBuilder().audioInput(TokenCount.known(1)).build();

        Cost cost = calculator.cost("openai", "gpt-4o-audio-preview", usage);

        assertThat(cost.isPriced()).isFalse();
        assertThat(cost.why()).isEqualTo("no rate for audioInput: give this model a price of your own that has one");
    }

    @Test
    void cost_cacheReadWithoutARate_costsTheInputAndIsAnEstimate() {
        Usage usage =
                tokens(1000, 0).toBuilder().cacheRead(TokenCount.known(1000)).build();

        assertThat(calculator.cost("openai", "gpt-4", usage)).isEqualTo(Cost.estimated(usd("0.06")));
    }

    @Test
    void cost_usageThatNobodyTold_isUnpriced_andFreeAtALocalBackend() {
        assertThat(calculator.cost("openai", "gpt-4", Usage.absent()))
                .isEqualTo(Cost.unpriced("the usage is not known"));
        assertThat(calculator.cost("ollama", "qwen3:8b", Usage.absent())).isEqualTo(Cost.FREE);
    }

    @Test
    void cost_estimatedUsage_isAnEstimate() {
        assertThat(calculator.cost("openai", "gpt-4", Usage.estimated(1000, 1000)))
                .isEqualTo(Cost.estimated(usd("0.09")));
    }

    @Test
    void cost_outputOfAPromptThatNobodyCounted_isAnEstimate() {
        Usage usage = Usage.builder().output(TokenCount.known(1000)).build();

        assertThat(calculator.cost("openai", "gpt-4", usage)).isEqualTo(Cost.estimated(usd("0.06")));
    }

    @Test
    void cost_ofATarget_isFreeIfItsBillingIs() {
        Target free = new Target(
                endpoint("openai", BackendKind.OPENAI_CHAT)
                        .billing(Billing.FREE)
                        .build(),
                "gpt-4");
        Target metered = new Target(endpoint("openai", BackendKind.OPENAI_CHAT).build(), "gpt-4");

        assertThat(calculator.cost(free, tokens(1000, 1000))).isEqualTo(Cost.FREE);
        assertThat(calculator.cost(metered, tokens(1000, 1000))).isEqualTo(Cost.of(usd("0.09")));
        assertThat(calculator.calculate(free, tokens(1000, 1000)).cost()).isEqualTo(Cost.FREE);
    }

    @Test
    void provider_ofAnEndpoint_isItsNameElseItsVariantElseItsKind() {
        assertThat(calculator.provider(
                        endpoint("azure", BackendKind.OPENAI_CHAT).build()))
                .isEqualTo("azure");
        assertThat(calculator.provider(endpoint("fast", BackendKind.OPENAI_CHAT)
                        .apiType("groq")
                        .build()))
                .isEqualTo("groq");
        assertThat(calculator.provider(
                        endpoint("mine", BackendKind.ANTHROPIC_MESSAGES).build()))
                .isEqualTo("anthropic-messages");
        assertThat(calculator.provider(
                        endpoint("mine", BackendKind.of("unheard-of")).build()))
                .isEqualTo("mine");
    }

    @Test
    void calculate_ofATarget_tellsProviderModelAndAllTokens() {
        Target target =
                new Target(endpoint("mine", BackendKind.ANTHROPIC_MESSAGES).build(), "claude-sonnet-4-6");
        Usage usage = tokens(100, 20).toBuilder()
                .cacheRead(TokenCount.known(30))
                .reasoning(TokenCount.known(5))
                .build();

        assertThat(calculator.calculate(target, usage))
                .isEqualTo(new CostMetrics(
                        "anthropic-messages", "claude-sonnet-4-6", 130, 25, 155, Cost.of(usd("0.000684")), NOW));
    }

    @Test
    void forAgent_pricesOfItsOwn_comeBeforeAllOthers() {
        CostCalculator custom = with(
                Price.builder("openai", "gpt-4", Rates.of("1", "1"))
                        .agent("Planner")
                        .build(),
                Price.builder("anthropic", Price.ANY, Rates.of("2", "2"))
                        .agent("planner")
                        .build());
        CostCalculator planner = custom.forAgent("planner");

        assertThat(planner.calculate("openai", "gpt-4", 1000, 1000).cost()).isEqualTo(Cost.of(usd("0.002")));
        assertThat(planner.calculate("anthropic", "claude-of-tomorrow", 1000, 0).cost())
                .isEqualTo(Cost.of(usd("0.002")));
        assertThat(planner.calculate("openai", "gpt-4-turbo", 1000, 0).cost()).isEqualTo(Cost.of(usd("0.01")));
        assertThat(custom.forAgent("critic")
                        .calculate("openai", "gpt-4", 1000, 1000)
                        .cost())
                .isEqualTo(Cost.of(usd("0.09")));
        assertThat(custom.calculate("openai", "gpt-4", 1000, 1000).cost()).isEqualTo(Cost.of(usd("0.09")));
    }
}
