package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Opaque data of vendors that belongs to a part: signatures, encrypted reasoning, citations.
 *
 * <p>Maps a vendor's name (such as {@code anthropic}) to JSON text, which is kept byte-exact and sent back to that
 * vendor only.
 *
 * @param json vendor to JSON text; copied
 */
public record VendorData(Map<String, String> json) {
    private static final VendorData NONE = new VendorData(Map.of());

    /** Copies the map. */
    public VendorData {
        json = Map.copyOf(json);
    }

    /** No data of any vendor. */
    public static VendorData none() {
        return NONE;
    }

    /** Data of one vendor. */
    public static VendorData of(String vendor, String json) {
        return new VendorData(Map.of(requireNonNull(vendor, "vendor"), requireNonNull(json, "json")));
    }

    /** The JSON text of a vendor, if there is any. */
    public Optional<String> of(String vendor) {
        return Optional.ofNullable(json.get(vendor));
    }

    /**
     * One field of the JSON object that a vendor left, byte for byte; empty if there is no such field, or it is null.
     *
     * @throws InferenceException of category PARSE if the vendor's text is no JSON
     */
    public Optional<String> field(String vendor, String name) {
        String text = json.get(vendor);
        if (text == null) {
            return Optional.empty();
        }
        JsonReader reader = JsonReader.of(text);
        String found = null;
        if (reader.enterObject()) {
            while (reader.nextField()) {
                if (reader.field().equals(name)) {
                    found = reader.isNull() ? null : reader.raw();
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** Whether no vendor has left anything. */
    public boolean isEmpty() {
        return json.isEmpty();
    }

    /** This data and the other's; the other wins where both hold the same vendor. */
    public VendorData with(VendorData other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        Map<String, String> both = new LinkedHashMap<>(json);
        both.putAll(other.json);
        return new VendorData(both);
    }
}
