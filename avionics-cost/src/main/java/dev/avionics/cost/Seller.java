package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Somebody who sells models, or a backend that takes no money.
 *
 * @param id the name that prices stand under, such as {@code gemini}; lower case
 * @param aliases other names of the same; lower case
 * @param also sellers whose prices hold where it has none of its own
 * @param free whether all of its models cost nothing but time, unless one has a price
 */
public record Seller(String id, List<String> aliases, List<String> also, boolean free) {
    public Seller {
        id = normal(requireNonNull(id, "id"));
        aliases = aliases.stream().map(Seller::normal).toList();
        also = also.stream().map(Seller::normal).toList();
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id: empty (expected: the name that prices stand under)");
        }
    }

    /** What two declarations of one id say together. */
    Seller plus(Seller more) {
        return new Seller(id, both(aliases, more.aliases), both(also, more.also), free || more.free);
    }

    private static List<String> both(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    /** Case, underscores and white space around a name do not matter. */
    static String normal(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
