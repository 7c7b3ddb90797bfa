package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the parts of one answer to the sink, each signature with the part that it came on. What stands where no part of ours
 * can hold it becomes an opaque part.
 */
final class PartTeller {
    private enum Kind {
        NOTHING,
        TEXT,
        THINKING,
        OTHER
    }

    private Kind last = Kind.NOTHING;

    /** What was noted on the last part, which a further note takes the place of. */
    private final Map<String, String> noted = new LinkedHashMap<>(2);

    private final Map<String, List<String>> about = new LinkedHashMap<>(2);
    private int calls;
    private @Nullable PartialArguments open;

    void tell(AnswerPart part, EventSink out) {
        AnswerPart.Call call = part.call;
        if (call != null) {
            call(call, part.signature, out);
        } else if (part.text != null) {
            text(part, out);
        } else if (!part.others.isEmpty() || part.signature != null) {
            opaque(part.type(), part.json(), out);
        }
    }

    private void text(AnswerPart part, EventSink out) {
        String text = part.text == null ? "" : part.text;
        String signature = part.signature;
        Kind kind = part.thought ? Kind.THINKING : Kind.TEXT;
        if (text.isEmpty()) {
            if (signature == null) {
                return;
            }
            if (last != kind || noted.containsKey(VendorFields.SIGNATURE)) {
                part.others.put("text", "\"\"");
                opaque("text", part.json(), out);
                return;
            }
        } else if (last != kind || !noted.isEmpty()) {
            noted.clear();
        }
        last = kind;
        if (part.thought) {
            out.thinking(text);
        } else {
            out.text(text);
        }
        if (signature != null) {
            noted.put(VendorFields.SIGNATURE, signature);
            out.note(VendorFields.of(noted));
        }
    }

    private void opaque(String type, String json, EventSink out) {
        last = Kind.OTHER;
        noted.clear();
        out.opaque(new Part.Opaque(type, VendorData.of(VendorFields.VENDOR, json), null));
    }

    private void call(AnswerPart.Call call, @Nullable String signature, EventSink out) {
        if (open != null && !call.name.isEmpty()) {
            close(true, out);
        }
        last = Kind.OTHER;
        noted.clear();
        PartialArguments begun = open;
        if (begun == null) {
            if (call.name.isEmpty() && call.arguments == null && call.id.isEmpty()) {
                return; // An end mark without a call.
            }
            boolean piecewise = call.goesOn || call.pieces != null;
            String whole = call.arguments == null ? "{}" : call.arguments;
            out.toolCall(calls++, call.id, call.name, piecewise ? null : whole);
            if (piecewise) {
                begun = new PartialArguments();
                open = begun;
            }
        }
        if (signature != null) {
            out.toolCallVendor(VendorFields.of(Map.of(VendorFields.SIGNATURE, signature)));
        }
        if (begun != null) {
            if (call.pieces != null) {
                begun.take(JsonReader.of(call.pieces));
            }
            if (!call.goesOn) {
                close(true, out);
            }
        }
    }

    /** Ends a call whose arguments came piece by piece; one that is not whole must not look as if it were. */
    private void close(boolean whole, EventSink out) {
        PartialArguments begun = open;
        if (begun != null) {
            open = null;
            String json = begun.json();
            out.toolCall(calls - 1, null, null, whole ? json : json.substring(0, json.length() - 1));
        }
    }

    /** Keeps a remark about the answer until its end. */
    void about(String name, String json) {
        List<String> all = about.computeIfAbsent(name, key -> new ArrayList<>(1));
        if (!all.contains(json)) {
            all.add(json);
        }
    }

    /** The answer is over, as far as can be told. */
    void end(boolean whole, EventSink out) {
        close(whole, out);
        if (about.isEmpty()) {
            return;
        }
        Map<String, String> remarks = new LinkedHashMap<>();
        about.forEach(
                (name, all) -> remarks.put(name, all.size() == 1 ? all.get(0) : "[" + String.join(",", all) + "]"));
        about.clear();
        if (last == Kind.TEXT) {
            noted.putAll(remarks);
            out.note(VendorFields.of(noted));
        } else {
            remarks.forEach((name, json) -> opaque(name, VendorFields.object(Map.of(name, json)), out));
        }
    }
}
