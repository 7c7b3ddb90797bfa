package dev.avionics.cost;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The bundled file has each price of the tables that it is made from. The tables stand in {@code facts}, beside the folder that
 * the system property {@code avionics.wire} names; a clone without it has no such tests, and with {@code CI=true} in the
 * environment its absence is a failure. {@code -Davionics.prices.update=true} makes the file anew.
 */
class BundledPricesTest {
    /** A day on which all prices of the tables held. */
    static final Instant DAY = Instant.parse("2026-11-26T12:00:00Z");

    private static final Path FILE = Path.of("src/main/resources/dev/avionics/cost/prices.json");

    static @Nullable PriceTable table() throws IOException {
        Path wire = Path.of(System.getProperty("avionics.wire", "../../shared/wire"));
        Path folder = wire.resolveSibling("facts");
        if (!Files.isDirectory(folder)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(folder + " is not there, and CI=true needs it");
            }
            System.out.println("tables of prices: 0 tests, for want of the folder (-Davionics.wire=...)");
            return null;
        }
        return new PriceTable(folder);
    }

    @TestFactory
    @Tag("row-160")
    List<DynamicTest> tables_areTheBundledFile() throws IOException {
        PriceTable table = table();
        if (table == null) {
            return List.of();
        }
        String expected = table.json();
        if (Boolean.getBoolean("avionics.prices.update")) {
            Files.writeString(FILE, expected);
        }
        String written = Files.readString(FILE);
        PriceBook book = PriceBook.of(written);
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(dynamicTest(
                "the file is what the tables make", () -> assertThat(written).isEqualTo(expected)));
        for (PriceTable.Row row : table.prices()) {
            tests.add(dynamicTest(row.key(), () -> assertRow(book, table, row)));
        }
        for (PriceTable.Row tier : table.allTiers()) {
            tests.add(dynamicTest(
                    tier.key() + " above " + tier.cell("input_tokens_above"), () -> assertTier(book, tier)));
        }
        assertThat(table.prices()).hasSizeGreaterThan(600);
        assertThat(table.allTiers()).hasSizeGreaterThan(70);
        System.out.println("tables of prices: " + tests.size() + " tests");
        return tests;
    }

    private static void assertRow(PriceBook book, PriceTable table, PriceTable.Row row) {
        Quote quote = book.quote(row.cell("provider"), row.cell("model"), DAY).orElseThrow();

        assertThat(quote.certain()).isTrue();
        assertThat(quote.price().model()).isEqualToIgnoringCase(row.cell("model"));
        assertThat(quote.price().source()).isEqualTo(table.source(row));
        assertThat(quote.price().asOf()).isEqualTo(table.asOf(row));
        assertThat(quote.price().contextWindow()).isEqualTo(PriceTable.window(row));
        assertThat(quote.price().tiers()).hasSameSizeAs(table.tiers(row));
        assertRates(quote.price().ratesFor(0), row);
    }

    private static void assertTier(PriceBook book, PriceTable.Row tier) {
        Price price = book.quote(tier.cell("provider"), tier.cell("model"), DAY)
                .orElseThrow()
                .price();
        long above = Long.parseLong(tier.cell("input_tokens_above"));

        assertRates(price.ratesFor(above + 1), tier);
        assertThat(price.ratesFor(above)).isEqualTo(price.rates());
    }

    private static void assertRates(Rates rates, PriceTable.Row row) {
        assertRate(rates.input(), row, "input_usd_per_mtok");
        assertRate(rates.output(), row, "output_usd_per_mtok");
        assertRate(rates.cacheRead(), row, "cached_input_usd_per_mtok");
        assertRate(rates.cacheWriteShort(), row, "cache_write_usd_per_mtok");
    }

    private static void assertRate(@Nullable BigDecimal rate, PriceTable.Row row, String column) {
        if (row.cell(column).isEmpty()) {
            assertThat(rate).as(column).isNull();
        } else {
            assertThat(rate).as(column).isEqualByComparingTo(requireNonNull(row.number(column)));
        }
    }
}
