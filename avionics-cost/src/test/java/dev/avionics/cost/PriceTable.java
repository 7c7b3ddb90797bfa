package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bundled file of prices from a folder with {@code prices.csv}, {@code price_tiers.csv} and
 * {@code prices_provenance.csv}, and from what stands beside this class: {@code supplement.json}, prices and names that the
 * tables lack, and {@code since.csv}, the days on which prices of the tables began to hold.
 */
final class PriceTable {
    /** One line of a table, by the names of its columns. */
    record Row(Map<String, String> cells) {
        String cell(String column) {
            return requireNonNull(cells.get(column), column);
        }

        String key() {
            return cell("provider") + " " + cell("model");
        }

        @Nullable
        BigDecimal number(String column) {
            String cell = cell(column);
            return cell.isEmpty() ? null : new BigDecimal(cell);
        }
    }

    private final List<Row> prices;
    private final Map<String, List<Row>> tiers = new HashMap<>();
    private final Map<String, Row> provenance = new HashMap<>();
    private final Map<String, String> since = new HashMap<>();
    private final PriceBookReader supplement;
    private final String supplementText;

    PriceTable(Path folder) throws IOException {
        prices = rows(Files.readString(folder.resolve("prices.csv")));
        rows(Files.readString(folder.resolve("price_tiers.csv")))
                .forEach(row -> tiers.computeIfAbsent(row.key(), unused -> new ArrayList<>())
                        .add(row));
        rows(Files.readString(folder.resolve("prices_provenance.csv"))).forEach(row -> provenance.put(row.key(), row));
        rows(beside("since.csv")).forEach(row -> since.put(row.key(), row.cell("from")));
        supplementText = beside("supplement.json");
        supplement = PriceBookReader.read(supplementText);
    }

    private static String beside(String name) throws IOException {
        try (InputStream file = PriceTable.class.getResourceAsStream(name)) {
            return new String(requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    List<Row> prices() {
        return prices;
    }

    List<Row> tiers(Row price) {
        return tiers.getOrDefault(price.key(), List.of());
    }

    List<Row> allTiers() {
        return tiers.values().stream().flatMap(List::stream).toList();
    }

    String source(Row price) {
        // The tables call what was read on the pages of the vendors by the way it was found.
        return provenanceOf(price).cell("source").replace("docs-search", "vendor pages");
    }

    String asOf(Row price) {
        return provenanceOf(price).cell("as_of");
    }

    private Row provenanceOf(Row price) {
        return requireNonNull(provenance.get(price.key()), price.key());
    }

    /** The rates of a line. Writing to a cache for an hour costs twice the input at Claude's vendors. */
    static Rates rates(Row row) {
        BigDecimal input = requireNonNull(row.number("input_usd_per_mtok"), row.key());
        BigDecimal write = row.number("cache_write_usd_per_mtok");
        boolean claude = row.cell("model").startsWith("claude-") && write != null;
        return Rates.builder(input)
                .output(row.number("output_usd_per_mtok"))
                .cacheRead(row.number("cached_input_usd_per_mtok"))
                .cacheWriteShort(write)
                .cacheWriteLong(claude ? input.add(input) : null)
                .build();
    }

    static long window(Row row) {
        BigDecimal tokens = row.number("context_window");
        return tokens == null ? 0 : tokens.longValueExact();
    }

    private Price price(Row row) {
        String from = since.get(row.key());
        return Price.builder(row.cell("provider"), row.cell("model"), rates(row))
                .from(from == null ? null : Instant.parse(from + "T00:00:00Z"))
                .asOf(asOf(row))
                .source(source(row))
                .contextWindow(window(row))
                .tiers(tiers(row).stream()
                        .map(tier -> new Price.Tier(Long.parseLong(tier.cell("input_tokens_above")), rates(tier)))
                        .toList())
                .build();
    }

    private static Price withLongWrites(Price price) {
        BigDecimal input = price.rates().input();
        return price.rates().cacheWriteShort() == null
                ? price
                : Price.builder(
                                price.provider(),
                                price.model(),
                                price.rates().toBuilder()
                                        .cacheWriteLong(input.add(input))
                                        .build())
                        .from(price.from())
                        .asOf(price.asOf())
                        .source(price.source())
                        .contextWindow(price.contextWindow())
                        .build();
    }

    /** The text of the bundled file: one line for each price, so that a change is one line of a difference. */
    String json() {
        List<Price> all = new ArrayList<>(prices.stream().map(this::price).toList());
        supplement.prices().forEach(price -> all.add(withLongWrites(price)));
        List<String> order = supplement.sellers().stream().map(Seller::id).toList();
        all.sort(Comparator.comparing((Price price) -> order.indexOf(price.provider()))
                .thenComparing(Price::model)
                .thenComparing(price -> price.from() == null ? Instant.MIN : price.from()));
        String newest =
                all.stream().map(Price::asOf).max(Comparator.naturalOrder()).orElseThrow();
        StringBuilder text = new StringBuilder("{\n");
        text.append("  \"asOf\": \"").append(newest).append("\",\n");
        text.append("  \"unit\": \"").append(PriceBookReader.UNIT).append("\",\n");
        text.append("  \"providers\": [\n").append(sellers()).append("\n  ],\n");
        text.append("  \"prices\": [\n");
        text.append(String.join(
                ",\n", all.stream().map(price -> "    " + line(price)).toList()));
        return text.append("\n  ]\n}\n").toString();
    }

    /** As they stand in the supplement, each on its line. */
    private String sellers() {
        List<String> lines = new ArrayList<>();
        JsonReader json = JsonReader.of(supplementText);
        json.enterObject();
        while (json.nextField()) {
            if (json.field().equals("providers")) {
                json.enterArray();
                while (json.nextElement()) {
                    lines.add("    " + json.raw());
                }
            }
        }
        return String.join(",\n", lines);
    }

    private static String line(Price price) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("provider", price.provider());
        fields.put("model", price.model());
        if (price.from() != null) {
            fields.put("from", price.from().toString().substring(0, "2026-01-01".length()));
        }
        put(fields, price.rates());
        if (!price.tiers().isEmpty()) {
            fields.put(
                    "tiers",
                    price.tiers().stream()
                            .map(tier -> {
                                Map<String, @Nullable Object> each = new LinkedHashMap<>();
                                each.put("above", tier.above());
                                put(each, tier.rates());
                                return each;
                            })
                            .toList());
        }
        if (price.contextWindow() > 0) {
            fields.put("contextWindow", price.contextWindow());
        }
        fields.put("asOf", price.asOf());
        fields.put("source", price.source());
        return new JsonWriter().value(fields).toString();
    }

    private static void put(Map<String, @Nullable Object> fields, Rates rates) {
        fields.put("input", rates.input());
        Map<String, @Nullable BigDecimal> rest = new LinkedHashMap<>();
        rest.put("output", rates.output());
        rest.put("cacheRead", rates.cacheRead());
        rest.put("cacheWriteShort", rates.cacheWriteShort());
        rest.put("cacheWriteLong", rates.cacheWriteLong());
        rest.put("reasoning", rates.reasoning());
        rest.put("audioInput", rates.audioInput());
        rest.put("audioOutput", rates.audioOutput());
        rest.forEach((name, rate) -> {
            if (rate != null) {
                fields.put(name, rate);
            }
        });
    }

    private static List<Row> rows(String csv) {
        List<String> lines = csv.lines().toList();
        List<String> columns = cells(lines.get(0));
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = cells(line);
            if (cells.size() != columns.size()) {
                throw new IllegalArgumentException(
                        line + ": " + cells.size() + " cells (expected: " + columns.size() + ")");
            }
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                row.put(columns.get(i), cells.get(i));
            }
            rows.add(new Row(row));
        }
        return rows;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
