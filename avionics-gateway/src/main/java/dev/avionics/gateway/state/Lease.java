package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

/**
 * One place among those of a key, held for a time.
 *
 * @param key names the places
 * @param id tells this lease from others; made by the state
 */
public record Lease(String key, String id) {
    public Lease {
        StateArguments.key("key", key);
        requireNonNull(id, "id");
    }
}
