package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceBookTest {
    private static final Instant DAY = BundledPricesTest.DAY;
    private static final String UNIT = "\"unit\": \"usd-per-million-tokens\"";

    private static String found(PriceBook book, String provider, String model) {
        return book.quote(provider, model, DAY)
                .map(quote -> (quote.certain() ? "" : "~") + quote.price().provider() + " "
                        + quote.price().model())
                .orElse("unpriced");
    }

    private static Price price(String provider, String model, String input) {
        return Price.of(provider, model, Rates.of(input, input));
    }

    private static Optional<BigDecimal> input(PriceBook book, String provider, String model) {
        return book.quote(provider, model, DAY)
                .map(quote -> quote.price().rates().input());
    }

    // Names

    @ParameterizedTest
    @Tag("row-159")
    @CsvSource({
        // Sellers and folders in front
        "openai, openai/gpt-4o, openai gpt-4o",
        "openai-compatible, gpt-4o, openai gpt-4o",
        "'', openai/gpt-4o, openai gpt-4o",
        "'', gpt-4o, unpriced",
        "google, models/gemini-2.5-pro, gemini gemini-2.5-pro",
        "gemini, publishers/google/models/gemini-2.5-pro, gemini gemini-2.5-pro",
        "groq, openai/gpt-oss-120b, groq openai/gpt-oss-120b",
        "groq, groq/openai/gpt-oss-120b, groq openai/gpt-oss-120b",
        "nvidia-nim, openai/gpt-oss-20b, nvidia openai/gpt-oss-20b",
        "openai, anthropic/claude-sonnet-4-5, ~anthropic claude-sonnet-4-5",
        "reseller, openai/gpt-4o, ~openai gpt-4o",
        "openai, acme/gpt-4o, unpriced",
        "openai, /gpt-4o, unpriced",
        "openai, gpt-4o/, unpriced",
        // Regions
        "azure, eu/gpt-5.5, azure eu/gpt-5.5",
        "azure, eu/gpt-4.1, ~azure gpt-4.1",
        "bedrock, us.anthropic.claude-sonnet-4-5-20250929-v1:0, ~anthropic claude-sonnet-4-5-20250929",
        "anthropic, anthropic.claude-haiku-4-5-20251001-v1:0, anthropic claude-haiku-4-5-20251001",
        "anthropic, claude-haiku-4-5@20251001, anthropic claude-haiku-4-5",
        // Other names of a seller, and prices that another one's list has
        "az.ai.openai, gpt-4o, azure gpt-4o",
        "mistral_ai, mistral-large-latest, mistral mistral-large-latest",
        "azure, deepseek-v3.2, azure-ai deepseek-v3.2",
        "azure-ai, gpt-4o, azure gpt-4o",
        // Snapshots, and what only looks like one
        "openai, gpt-4.1-2027-01-01, openai gpt-4.1",
        "openai, gpt-4o-2027-01-01, ~openai gpt-4o",
        "openai, ft:gpt-4o-mini-2024-07-18:my-org:custom:abc, openai ft:gpt-4o-mini-2024-07-18",
        "openai, ft:gpt-4o, unpriced",
        "openai, gpt-5-of-tomorrow, ~openai gpt-5",
        "anthropic, claude-sonnet-5-7, ~anthropic claude-sonnet-5",
        "openai, gpt-4omni, unpriced",
        "openai, o1x, unpriced",
        // Local backends
        "ollama, gpt-4o, ollama *",
        "ollama, openai/gpt-4o, ollama *",
        "llamaserver, us.anthropic.claude-sonnet-4-5, llamaserver *"
    })
    void quote_names_findTheirPrice(String provider, String model, String expected) {
        assertThat(found(PriceBook.bundled(), provider, model)).isEqualTo(expected);
    }

    @Test
    @Tag("row-159")
    void quote_longestName_wins() {
        PriceBook book = PriceBook.of(List.of(price("a", "m", "1"), price("a", "m-n", "2"), price("a", "m-n-o", "3")));

        assertThat(input(book, "a", "m-x")).contains(new BigDecimal("1"));
        assertThat(input(book, "a", "m-n-x")).contains(new BigDecimal("2"));
        assertThat(input(book, "a", "m-n-o-x")).contains(new BigDecimal("3"));
        assertThat(input(book, "a", "m-nx")).contains(new BigDecimal("1"));
        assertThat(input(book, "a", "mn")).isEmpty();
        assertThat(input(book, "a", "-m")).isEmpty();
    }

    // Lists on lists

    @Test
    void with_priceOfAFamily_holdsForItsSnapshotsAndNotForOtherModels() {
        PriceBook book = PriceBook.bundled().with(price("openai", "gpt-4o", "7"));

        assertThat(input(book, "openai", "gpt-4o")).contains(new BigDecimal("7"));
        assertThat(input(book, "openai", "gpt-4o-2024-08-06")).contains(new BigDecimal("7"));
        assertThat(input(book, "openai", "gpt-4o-mini")).contains(new BigDecimal("0.15"));
        assertThat(input(PriceBook.bundled(), "openai", "gpt-4o")).contains(new BigDecimal("2.5"));
    }

    @Test
    void with_priceOfAProvider_holdsForAllOfItsModelsThatAreNotNamed() {
        PriceBook book = PriceBook.bundled()
                .with(price("openai", Price.ANY, "7"), price("openai", "gpt-4o", "8"), price("acme", "*", "9"));

        assertThat(found(book, "openai", "gpt-4")).isEqualTo("openai *");
        assertThat(input(book, "openai", "gpt-of-tomorrow")).contains(new BigDecimal("7"));
        assertThat(input(book, "OpenAI-Compatible", "gpt-4o")).contains(new BigDecimal("8"));
        assertThat(input(book, "acme", "whatever")).contains(new BigDecimal("9"));
        assertThat(input(book, "anthropic", "claude-3-opus")).contains(new BigDecimal("15"));
    }

    @Test
    void with_priceOfALocalBackend_comesBeforeFree() {
        PriceBook book = PriceBook.bundled().with(price("ollama", "big-one", "7"));

        assertThat(input(book, "ollama", "big-one")).contains(new BigDecimal("7"));
        assertThat(found(book, "ollama", "small-one")).isEqualTo("ollama *");
        assertThat(found(book, "ollama", "big-one-more")).isEqualTo("ollama *");
    }

    @Test
    void with_freeModel_isFree() {
        PriceBook book = PriceBook.bundled().with(Price.free("openai", "gpt-4o"));

        assertThat(book.quote("openai", "gpt-4o", DAY).orElseThrow().price().free())
                .isTrue();
    }

    @Test
    void with_priceFromADay_leavesTheOneBelowUntilThen() {
        Instant day = Instant.parse("2027-06-01T00:00:00Z");
        PriceBook book = PriceBook.bundled()
                .with(Price.builder("openai", "gpt-4o", Rates.of("7", "7"))
                        .from(day)
                        .build());

        assertThat(book.quote("openai", "gpt-4o", day.minusNanos(1))
                        .orElseThrow()
                        .price()
                        .rates()
                        .input())
                .isEqualByComparingTo("2.5");
        assertThat(book.quote("openai", "gpt-4o", day)
                        .orElseThrow()
                        .price()
                        .rates()
                        .input())
                .isEqualByComparingTo("7");
    }

    @Test
    void quote_beforeTheFirstDay_isUnpriced() {
        Instant day = Instant.parse("2027-06-01T00:00:00Z");
        PriceBook book = PriceBook.of(
                List.of(Price.builder("a", "m", Rates.of("7", "7")).from(day).build()));

        assertThat(book.quote("a", "m", day.minusNanos(1))).isEmpty();
        assertThat(book.quote("a", "m-2027-01-01", day.minusNanos(1))).isEmpty();
        assertThat(book.quote("a", "m-x", day)).isPresent();
    }

    @Test
    void with_sellersOfTheUpperBook_addNamesToPricesBelow() {
        PriceBook above = PriceBook.of("{" + UNIT + ", \"providers\": ["
                + "{\"id\": \"openai\", \"aliases\": [\"our-proxy\"]}, {\"id\": \"my-box\", \"free\": true}]}");
        PriceBook book = PriceBook.bundled().with(above);

        assertThat(found(book, "our_proxy", "gpt-4o")).isEqualTo("openai gpt-4o");
        assertThat(found(book, "my-box", "anything")).isEqualTo("my-box *");
        assertThat(found(book, "openai-compat", "gpt-4o")).isEqualTo("openai gpt-4o");
        assertThat(book.isFree("my-box")).isTrue();
        assertThat(book.isFree("ollama")).isTrue();
        assertThat(book.isFree("openai")).isFalse();
    }

    @Test
    void empty_knowsNothing() {
        assertThat(found(PriceBook.empty(), "openai", "gpt-4")).isEqualTo("unpriced");
        assertThat(found(PriceBook.empty(), "ollama", "gpt-4")).isEqualTo("unpriced");
    }

    @Test
    @Tag("row-160")
    void bundled_isDated() {
        assertThat(PriceBook.bundled().asOf()).matches("\\d{4}-\\d{2}-\\d{2}");
        assertThat(PriceBook.bundled().prices()).allSatisfy(price -> {
            assertThat(price.asOf()).isNotEmpty();
            assertThat(price.source()).isNotEmpty();
        });
    }

    // Files

    @Test
    void of_json_takesNumbersAsTheyAreWritten() {
        PriceBook book = PriceBook.of("{" + UNIT + ", \"asOf\": \"2026-11-26\", \"prices\": [{\"provider\": \"a\","
                + " \"model\": \"M\", \"agent\": \"planner\", \"input\": 0.100000000000000005, \"output\": 12e-1,"
                + " \"cacheRead\": 0, \"cacheWriteShort\": 2, \"cacheWriteLong\": 3, \"reasoning\": 4, \"audioInput\": 5,"
                + " \"audioOutput\": 6, \"from\": \"2026-01-01\", \"source\": \"contract\","
                + " \"tiers\": [{\"above\": 20, \"input\": 9}, {\"above\": 10, \"input\": 8, \"output\": 1}]}]}");

        Price price = book.quote("a", "m", "Planner", DAY).orElseThrow().price();
        assertThat(price)
                .isEqualTo(new Price(
                        "a",
                        "m",
                        "planner",
                        new Rates(
                                new BigDecimal("0.100000000000000005"),
                                new BigDecimal("1.2"),
                                BigDecimal.ZERO,
                                new BigDecimal("2"),
                                new BigDecimal("3"),
                                new BigDecimal("4"),
                                new BigDecimal("5"),
                                new BigDecimal("6")),
                        List.of(
                                new Price.Tier(10, Rates.of("8", "1")),
                                new Price.Tier(
                                        20, Rates.builder(new BigDecimal("9")).build())),
                        false,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "2026-11-26",
                        "contract"));
        assertThat(book.quote("a", "m", DAY)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | prices: [] (expected: an object)",
                "{} | unit: not given (expected: usd-per-million-tokens)",
                "{'unit': 'usd-per-thousand-tokens'} | unit: usd-per-thousand-tokens (expected: usd-per-million-tokens)",
                "{'price': []} | price: unknown (expected: one of asOf, unit, providers, prices)",
                "{U, 'prices': {}} | prices: {} (expected: a list)",
                "{U, 'prices': [1]} | prices[0]: 1 (expected: an object)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': '1'}]} | prices[0].input: \"1\" (expected: dollars"
                        + " for a million tokens; leave it out if it is not known)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': null}]} | prices[0].input: null (expected: dollars"
                        + " for a million tokens; leave it out if it is not known)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': -1}]} | prices[0].input: -1 (expected: 0 to"
                        + " 1000000000 dollars for a million tokens, 18 decimals at most)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1e999999999}]} | prices[0].input: 1E+999999999"
                        + " (expected: 0 to 1000000000 dollars for a million tokens, 18 decimals at most)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm'}]} | prices[0].input: not given (expected: dollars for a"
                        + " million tokens)",
                "{U, 'prices': [{'provider': 'a', 'model': '', 'input': 1}]} | prices[0].model: empty (expected: a model's"
                        + " name, or * for all of the provider)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'free': true, 'input': 1}]} | prices[0].free: true"
                        + " (expected: no rates beside it)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1, 'from': '1.1.2027'}]} | prices[0].from: 1.1.2027"
                        + " (expected: a day such as 2027-01-01, or an instant in UTC)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1, 'asOf': 'today'}]} | prices[0].asOf: today"
                        + " (expected: such as 2026-11 or 2026-11-18)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1, 'tiers': [{'input': 1}]}]} | prices[0].tiers[0]"
                        + ".above: -1 (expected: >= 0)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1, 'tiers': [{'above': 1, 'input': 1}, {'above': 1,"
                        + " 'input': 2}]}]} | prices[0].tiers: two above 1 (expected: different thresholds)",
                "{U, 'prices': [{'provider': 'a', 'model': 'm', 'input': 1}, {'provider': 'A', 'model': 'M', 'input': 2}]} |"
                        + " prices: two for a m (expected: one for each date)",
                "{U, 'providers': [{'name': 'a'}]} | providers[0].name: unknown (expected: one of id, aliases, also, free)",
                "{U, 'providers': [{}]} | providers[0].id: empty (expected: the name that prices stand under)"
            })
    void of_malformedJson_saysWhereAndWhatIsExpected(String json, String message) {
        String text = json.replace("U", UNIT).replace('\'', '"');

        assertThatThrownBy(() -> PriceBook.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"prices\": [", "nonsense", "{\"unit\": \"usd-per-million-tokens\"} x"})
    void of_noJson_isRefused(String json) {
        assertThatThrownBy(() -> PriceBook.of(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("prices: ");
    }

    @Test
    void of_misspeltRate_isNotPassedOver() {
        String json =
                "{" + UNIT + ", \"prices\": [{\"provider\": \"a\", \"model\": \"m\", \"input\": 1, \"outptu\": 2}]}";

        assertThatThrownBy(() -> PriceBook.of(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("prices[0].outptu: unknown (expected: one of provider, model,");
    }
}
