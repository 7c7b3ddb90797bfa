package dev.avionics.cost;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prices of one file or program, found by their names. Immutable. */
final class PriceList {
    /** What makes a snapshot of a model out of its name: a date, a running number, or the word for the newest. */
    private static final Pattern SNAPSHOT = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2}|\\d{2}-\\d{4}|\\d{2}-\\d{2}|\\d{8}|\\d{6}|\\d{3,4}|latest|default)(-v\\d+(:\\d+)?)?"
                    + "|v\\d+(:\\d+)?");

    private static final Comparator<Price> BY_DATE =
            Comparator.comparing(price -> price.from() == null ? Instant.MIN : price.from(), Comparator.naturalOrder());

    private record Key(String agent, String seller, String model) {}

    /** A price under a part of the name that was asked for. */
    record Match(Price price, int length, boolean certain) {}

    private final List<Price> prices;
    private final Map<Key, List<Price>> byName = new HashMap<>();
    private final Set<Key> unsteady = new HashSet<>();

    PriceList(List<Price> prices, Sellers sellers) {
        this.prices = List.copyOf(prices);
        for (Price price : prices) {
            Key key = new Key(price.agent(), sellers.id(price.provider()), price.model());
            List<Price> dated = byName.computeIfAbsent(key, unused -> new ArrayList<>(1));
            for (Price other : dated) {
                if (BY_DATE.compare(price, other) == 0) {
                    throw new IllegalArgumentException("prices: two for " + price.provider() + " " + price.model()
                            + (price.agent().isEmpty() ? "" : " of " + price.agent())
                            + (price.from() == null ? "" : " from " + price.from())
                            + " (expected: one for each date)");
                }
            }
            dated.add(price);
        }
        byName.values().forEach(dated -> dated.sort(BY_DATE));
        byName.keySet().forEach(this::noteUnsteadyFamily);
    }

    /** Where snapshots of a family have cost different prices, a snapshot that is not listed may cost either. */
    private void noteUnsteadyFamily(Key key) {
        for (int at = boundary(key.model, key.model.length()); at > 0; at = boundary(key.model, at)) {
            Key family = new Key(key.agent, key.seller, key.model.substring(0, at));
            List<Price> listed = byName.get(family);
            if (listed != null && isSnapshot(key.model, at)) {
                if (!newest(byName.get(key)).equals(newest(listed))) {
                    unsteady.add(family);
                }
                return;
            }
        }
    }

    private static Rates newest(@Nullable List<Price> dated) {
        return dated == null || dated.isEmpty()
                ? Rates.of("0", "0")
                : dated.get(dated.size() - 1).rates();
    }

    List<Price> prices() {
        return prices;
    }

    /** The price under exactly this name, or the longest family of which the name is a snapshot. */
    @Nullable
    Match firm(String agent, Sellers.Reading reading, Instant at) {
        String name = reading.model();
        Price exact = on(new Key(agent, reading.seller(), name), at);
        if (exact != null) {
            return new Match(exact, name.length(), true);
        }
        for (int cut = boundary(name, name.length()); cut > 0; cut = boundary(name, cut)) {
            if (isSnapshot(name, cut)) {
                Key key = new Key(agent, reading.seller(), name.substring(0, cut));
                Price family = on(key, at);
                if (family != null) {
                    return new Match(family, cut, !unsteady.contains(key));
                }
            }
        }
        return null;
    }

    /** The price of the longest listed name that the name begins with. */
    @Nullable
    Match loose(String agent, Sellers.Reading reading, Instant at) {
        String name = reading.model();
        for (int cut = boundary(name, name.length()); cut > 0; cut = boundary(name, cut)) {
            Price family = on(new Key(agent, reading.seller(), name.substring(0, cut)), at);
            if (family != null) {
                return new Match(family, cut, false);
            }
        }
        return null;
    }

    /** The price of all models of a seller. */
    @Nullable
    Price any(String agent, String seller, Instant at) {
        return on(new Key(agent, seller, Price.ANY), at);
    }

    private @Nullable Price on(Key key, Instant at) {
        List<Price> dated = byName.get(key);
        Price found = null;
        for (Price price : dated == null ? List.<Price>of() : dated) {
            Instant from = price.from();
            if (from == null || !from.isAfter(at)) {
                found = price;
            }
        }
        return found;
    }

    /** The last place before another where a name may be cut; 0 or less if there is none. */
    private static int boundary(String name, int before) {
        for (int i = before - 1; i > 0; i--) {
            char c = name.charAt(i);
            if (c == '-' || c == ':' || c == '@') {
                return i;
            }
        }
        return 0;
    }

    private static boolean isSnapshot(String name, int cut) {
        // What follows the base of a fine-tuned model names its owner and job.
        boolean tuned = name.startsWith("ft:") && name.charAt(cut) == ':' && cut > "ft:".length();
        return tuned || SNAPSHOT.matcher(name).region(cut + 1, name.length()).matches();
    }
}
