package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that a backend offers.
 *
 * @param id the name to call it by
 * @param ownedBy who made it, or null
 * @param contextWindow how many tokens fit, or null if the backend does not say
 * @param details what else the backend says, in its own words
 */
public record ModelInfo(
        String id, @Nullable String ownedBy, @Nullable Integer contextWindow, Map<String, String> details) {
    public ModelInfo {
        requireNonNull(id, "id");
        details = Map.copyOf(details);
    }

    /** A model of which only the name is known. */
    public static ModelInfo of(String id) {
        return new ModelInfo(id, null, null, Map.of());
    }
}
