package dev.avionics.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The page of costs shows the bundled prices. What stands between the marks is written anew with
 * {@code -Davionics.docs.update=true}; the rest of the page is written by hand.
 */
class CostPageTest {
    private static final Path PAGE = Path.of("../docs/cost.md");

    @Test
    @Tag("row-160")
    void page_prices_areTheBundledOnes() throws IOException {
        assertBetween("prices", prices());
    }

    @Test
    void page_providers_areTheBundledOnes() throws IOException {
        assertBetween("providers", providers());
    }

    @Test
    @Tag("row-160")
    void page_fileOfPrices_canBeRead() throws IOException {
        Matcher block = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        PriceBook book = PriceBook.bundled().with(PriceBook.of(block.group(1)));
        Instant day = BundledPricesTest.DAY;

        assertThat(book.quote("our-proxy", "gpt-4.1", day)
                        .orElseThrow()
                        .price()
                        .rates()
                        .input())
                .isEqualByComparingTo("1.8");
        assertThat(book.quote("our-proxy", "gpt-4.1", Instant.parse("2027-01-01T00:00:00Z"))
                        .orElseThrow()
                        .price()
                        .rates()
                        .input())
                .isEqualByComparingTo("1.5");
        assertThat(book.quote("anthropic", "any", "planner", day)).isPresent();
        assertThat(book.quote("groq", "llama-3.1-8b-instant", day)
                        .orElseThrow()
                        .price()
                        .free())
                .isTrue();
        assertThat(book.isFree("my-box")).isTrue();
    }

    private static void assertBetween(String mark, String table) throws IOException {
        String before = "<!-- " + mark + ": generated -->\n";
        String after = "<!-- " + mark + ": end -->\n";
        String page = Files.readString(PAGE);
        assertThat(page).contains(before, after);
        int begin = page.indexOf(before) + before.length();
        String expected = page.substring(0, begin) + table + page.substring(page.indexOf(after));
        if (Boolean.getBoolean("avionics.docs.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(expected);
    }

    private static String providers() {
        StringBuilder table = new StringBuilder("| provider | or | calls | also prices of |\n|---|---|---|---|\n");
        for (Seller seller : PriceBook.bundled().sellers()) {
            table.append("| `").append(seller.id()).append("` | ");
            table.append(names(seller.aliases())).append(" | ");
            table.append(seller.free() ? "free" : "cost money").append(" | ");
            table.append(names(seller.also())).append(" |\n");
        }
        return table.toString();
    }

    /** Models of one provider that cost the same stand in one row. */
    private static String prices() {
        Map<List<@Nullable Object>, List<Price>> rows = new LinkedHashMap<>();
        for (Price price : PriceBook.bundled().prices()) {
            List<@Nullable Object> same = new ArrayList<>(List.of(price.provider(), price.rates(), price.tiers()));
            same.add(price.from());
            rows.computeIfAbsent(same, unused -> new ArrayList<>()).add(price);
        }
        StringBuilder table = new StringBuilder(
                "| provider | models | from | prompt above | input | output | cache read |"
                        + " cache write 5 min | cache write 1 h | as of |\n|---|---|---|---|---|---|---|---|---|---|\n");
        for (List<Price> models : rows.values()) {
            Price price = models.get(0);
            table.append("| ").append(price.provider());
            table.append(" | ").append(names(models.stream().map(Price::model).toList()));
            String from = price.from() == null ? "" : price.from().toString().substring(0, "2026-01-01".length());
            table.append(" | ").append(from).append(" | ");
            append(table, price.rates());
            table.append(models.stream().map(Price::asOf).distinct().sorted().collect(Collectors.joining(", ")))
                    .append(" |\n");
            for (Price.Tier tier : price.tiers()) {
                table.append("| | | | ").append(tier.above());
                append(table, tier.rates());
                table.append(" |\n");
            }
        }
        return table.toString();
    }

    private static void append(StringBuilder table, Rates rates) {
        List<@Nullable BigDecimal> cells = new ArrayList<>();
        cells.add(rates.input());
        cells.add(rates.output());
        cells.add(rates.cacheRead());
        cells.add(rates.cacheWriteShort());
        cells.add(rates.cacheWriteLong());
        for (BigDecimal cell : cells) {
            table.append(" | ").append(cell == null ? "" : cell.toPlainString());
        }
        table.append(" | ");
    }

    private static String names(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
