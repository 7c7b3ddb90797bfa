package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonReader;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The data that Google leaves with parts: a JSON object whose values are kept byte for byte. */
public final class VendorFields {
    /** The name under which the data is kept. */
    public static final String VENDOR = "google";

    /** The field with what the model wants to see again on the same part. */
    public static final String SIGNATURE = "thoughtSignature";

    /** What is said about an answer and is no part of it. */
    static final Set<String> ABOUT_THE_ANSWER =
            Set.of("groundingMetadata", "citationMetadata", "urlContextMetadata", "finishMessage");

    private VendorFields() {}

    /** The signature of a part as JSON text; null if Google left none. */
    public static @Nullable String signature(Part part) {
        String data = part.vendor().of(VENDOR).orElse(null);
        if (data == null) {
            return null;
        }
        JsonReader json = JsonReader.of(data);
        String found = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals(SIGNATURE) && json.type() == JsonReader.Type.STRING) {
                    found = json.raw();
                }
            }
        }
        return found;
    }

    /** Whether a part holds remarks about an answer, which are not sent back. */
    public static boolean isAboutTheAnswer(Part.Opaque part) {
        return ABOUT_THE_ANSWER.contains(part.type());
    }

    static VendorData of(Map<String, String> fields) {
        return VendorData.of(VENDOR, object(fields));
    }

    static String object(Map<String, String> fields) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        fields.forEach((name, raw) -> object.add("\"" + name + "\":" + raw));
        return object.toString();
    }
}
