package dev.avionics.airframe.openai.answer;

import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what only the vendor understands: {@code reasoning_details}, which it wants back in the order they came, and
 * citations. Pieces of one detail in a row are put together, as the vendor's whole answer would hold them.
 */
public final class VendorNotes {
    /** The field of reasoning that its vendor wants back as it is. */
    public static final String REASONING_DETAILS = "reasoning_details";

    private static final List<String> PIECES = List.of("text", "summary", "data");

    private final String vendor;
    private final List<String> details = new ArrayList<>();
    private @Nullable Map<String, @Nullable Object> open;
    private @Nullable String openRaw;
    private final Map<String, String> others = new LinkedHashMap<>();

    VendorNotes(String vendor) {
        this.vendor = vendor;
    }

    /** Keeps a field as it stands, in the place of what it held before. */
    void field(String name, JsonReader json) {
        if (json.type() == JsonReader.Type.ARRAY) {
            String raw = json.raw();
            if (!raw.equals("[]")) {
                others.put(name, raw);
            }
        }
    }

    /** Takes an array of details; gives the text in them, for servers that send it nowhere else. */
    String details(JsonReader json) {
        StringBuilder text = new StringBuilder();
        if (json.enterArray()) {
            while (json.nextElement()) {
                String raw = json.raw();
                if (JsonReader.of(raw).type() != JsonReader.Type.OBJECT) {
                    continue;
                }
                Map<String, @Nullable Object> detail = new LinkedHashMap<>(JsonValues.parseObject(raw));
                text.append(piece(detail, "text")).append(piece(detail, "summary"));
                add(raw, detail);
            }
        }
        return text.toString();
    }

    private void add(String raw, Map<String, @Nullable Object> detail) {
        Map<String, @Nullable Object> last = open;
        if (last == null || !continues(last, detail)) {
            close();
            open = detail;
            openRaw = raw;
            return;
        }
        openRaw = null;
        detail.forEach((field, value) -> {
            if (PIECES.contains(field) && value instanceof String more) {
                last.put(field, piece(last, field) + more);
            } else if (value != null || !last.containsKey(field)) {
                last.put(field, value);
            }
        });
    }

    private static boolean continues(Map<String, @Nullable Object> last, Map<String, @Nullable Object> next) {
        Object signature = last.get("signature");
        return last.containsKey("index")
                && Objects.equals(last.get("type"), next.get("type"))
                && Objects.equals(last.get("index"), next.get("index"))
                && (next.get("id") == null || Objects.equals(last.get("id"), next.get("id")))
                && (signature == null
                        || signature.equals("")
                        || piece(next, "text").isEmpty());
    }

    private static String piece(Map<String, @Nullable Object> detail, String field) {
        return detail.get(field) instanceof String text ? text : "";
    }

    private void close() {
        if (open != null) {
            details.add(openRaw != null ? openRaw : JsonValues.write(open));
            open = null;
            openRaw = null;
        }
    }

    /** Tells the sink what has been gathered so far, if anything. */
    void tell(EventSink out) {
        if (open == null && details.isEmpty() && others.isEmpty()) {
            return;
        }
        List<String> fields = new ArrayList<>(2);
        Map<String, @Nullable Object> last = open;
        if (last != null || !details.isEmpty()) {
            List<String> all = new ArrayList<>(details);
            if (last != null) {
                all.add(openRaw != null ? openRaw : JsonValues.write(last));
            }
            fields.add("\"" + REASONING_DETAILS + "\":[" + String.join(",", all) + "]");
        }
        others.forEach((name, raw) -> fields.add("\"" + name + "\":" + raw));
        out.note(VendorData.of(vendor, "{" + String.join(",", fields) + "}"));
    }
}
