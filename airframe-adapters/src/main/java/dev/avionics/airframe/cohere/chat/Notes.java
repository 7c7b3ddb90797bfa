package dev.avionics.airframe.cohere.chat;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Cohere left with a part of the model's turn: {@code {"type":"tool_plan","citations":[…]}}.
 *
 * @param isPlan whether the part is the plan in front of tool calls, rather than thinking
 * @param citations the JSON array of citations, byte for byte, or null
 */
record Notes(boolean isPlan, @Nullable String citations) {
    /** Whose vendor data they are. */
    static final String VENDOR = "cohere";

    static final String PLAN = "tool_plan";
    static final String THINKING = "thinking";

    /** The notes of a part; null if Cohere left none. */
    static @Nullable Notes of(Part part) {
        String data = part.vendor().of(VENDOR).orElse(null);
        if (data == null) {
            return null;
        }
        boolean plan = false;
        String citations = null;
        JsonReader json = JsonReader.of(data);
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("type")) {
                    plan = json.stringOrEmpty().equals(PLAN);
                } else if (json.field().equals("citations")) {
                    citations = json.raw();
                }
            }
        }
        return new Notes(plan, citations);
    }

    /**
     * Vendor data of a part.
     *
     * @param type what kind of thinking it is, or null for text
     * @param citations each as JSON
     */
    static VendorData data(@Nullable String type, List<String> citations) {
        String kind = type == null ? "" : "\"type\":\"" + type + "\"";
        String cited = citations.isEmpty() ? "" : "\"citations\":[" + String.join(",", citations) + "]";
        String both = kind + (kind.isEmpty() || cited.isEmpty() ? "" : ",") + cited;
        return both.isEmpty() ? VendorData.none() : VendorData.of(VENDOR, "{" + both + "}");
    }

    /** Several JSON arrays as one; null for none. */
    static @Nullable String joined(List<String> arrays) {
        List<String> inner = arrays.stream()
                .map(array -> array.substring(1, array.length() - 1).strip())
                .filter(one -> !one.isEmpty())
                .toList();
        return inner.isEmpty() ? null : "[" + String.join(",", inner) + "]";
    }
}
