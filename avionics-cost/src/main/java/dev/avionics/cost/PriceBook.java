package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What models cost. A book is a pile of price lists: prices of the upper list come before those of the list below.
 * Immutable and thread-safe; custom prices make another book.
 *
 * <p>A price is looked for under the provider's id or any of its aliases, whatever the case, so:
 *
 * <ol>
 *   <li>prices of the agent that calls, then those for all agents;
 *   <li>in each of these the upper lists first: the model's own name, or the family of which it is a snapshot (a date or running
 *       number behind its name), or what the provider takes for {@linkplain Price#ANY any} model;
 *   <li>nothing to pay, if the provider is a local backend;
 *   <li>the longest listed name that the model's name begins with, up to {@code -}, {@code :} or {@code @}, as a guess.
 * </ol>
 *
 * <p>Prefixes that name the provider or a folder are passed over ({@code openai/}, {@code models/}); regions and other sellers
 * ({@code eu/}, {@code us.anthropic.}) too, which makes the price a guess unless the list has the whole name. What is found
 * nowhere has no price: no default stands for it.
 */
public final class PriceBook {
    private static final String BUNDLED = "prices.json";
    private static final int MOST_BYTES = 4 << 20;

    /** Read when it is first asked for. */
    private static final class Bundled {
        static final PriceBook BOOK = read();

        private static PriceBook read() {
            try (InputStream file = PriceBook.class.getResourceAsStream(BUNDLED)) {
                if (file == null) {
                    throw new IllegalStateException(BUNDLED + ": not found beside " + PriceBook.class.getName());
                }
                return of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Sellers sellers;
    private final List<PriceList> lists;
    private final String asOf;

    /** @param lists the upper ones first */
    private PriceBook(List<Seller> sellers, List<List<Price>> lists, String asOf) {
        this.sellers = new Sellers(sellers);
        this.lists = lists.stream()
                .map(prices -> new PriceList(prices, this.sellers))
                .toList();
        this.asOf = asOf;
    }

    /** The prices that come with this version. */
    public static PriceBook bundled() {
        return Bundled.BOOK;
    }

    /** No price at all; local backends are not known either. */
    public static PriceBook empty() {
        return new PriceBook(List.of(), List.of(), "");
    }

    /** A book of one list that knows no other names of providers. Put it on {@link #bundled} for those. */
    public static PriceBook of(List<Price> prices) {
        return new PriceBook(List.of(), List.of(prices), "");
    }

    /**
     * A book from JSON. The format is that of the bundled file and told in {@code docs/cost.md}.
     *
     * @throws IllegalArgumentException if it is malformed, which says where, or two prices hold for one model and date
     */
    public static PriceBook of(String json) {
        PriceBookReader read = PriceBookReader.read(json);
        return new PriceBook(read.sellers(), List.of(read.prices()), read.asOf());
    }

    /** The most bytes of a file. */
    static int mostBytes() {
        return MOST_BYTES;
    }

    /**
     * A book with another on top: its prices come first. What both say of a seller holds together; the date is
     * the other's if it has one.
     *
     * @throws IllegalArgumentException if the other's names of providers make two prices of this book prices of one model
     */
    public PriceBook with(PriceBook above) {
        List<Seller> both = new ArrayList<>(sellers.list());
        both.addAll(above.sellers.list());
        List<List<Price>> pile = new ArrayList<>();
        above.lists.forEach(list -> pile.add(list.prices()));
        lists.forEach(list -> pile.add(list.prices()));
        return new PriceBook(both, pile, above.asOf.isEmpty() ? asOf : above.asOf);
    }

    /** A book with prices on top, for all agents or for those that they name. */
    public PriceBook with(Price... prices) {
        return with(of(List.of(prices)));
    }

    /**
     * The price of a model at a moment.
     *
     * @param provider its id or an alias; empty if the model's name tells it
     * @param model the name that the backend was called with, or that it answered with
     * @return empty if there is no price
     */
    public Optional<Quote> quote(String provider, String model, Instant at) {
        return quote(provider, model, "", at);
    }

    /**
     * The price of a model for an agent at a moment.
     *
     * @param provider its id or an alias; empty if the model's name tells it
     * @param model the name that the backend was called with, or that it answered with
     * @param agent who calls; empty for nobody in particular
     * @return empty if there is no price
     */
    public Optional<Quote> quote(String provider, String model, String agent, Instant at) {
        requireNonNull(at, "at");
        List<Sellers.Reading> readings = readings(provider, model);
        String caller = Seller.normal(agent);
        Quote found = caller.isEmpty() ? null : firm(caller, readings, at);
        found = found == null ? firm("", readings, at) : found;
        if (found == null && sellers.isFree(readings.get(0).seller())) {
            found = new Quote(Price.free(readings.get(0).seller(), Price.ANY), true);
        }
        if (found == null && !caller.isEmpty()) {
            found = loose(caller, readings, at);
        }
        return Optional.ofNullable(found == null ? loose("", readings, at) : found);
    }

    /** A local backend may call its models what it likes: a seller's name in them does not make them that seller's. */
    private List<Sellers.Reading> readings(String provider, String model) {
        List<Sellers.Reading> readings = sellers.readings(provider, model);
        return sellers.isFree(readings.get(0).seller()) ? readings.subList(0, 1) : readings;
    }

    private @Nullable Quote firm(String agent, List<Sellers.Reading> readings, Instant at) {
        for (PriceList list : lists) {
            for (Sellers.Reading reading : readings) {
                PriceList.Match match = list.firm(agent, reading, at);
                if (match != null) {
                    return new Quote(match.price(), match.certain() && reading.certain());
                }
            }
            Price any = list.any(agent, readings.get(0).seller(), at);
            if (any != null) {
                return new Quote(any, true);
            }
        }
        return null;
    }

    private @Nullable Quote loose(String agent, List<Sellers.Reading> readings, Instant at) {
        for (Sellers.Reading reading : readings) {
            PriceList.Match longest = null;
            for (PriceList list : lists) {
                PriceList.Match match = list.loose(agent, reading, at);
                if (match != null && (longest == null || match.length() > longest.length())) {
                    longest = match;
                }
            }
            if (longest != null) {
                return new Quote(longest.price(), false);
            }
        }
        return null;
    }

    /** Whether a name is a provider's id or alias here. */
    public boolean knowsProvider(String name) {
        return sellers.knows(name);
    }

    /** Whether a provider takes no money, unless one of its models has a price. */
    public boolean isFree(String provider) {
        return sellers.isFree(sellers.id(provider));
    }

    /** Who sells models. */
    public List<Seller> sellers() {
        return sellers.list();
    }

    /** All prices, those of upper lists first. */
    public List<Price> prices() {
        return lists.stream().flatMap(list -> list.prices().stream()).toList();
    }

    /** The day of the newest look-up, such as {@code 2026-11-18}; empty if nobody wrote it down. */
    public String asOf() {
        return asOf;
    }

    @Override
    public String toString() {
        return "PriceBook[" + prices().size() + " prices" + (asOf.isEmpty() ? "" : ", as of " + asOf) + "]";
    }
}
