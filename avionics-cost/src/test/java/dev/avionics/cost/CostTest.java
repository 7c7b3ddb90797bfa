package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class CostTest {
    private static Cost usd(String amount) {
        return Cost.of(new BigDecimal(amount));
    }

    @Test
    void of_equalAmounts_areEqualHoweverWritten() {
        assertThat(usd("0.50")).isEqualTo(usd("0.5")).hasSameHashCodeAs(usd("0.5"));
        assertThat(usd("100")).isEqualTo(usd("1e2")).hasToString("$100");
    }

    @Test
    void plus_withAPartThatNobodyKnows_isUnpricedForItsReason() {
        assertThat(usd("1").plus(Cost.unpriced("why")).plus(usd("1"))).isEqualTo(Cost.unpriced("why"));
        assertThat(Cost.FREE.plus(Cost.UNPRICED)).isEqualTo(Cost.UNPRICED);
    }

    @Test
    void plus_freeAndEstimates_keepWhatTheyAre() {
        assertThat(Cost.FREE.plus(Cost.FREE)).isEqualTo(Cost.FREE);
        assertThat(Cost.FREE.plus(usd("1"))).isEqualTo(usd("1"));
        assertThat(usd("1").plus(Cost.estimated(new BigDecimal("0.1"))))
                .isEqualTo(Cost.estimated(new BigDecimal("1.1")));
    }

    @Test
    void amounts_areExactRoundedAndInMicros() {
        assertThat(usd("0.0000015").amount()).contains(new BigDecimal("0.0000015"));
        assertThat(usd("0.0000015").rounded()).contains(new BigDecimal("0.000002"));
        assertThat(usd("0.0000015").usdMicros()).hasValue(2);
        assertThat(Cost.FREE.usdMicros()).hasValue(0);
        assertThat(Cost.UNPRICED.usdMicros()).isEmpty();
        assertThat(Cost.UNPRICED.rounded()).isEmpty();
    }

    @Test
    void constructor_amountThatCannotBe_isRefused() {
        assertThatThrownBy(() -> usd("-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("usd: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new Cost(Cost.Kind.UNPRICED, BigDecimal.ONE, false, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("usd: 1 (expected: 0 for UNPRICED)");
    }

    @Test
    void toString_saysWhatIsKnown() {
        assertThat(usd("0.06")).hasToString("$0.06");
        assertThat(Cost.estimated(new BigDecimal("0.06"))).hasToString("~$0.06");
        assertThat(Cost.FREE).hasToString("free");
        assertThat(Cost.unpriced("no price")).hasToString("unpriced (no price)");
    }
}
