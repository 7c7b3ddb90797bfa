package dev.avionics.airframe.wire;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What only the vendor of a turn understands: in the answers of the matrix, strings that begin with {@value #MARK}. */
final class VendorBlobs {
    static final String MARK = "BLOB";

    private VendorBlobs() {}

    /** The strings in the vendor data of a turn's parts, but for parts that are nothing else. */
    static List<String> of(Message turn) {
        List<String> found = new ArrayList<>();
        for (Part part : turn.parts()) {
            if (!(part instanceof Part.Opaque)) {
                part.vendor().json().values().forEach(json -> strings(JsonValues.parse(json), found));
            }
        }
        return found;
    }

    /** The JSON text of a turn's opaque parts. */
    static List<String> raw(Message turn) {
        return turn.only(Part.Opaque.class).stream()
                .flatMap(part -> part.vendor().json().values().stream())
                .toList();
    }

    /** The vendors that left something in a turn. */
    static TreeSet<String> vendors(Message turn) {
        TreeSet<String> vendors = new TreeSet<>();
        turn.parts().forEach(part -> vendors.addAll(part.vendor().json().keySet()));
        return vendors;
    }

    /** Every string of a JSON text that begins with the mark. */
    static List<String> in(String json) {
        List<String> found = new ArrayList<>();
        if (!json.isEmpty()) {
            strings(JsonValues.parse(json), found);
        }
        return found;
    }

    private static void strings(@Nullable Object value, List<String> found) {
        if (value instanceof String text && text.startsWith(MARK)) {
            found.add(text);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(one -> strings(one, found));
        } else if (value instanceof List<?> list) {
            list.forEach(one -> strings(one, found));
        }
    }
}
