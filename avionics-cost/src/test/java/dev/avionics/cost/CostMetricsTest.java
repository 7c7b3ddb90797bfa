package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.json.JsonValues;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CostMetricsTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private static CostMetrics metrics(long prompt, long completion, Cost cost) {
        return new CostMetrics("openai", "gpt-4", prompt, completion, prompt + completion, cost, NOW);
    }

    @Test
    @Tag("row-155")
    void totalTokens_otherThanTheSum_isRefused() {
        assertThat(metrics(3, 4, Cost.FREE).totalTokens()).isEqualTo(7);
        assertThatThrownBy(() -> new CostMetrics("openai", "gpt-4", 3, 4, 8, Cost.FREE, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("totalTokens: 8 (expected: the sum of 3 and 4)");
    }

    @Test
    @Tag("row-155")
    void toJson_hasEachField() {
        assertThat(metrics(1000, 500, Cost.of(new BigDecimal("0.06"))).toJson())
                .isEqualTo("{\"provider\":\"openai\",\"model\":\"gpt-4\",\"prompt_tokens\":1000,"
                        + "\"completion_tokens\":500,\"total_tokens\":1500,\"cost_usd\":0.060000,\"priced\":true,"
                        + "\"estimated\":false,\"timestamp\":\"2026-11-26T12:00:00Z\"}");
    }

    @Test
    @Tag("row-155")
    void toJson_unpriced_hasNullForTheCost() {
        CostMetrics metrics = metrics(1, 1, Cost.unpriced("no price"));

        assertThat(metrics.toMap()).containsEntry("cost_usd", null).containsEntry("priced", false);
        assertThat(JsonValues.parseObject(metrics.toJson())).containsEntry("cost_usd", null);
    }

    @Test
    @Tag("row-156")
    void tokensPerDollar_aThousandForFiveCents_isTwentyThousand() {
        assertThat(metrics(600, 400, Cost.of(new BigDecimal("0.05"))).tokensPerDollar())
                .isEqualTo(20_000);
    }

    @Test
    @Tag("row-156")
    void tokensPerDollar_freeOrUnpriced_isZero() {
        assertThat(metrics(600, 400, Cost.FREE).tokensPerDollar()).isZero();
        assertThat(metrics(600, 400, Cost.of(BigDecimal.ZERO)).tokensPerDollar())
                .isZero();
        assertThat(metrics(600, 400, Cost.UNPRICED).tokensPerDollar()).isZero();
    }
}
