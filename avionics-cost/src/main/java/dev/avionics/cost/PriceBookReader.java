package dev.avionics.cost;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonReader.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file of prices. Numbers are taken as they are written, never through a double; whatever is unknown is an error, for
 * a misspelt field would be a wrong bill.
 */
final class PriceBookReader {
    static final String UNIT = "usd-per-million-tokens";

    private static final String NUMBERS =
            "input, output, cacheRead, cacheWriteShort, cacheWriteLong, reasoning, audioInput, audioOutput";

    private final JsonReader json;
    private final List<Seller> sellers = new ArrayList<>();
    private final List<Price> prices = new ArrayList<>();
    private String asOf = "";
    private String unit = "";

    private PriceBookReader(JsonReader json) {
        this.json = json;
    }

    /** @throws IllegalArgumentException if it is malformed; it says where */
    static PriceBookReader read(String text) {
        try {
            PriceBookReader reader = new PriceBookReader(JsonReader.of(text));
            reader.book();
            reader.json.finish();
            return reader;
        } catch (InferenceException malformed) {
            throw new IllegalArgumentException("prices: " + malformed.getMessage(), malformed);
        }
    }

    List<Seller> sellers() {
        return sellers;
    }

    List<Price> prices() {
        return prices;
    }

    String asOf() {
        return asOf;
    }

    private void book() {
        enterObject("prices");
        while (json.nextField()) {
            switch (json.field()) {
                case "asOf" -> asOf = string("asOf");
                case "unit" -> unit = string("unit");
                case "providers" -> elements("providers", this::seller);
                case "prices" -> elements("prices", this::price);
                default -> throw unknown(json.field(), "asOf, unit, providers, prices");
            }
        }
        if (!unit.equals(UNIT)) {
            throw wrong("unit", unit.isEmpty() ? "not given" : unit, UNIT);
        }
    }

    /** Reads one element of an array. */
    private interface Element {
        void read(String place);
    }

    private void elements(String place, Element element) {
        require(place, Type.ARRAY, "a list");
        json.enterArray();
        for (int i = 0; json.nextElement(); i++) {
            element.read(place + "[" + i + "]");
        }
    }

    private void seller(String place) {
        String id = "";
        List<String> aliases = new ArrayList<>();
        List<String> also = new ArrayList<>();
        boolean free = false;
        enterObject(place);
        while (json.nextField()) {
            String at = place + "." + json.field();
            switch (json.field()) {
                case "id" -> id = string(at);
                case "aliases" -> elements(at, each -> aliases.add(string(each)));
                case "also" -> elements(at, each -> also.add(string(each)));
                case "free" -> free = bool(at);
                default -> throw unknown(at, "id, aliases, also, free");
            }
        }
        try {
            sellers.add(new Seller(id, aliases, also, free));
        } catch (IllegalArgumentException e) {
            throw at(place, e);
        }
    }

    private void price(String place) {
        String provider = "";
        String model = "";
        String agent = "";
        String date = "";
        String source = "";
        boolean free = false;
        long window = 0;
        Instant from = null;
        List<Price.Tier> tiers = new ArrayList<>();
        Map<String, BigDecimal> rates = new HashMap<>();
        enterObject(place);
        while (json.nextField()) {
            String at = place + "." + json.field();
            switch (json.field()) {
                case "provider" -> provider = string(at);
                case "model" -> model = string(at);
                case "agent" -> agent = string(at);
                case "asOf" -> date = string(at);
                case "source" -> source = string(at);
                case "free" -> free = bool(at);
                case "from" -> from = instant(at);
                case "contextWindow" -> window = tokens(at);
                case "tiers" -> elements(at, each -> tiers.add(tier(each)));
                default ->
                    rate(
                            at,
                            rates,
                            "provider, model, agent, asOf, source, free, from, contextWindow, tiers, " + NUMBERS);
            }
        }
        try {
            if (free) {
                if (!rates.isEmpty() || !tiers.isEmpty()) {
                    throw new IllegalArgumentException("free: true (expected: no rates beside it)");
                }
                rates.put("input", BigDecimal.ZERO);
                rates.put("output", BigDecimal.ZERO);
            }
            prices.add(Price.builder(provider, model, rates(rates))
                    .agent(agent)
                    .free(free)
                    .from(from)
                    .asOf(date.isEmpty() ? asOf : date)
                    .source(source)
                    .contextWindow(window)
                    .tiers(tiers)
                    .build());
        } catch (IllegalArgumentException e) {
            throw at(place, e);
        }
    }

    private Price.Tier tier(String place) {
        long above = -1;
        Map<String, BigDecimal> rates = new HashMap<>();
        enterObject(place);
        while (json.nextField()) {
            String at = place + "." + json.field();
            if (json.field().equals("above")) {
                above = tokens(at);
            } else {
                rate(at, rates, "above, " + NUMBERS);
            }
        }
        try {
            return new Price.Tier(above, rates(rates));
        } catch (IllegalArgumentException e) {
            throw at(place, e);
        }
    }

    private void rate(String place, Map<String, BigDecimal> rates, String expected) {
        String name = json.field();
        switch (name) {
            case "input",
                    "output",
                    "cacheRead",
                    "cacheWriteShort",
                    "cacheWriteLong",
                    "reasoning",
                    "audioInput",
                    "audioOutput" -> rates.put(name, number(place));
            default -> throw unknown(place, expected);
        }
    }

    private static Rates rates(Map<String, BigDecimal> rates) {
        BigDecimal input = rates.get("input");
        if (input == null) {
            throw new IllegalArgumentException("input: not given (expected: dollars for a million tokens)");
        }
        return Rates.builder(input)
                .output(rates.get("output"))
                .cacheRead(rates.get("cacheRead"))
                .cacheWriteShort(rates.get("cacheWriteShort"))
                .cacheWriteLong(rates.get("cacheWriteLong"))
                .reasoning(rates.get("reasoning"))
                .audioInput(rates.get("audioInput"))
                .audioOutput(rates.get("audioOutput"))
                .build();
    }

    private void enterObject(String place) {
        require(place, Type.OBJECT, "an object");
        json.enterObject();
    }

    private String string(String place) {
        require(place, Type.STRING, "a string");
        return json.stringOrEmpty();
    }

    private boolean bool(String place) {
        require(place, Type.BOOLEAN, "true or false");
        return Boolean.TRUE.equals(json.booleanOrNull());
    }

    private BigDecimal number(String place) {
        require(place, Type.NUMBER, "dollars for a million tokens; leave it out if it is not known");
        String written = json.stringOrEmpty();
        try {
            return new BigDecimal(written);
        } catch (NumberFormatException e) {
            throw wrong(place, written, "dollars for a million tokens");
        }
    }

    private long tokens(String place) {
        require(place, Type.NUMBER, "a number of tokens");
        Long tokens = json.longOrNull();
        if (tokens == null) {
            throw wrong(place, "out of range", "a number of tokens");
        }
        return tokens;
    }

    private @Nullable Instant instant(String place) {
        String written = string(place);
        try {
            return written.length() == "2026-01-01".length()
                    ? LocalDate.parse(written).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(written);
        } catch (DateTimeParseException e) {
            throw wrong(place, written, "a day such as 2027-01-01, or an instant in UTC");
        }
    }

    private void require(String place, Type expected, String words) {
        if (json.type() != expected) {
            throw wrong(place, json.raw(), words);
        }
    }

    private static IllegalArgumentException unknown(String place, String expected) {
        return wrong(place, "unknown", "one of " + expected);
    }

    private static IllegalArgumentException wrong(String place, String value, String expected) {
        String start = value.length() <= 60 ? value : value.substring(0, 60) + "…";
        return new IllegalArgumentException(place + ": " + start + " (expected: " + expected + ")");
    }

    private static IllegalArgumentException at(String place, IllegalArgumentException e) {
        return new IllegalArgumentException(place + "." + e.getMessage(), e);
    }
}
