package dev.avionics.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.limit.TargetLimits;
import dev.avionics.gateway.limit.Unpriced;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewaySettingsTest {
    @TempDir
    Path folder;

    private AvionicsSettings yaml(String text) {
        try {
            Path file = folder.resolve("avionics.yaml");
            Files.writeString(file, text);
            return AvionicsSettings.builder().file(file).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("row-139")
    void section_ifMissing_isAllDefaults() {
        GatewaySettings settings = GatewaySettings.of(AvionicsSettings.builder().build());

        assertThat(settings.fallback())
                .isEqualTo(GatewaySettings.of(yaml("gateway: {}")).fallback());
        assertThat(settings.fallback().targets()).isEmpty();
        assertThat(settings.retries()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(settings.breaker()).isTrue();
        assertThat(settings.textToolCalls()).isFalse();
        assertThat(settings.enforceResources()).isFalse();
        assertThat(settings.prices()).isEmpty();
    }

    @Test
    @Tag("row-143")
    void section_withEverything_isRead() {
        GatewaySettings settings = GatewaySettings.of(yaml("""
                providers:
                  spare: {type: openai-compatible, base-url: "http://127.0.0.1:9/v1", model: m}
                gateway:
                  max-attempts: 6
                  breaker: no
                  text-tool-calls: true
                  enforce-resources: true
                  prices: prices.json
                  prices-refresh: 10
                  fallback:
                    targets: [spare, anthropic/claude-sonnet-4-6]
                    first-content: 2.5
                    after-commit: continue
                    after-refusal: true
                    context-length: spare/large
                    content-filter: [ollama/llama3.2:3b, "nvidia/meta/llama-3.1"]
                """));

        assertThat(settings.retries().maxAttempts()).isEqualTo(6);
        assertThat(settings.breaker()).isFalse();
        assertThat(settings.textToolCalls()).isTrue();
        assertThat(settings.enforceResources()).isTrue();
        assertThat(settings.prices()).contains(Path.of("prices.json"));
        assertThat(settings.pricesRefresh()).isEqualTo(Duration.ofSeconds(10));
        FallbackPolicy fallback = settings.fallback();
        assertThat(fallback.targets())
                .containsExactly(GatewayTarget.of("spare"), new GatewayTarget("anthropic", "claude-sonnet-4-6"));
        assertThat(fallback.firstContent()).isEqualTo(Duration.ofMillis(2500));
        assertThat(fallback.afterRefusal()).isTrue();
        assertThat(fallback.afterCommit()).isEqualTo(AfterCommit.CONTINUE);
        assertThat(fallback.byCategory())
                .containsOnlyKeys(ErrorCategory.CONTEXT_LENGTH, ErrorCategory.CONTENT_FILTER)
                .containsEntry(ErrorCategory.CONTEXT_LENGTH, List.of(new GatewayTarget("spare", "large")))
                .containsEntry(
                        ErrorCategory.CONTENT_FILTER,
                        List.of(
                                new GatewayTarget("ollama", "llama3.2:3b"),
                                new GatewayTarget("nvidia", "meta/llama-3.1")));
    }

    @Test
    @Tag("row-133")
    void section_withBudgetsAndLimits_isRead() {
        GatewaySettings settings = GatewaySettings.of(yaml("""
                gateway:
                  budgets:
                    agents: {default: {day: 2.50}, planner: {day: 10, month: 100}}
                    keys: {team-a: {month: 50}}
                    providers: {openai: {day: 30}}
                    reserve-output-tokens: 500
                    unpriced: refuse
                  limits:
                    agents: {default: {concurrent: 3}, planner: {requests: 60, tokens: 100000}}
                    keys: {default: {requests: 600}}
                    targets: {default: {adaptive: true}, openai/gpt-4o: {requests: 500, concurrent: 8}}
                    waiting: 10
                    longest-wait: 5
                """));

        BudgetPolicy budgets = settings.budgets();
        assertThat(budgets.agents().of("anybody")).isEqualTo(Budget.perDay("2.50"));
        assertThat(budgets.agents().of("planner")).isEqualTo(Budget.perDay("10").andPerMonth("100"));
        assertThat(budgets.keys().of("team-a")).isEqualTo(Budget.perMonth("50"));
        assertThat(budgets.keys().of("team-b")).isEqualTo(Budget.UNLIMITED);
        assertThat(budgets.providers().of("openai")).isEqualTo(Budget.perDay("30"));
        assertThat(budgets.reserveOutputTokens()).isEqualTo(500);
        assertThat(budgets.unpriced()).isEqualTo(Unpriced.REFUSE);
        LimitPolicy limits = settings.limits();
        assertThat(limits.agentConcurrency().of("anybody")).isEqualTo(3);
        assertThat(limits.agentConcurrency().of("planner")).isZero();
        assertThat(limits.agents().of("planner")).isEqualTo(new RateLimits(60, 100_000));
        assertThat(limits.keys().of("team-a")).isEqualTo(RateLimits.requests(600));
        assertThat(limits.of(GatewayTarget.of("ollama"))).isEqualTo(TargetLimits.UNLIMITED.adapting());
        assertThat(limits.of(GatewayTarget.parse("openai/gpt-4o")))
                .isEqualTo(new TargetLimits(RateLimits.requests(500), 8, false));
        assertThat(limits.waiting()).isEqualTo(10);
        assertThat(limits.longestWait()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void section_withHedging_isRead() {
        assertThat(GatewaySettings.of(yaml("gateway: {breaker: true}")).hedging())
                .isEmpty();
        assertThat(GatewaySettings.of(yaml("gateway: {hedging: {enabled: true}}"))
                        .hedging())
                .contains(HedgeRules.DEFAULT);
        assertThat(GatewaySettings.of(
                                yaml(
                                        "gateway: {hedging: {percentile: 0.9, initial: 1, floor: 0.1, ceiling: 5, share: 0.05}}"))
                        .hedging())
                .contains(new HedgeRules(
                        0.9, Duration.ofSeconds(1), 20, Duration.ofMillis(100), Duration.ofSeconds(5), 0.05));
    }

    @Test
    @Tag("row-132")
    void section_withACache_isRead() {
        assertThat(GatewaySettings.of(yaml("gateway: {breaker: true}")).cache()).isEmpty();
        assertThat(GatewaySettings.of(yaml("gateway: {cache: {enabled: false}}"))
                        .cache())
                .isEmpty();
        GatewaySettings settings = GatewaySettings.of(yaml("""
                gateway:
                  single-flight: true
                  cache: {ttl: 60, entries: 500, entry-bytes: 2000, any-temperature: true}
                """));

        assertThat(settings.singleFlight()).isTrue();
        assertThat(settings.cache()).contains(new CacheRules(Duration.ofMinutes(1), 500, 2000, true));
        assertThat(GatewaySettings.of(yaml("gateway: {cache: {enabled: yes}}")).cache())
                .contains(CacheRules.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{max-atempts: 3} | gateway.max-atempts: no such setting; did you mean max-attempts",
                "{max-attempts: 0} | gateway.max-attempts: 0 (expected: a whole number, >= 1)",
                "{breaker: maybe} | gateway.breaker: maybe (expected: true or false)",
                "{fallback: [a]} | gateway.fallback (expected: names with values below it)",
                "{fallback: {target: ollama}} | gateway.fallback.target: no such setting; did you mean targets",
                "{fallback: {targets: [olama]}} | gateway.fallback.targets: olama (expected: provider or provider/model",
                "{fallback: {first-content: -1}} | gateway.fallback.first-content: -1 (expected: seconds above 0)",
                "{budgets: {agents: {a: {dya: 1}}}} | gateway.budgets.agents.a.dya: no such setting; did you mean day",
                "{budgets: {keys: {a: {day: -1}}}} | gateway.budgets.keys.a: usdPerDay: -1 (expected: US dollars",
                "{budgets: {unpriced: maybe}} | gateway.budgets.unpriced: maybe (expected: one of allow, refuse)",
                "{limits: {targets: {a: {requests: x}}}} | gateway.limits.targets.a.requests: x (expected: a whole number",
                "{fallback: {after-commit: go-on}} | gateway.fallback.after-commit: go-on (expected: one of fail, continue, restart-buffered)",
                "{hedging: {share: 2}} | gateway.hedging: share: 2.0 (expected: over 0, at most 1)",
                "{cache: {tll: 1}} | gateway.cache.tll: no such setting; did you mean ttl",
                "{cache: {entries: 0}} | gateway.cache.entries: 0 (expected: a whole number, >= 1)",
                "{prices: {a: b}} | gateway.prices (expected: one value)",
            })
    void section_withAMistake_isRefusedAndSaysWhatIsRight(String section, String expected) {
        AvionicsSettings settings = yaml("gateway: " + section);

        assertThatThrownBy(() -> GatewaySettings.of(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining("avionics.yaml");
    }

    @Test
    void builder_ofSettingsWithAPriceFile_booksByIt() throws IOException {
        Path prices = folder.resolve("prices.json");
        Files.writeString(prices, """
                {"unit": "usd-per-million-tokens", "prices": [
                  {"provider": "openai", "model": "m", "input": 1, "output": 2}]}
                """);
        try (GatewayRig rig = new GatewayRig()) {
            GatewaySettings settings = GatewaySettings.of(yaml("gateway: {prices: '" + prices + "'}"));
            rig.openai.events(GatewayRig.text("ok"), ScriptedAdapter.completed(FinishReason.STOP, 999_995));
            try (LLMGateway gateway = rig.gateway().settings(settings).build()) {
                GatewayResponse response =
                        gateway.complete(GatewayRequest.builder("hi").model("m").build());

                assertThat(response.cost().usd()).isEqualByComparingTo("2");
            }
        }
    }

    @Test
    void builder_ofSettingsWithABadPriceFile_namesIt() throws IOException {
        Path prices = Files.writeString(folder.resolve("prices.json"), "{}");
        AvionicsSettings settings = yaml("gateway: {prices: '" + prices + "'}");

        assertThatThrownBy(() -> LLMGateway.builder(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("gateway.prices: " + prices)
                .hasMessageContaining("unit: not given");
    }
}
