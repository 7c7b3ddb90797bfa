package dev.avionics.testkit.model;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a vendor knows in an object of a request. Any other is refused, as strict vendors do: whoever sends a field
 * that its vendor has not is told so by a test.
 *
 * @param status what unknown fields are refused with
 * @param words the vendor's own, with {@code %s} for the field's name
 * @param fields the names
 */
record Shape(int status, String words, Set<String> fields) {
    Shape {
        fields = Set.copyOf(fields);
    }

    /** Refuses unknown fields. */
    void check(Map<String, @Nullable Object> object) {
        object.forEach((name, value) -> {
            if (!fields.contains(name)) {
                throw new RefusedRequest(status, name, String.format(words, name));
            }
        });
    }

    /** Refuses an object without a field. */
    static void require(Map<String, @Nullable Object> object, String field) {
        if (object.get(field) == null) {
            throw new RefusedRequest(400, field, field + ": Field required");
        }
    }
}
