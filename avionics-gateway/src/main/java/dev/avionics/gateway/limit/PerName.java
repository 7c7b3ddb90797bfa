package dev.avionics.gateway.limit;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;

/**
 * A limit for each of some names, such as agents: every name counts for itself.
 *
 * @param usual holds for names that have none of their own
 * @param named those of some names, in the place of the usual one; copied
 */
public record PerName<L>(L usual, Map<String, L> named) {
    public PerName {
        requireNonNull(usual, "usual");
        named = Map.copyOf(named);
    }

    /** The same for every name. */
    public static <L> PerName<L> all(L usual) {
        return new PerName<>(usual, Map.of());
    }

    /** The limit of a name. */
    public L of(String name) {
        return named.getOrDefault(name, usual);
    }

    /** This with a limit of its own for one name. */
    public PerName<L> with(String name, L limit) {
        Map<String, L> more = new HashMap<>(named);
        more.put(requireNonNull(name, "name"), requireNonNull(limit, "limit"));
        return new PerName<>(usual, more);
    }

    /** This with another limit for all names without one of their own. */
    public PerName<L> withUsual(L limit) {
        return new PerName<>(limit, named);
    }
}
