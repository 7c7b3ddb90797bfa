package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What holds for every price and every usage. Seeded, so that a failure repeats. */
class PricePropertiesTest {
    private static final int ROUNDS = 20_000;
    private static final List<BiFunction<Usage.Builder, TokenCount, Usage.Builder>> BUCKETS = List.of(
            Usage.Builder::inputUncached,
            Usage.Builder::cacheRead,
            Usage.Builder::cacheWriteShort,
            Usage.Builder::cacheWriteLong,
            Usage.Builder::audioInput,
            Usage.Builder::output,
            Usage.Builder::reasoning,
            Usage.Builder::audioOutput);

    private static BigDecimal rate(Random random) {
        return BigDecimal.valueOf(random.nextInt(1_000_000), random.nextInt(7));
    }

    private static Rates rates(Random random) {
        return Rates.builder(rate(random))
                .output(rate(random))
                .cacheRead(random.nextBoolean() ? rate(random) : null)
                .cacheWriteShort(random.nextBoolean() ? rate(random) : null)
                .cacheWriteLong(random.nextBoolean() ? rate(random) : null)
                .reasoning(random.nextBoolean() ? rate(random) : null)
                .audioInput(rate(random))
                .audioOutput(rate(random))
                .build();
    }

    private static long[] tokens(Random random, int most) {
        long[] tokens = new long[BUCKETS.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(most);
        }
        return tokens;
    }

    private static Usage usage(long[] tokens) {
        Usage.Builder builder = Usage.builder();
        for (int i = 0; i < tokens.length; i++) {
            BUCKETS.get(i).apply(builder, TokenCount.known(tokens[i]));
        }
        return builder.build();
    }

    @Test
    void cost_oneMoreTokenOfAnyBucket_neverCostsLess() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            Rates rates = rates(random);
            long[] tokens = tokens(random, 1_000_000);
            BigDecimal before = rates.cost(usage(tokens)).amount().orElseThrow();
            assertThat(before.signum()).isNotNegative();
            tokens[random.nextInt(tokens.length)] += 1 + random.nextInt(1000);
            assertThat(rates.cost(usage(tokens)).amount().orElseThrow()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void cost_sumOfTheBuckets_isTheCostOfTheSum() {
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            Rates rates = rates(random);
            long[] tokens = tokens(random, 1_000_000);
            BigDecimal sum = BigDecimal.ZERO;
            for (int i = 0; i < tokens.length; i++) {
                long[] one = new long[tokens.length];
                one[i] = tokens[i];
                sum = sum.add(rates.cost(usage(one)).amount().orElseThrow());
            }
            assertThat(rates.cost(usage(tokens)).amount().orElseThrow()).isEqualByComparingTo(sum);
        }
    }

    @Test
    void cost_twoCallsInOneTier_costWhatOneOfBothCosts() {
        Random random = new Random(3);
        List<Price> bundled = PriceBook.bundled().prices();
        for (int round = 0; round < ROUNDS; round++) {
            Price price = bundled.get(random.nextInt(bundled.size()));
            Usage one = withoutAudio(tokens(random, 8000));
            Usage other = withoutAudio(tokens(random, 8000));
            Cost cost = price.ratesFor(one.inputTotal().value()).cost(one);
            cost = cost.plus(price.ratesFor(other.inputTotal().value()).cost(other));
            Usage both = one.plus(other);
            Cost whole = price.ratesFor(both.inputTotal().value()).cost(both);
            assertThat(whole.amount()).as(price.model()).isEqualTo(cost.amount());
            assertThat(whole.estimated()).as(price.model()).isEqualTo(cost.estimated());
        }
    }

    private static Usage withoutAudio(long[] tokens) {
        tokens[4] = 0;
        tokens[7] = 0;
        return usage(tokens);
    }

    @Test
    void cost_everyBundledPrice_isExactAndNeverNegative() {
        Random random = new Random(4);
        List<String> guesses = new ArrayList<>();
        for (Price price : PriceBook.bundled().prices()) {
            for (int round = 0; round < 20; round++) {
                Usage usage = withoutAudio(tokens(random, 200_000));
                Cost cost = price.ratesFor(usage.inputTotal().value()).cost(usage);
                if (cost.isPriced()) {
                    assertThat(cost.usd().signum()).isNotNegative();
                } else if (guesses.isEmpty() || !guesses.get(guesses.size() - 1).equals(price.model())) {
                    guesses.add(price.model());
                }
            }
        }
        assertThat(guesses)
                .as("models of which the tables do not know what an answer costs")
                .containsExactlyInAnyOrder(
                        "gemini-1.5-flash", "codestral-embed", "codestral-embed-2505", "mistral-embed");
    }
}
