package dev.avionics.airframe.openai.responses.answer;

import static dev.avionics.airframe.openai.responses.answer.ResponseFrames.CUSTOM_CALL;
import static dev.avionics.airframe.openai.responses.answer.ResponseFrames.CUSTOM_INPUT;
import static dev.avionics.airframe.openai.responses.answer.ResponseFrames.FUNCTION_CALL;
import static dev.avionics.airframe.openai.responses.answer.ResponseFrames.REASONING;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items of one answer, which come in pieces, whole, or both: pieces are told as they come, and of a whole item what no
 * piece has told, and what only its vendor understands.
 */
final class OutputItems {
    private static final List<String> OF_MESSAGE = List.of("type", "role", "content", "status");
    private static final List<String> OF_TEXT = List.of("type", "text");
    private static final List<String> OF_REFUSAL = List.of("type", "refusal");
    private static final List<String> OF_CALL = List.of("call_id", "name", "arguments", "input");

    private final String vendor;
    private final EventSink out;
    private final List<Item> items = new ArrayList<>();
    private boolean told;

    private static final class Item {
        private final int place;
        private final @Nullable Integer index;
        private String id;
        private RawFields fields = RawFields.of(null);
        private boolean named;
        private boolean begun;
        private boolean done;
        private final Set<Integer> contents = new HashSet<>(2);
        private final Set<Integer> noted = new HashSet<>(2);
        private int open = -1;
        private @Nullable String openPart;

        Item(int place, @Nullable Integer index, String id) {
            this.place = place;
            this.index = index;
            this.id = id;
        }
    }

    OutputItems(String vendor, EventSink out) {
        this.vendor = vendor;
        this.out = out;
    }

    /** Whether the item in this place has been told whole. */
    boolean isDone(int place) {
        return place < items.size() && items.get(place).done;
    }

    /**
     * The item that an event speaks of: the one in its place, unless that is over and has another id; else the one of its id,
     * unless that stands elsewhere, as some backends give an id twice; with neither place nor id the latest.
     */
    private @Nullable Item known(@Nullable Integer index, String id) {
        for (int i = items.size() - 1; i >= 0; i--) {
            Item each = items.get(i);
            boolean sameId = !id.isEmpty() && id.equals(each.id);
            boolean elsewhere = index != null && each.index != null && !index.equals(each.index);
            boolean here = index != null && index.equals(each.index);
            boolean nowhere = index == null && id.isEmpty();
            if (nowhere || (sameId && !elsewhere) || (here && (!each.done || id.isEmpty()))) {
                return each;
            }
        }
        return null;
    }

    private Item item(@Nullable Integer index, String id) {
        Item known = known(index, id);
        return known == null ? add(index, id) : known;
    }

    private Item add(@Nullable Integer index, String id) {
        Item added = new Item(items.size(), index, id);
        items.add(added);
        return added;
    }

    /** An item begins. */
    void added(@Nullable Integer index, @Nullable String raw) {
        RawFields fields = RawFields.of(raw);
        Item item = known(index, fields.text("id"));
        if (item == null || item.done) {
            item = add(index, fields.text("id"));
        }
        item.fields = fields;
        if (fields.text("type").equals(FUNCTION_CALL) && fields.has("call_id")) {
            name(item, fields);
        }
    }

    /** Says which call the pieces that follow belong to. */
    private void name(Item item, RawFields call) {
        told = true;
        if (item.named) {
            out.toolCall(item.place, null, null, null);
        } else {
            item.named = true;
            out.toolCall(item.place, call.text("call_id"), call.text("name"), null);
        }
    }

    /** A piece of a message's text or refusal. */
    void said(@Nullable Integer index, String id, int content, boolean refusal, @Nullable String piece) {
        if (piece == null || piece.isEmpty()) {
            return;
        }
        Item item = item(index, id);
        if (item.open >= 0 && item.open != content) {
            note(item, item.open, RawFields.of(item.openPart), item.fields);
        }
        item.open = content;
        item.contents.add(content);
        say(refusal, piece);
    }

    private void say(boolean refusal, String text) {
        told |= !text.isEmpty();
        if (refusal) {
            out.refusal(text);
        } else {
            out.text(text);
        }
    }

    /** A part of a message is whole; more of the message may come. */
    void contentDone(@Nullable Integer index, String id, int content, @Nullable String raw) {
        Item item = item(index, id);
        if (item.open == content) {
            item.openPart = raw;
        }
    }

    /** A piece of reasoning. */
    void thought(@Nullable Integer index, String id, @Nullable String piece) {
        if (piece != null && !piece.isEmpty()) {
            item(index, id).begun = true;
            told = true;
            out.thinking(piece);
        }
    }

    /** A piece of a call's arguments, or all of them. */
    void arguments(@Nullable Integer index, String id, @Nullable String piece, boolean whole) {
        Item item = item(index, id);
        if (piece != null && !piece.isEmpty() && !(whole && item.begun)) {
            item.begun = true;
            out.toolCall(item.place, null, null, piece);
        }
    }

    /** An item is whole. */
    void done(@Nullable Integer index, String raw) {
        RawFields fields = RawFields.of(raw);
        String id = fields.text("id");
        Item item = known(index, id);
        if (item == null || (item.done && index == null && id.isEmpty())) {
            item = add(index, id);
        }
        if (item.done) {
            return;
        }
        item.done = true;
        String type = fields.text("type");
        switch (type) {
            case "message" -> message(item, fields);
            case REASONING -> reasoning(item, fields, raw);
            case FUNCTION_CALL -> {
                String arguments = fields.raw("arguments");
                boolean text = arguments != null && arguments.startsWith("\"");
                call(item, fields, text ? fields.text("arguments") : arguments);
            }
            case CUSTOM_CALL -> {
                JsonWriter input = new JsonWriter().beginObject().field(CUSTOM_INPUT, fields.text("input"));
                call(item, fields, input.endObject().toString());
            }
            default -> opaque(type.isEmpty() ? "unknown" : type, raw);
        }
    }

    private void call(Item item, RawFields fields, @Nullable String arguments) {
        name(item, fields);
        if (!item.begun) {
            out.toolCall(item.place, null, null, arguments);
        }
        RawFields rest = fields.without(OF_CALL);
        if (!rest.without(List.of("type")).isEmpty() || fields.text("type").equals(CUSTOM_CALL)) {
            out.toolCallVendor(ofVendor(rest.json()));
        }
    }

    private void message(Item item, RawFields fields) {
        String raw = fields.raw("content");
        JsonReader contents = JsonReader.of(raw == null ? "[]" : raw);
        if (contents.type() == JsonReader.Type.STRING) {
            if (item.contents.isEmpty()) {
                say(false, contents.stringOrEmpty());
            }
            return;
        }
        if (!contents.enterArray()) {
            return;
        }
        for (int content = 0; contents.nextElement(); content++) {
            String part = contents.raw();
            RawFields partFields = RawFields.of(part);
            String type = partFields.text("type");
            boolean refusal = type.equals("refusal");
            String words = partFields.text(refusal ? "refusal" : "text");
            if (!refusal && !type.equals("output_text") && !type.equals("text")) {
                opaque("message", messageWith(part, fields));
                continue;
            }
            if (!item.contents.contains(content) && !words.isEmpty()) {
                item.contents.add(content);
                say(refusal, words);
            }
            note(item, content, partFields, fields);
        }
    }

    /** A message of one part, so that the part can be sent back in its place. */
    private static String messageWith(String part, RawFields message) {
        JsonWriter json =
                new JsonWriter().beginObject().field("type", "message").field("role", "assistant");
        message.without(OF_MESSAGE).writeTo(json);
        json.field("status", "completed").rawField("content", "[" + part + "]");
        return json.endObject().toString();
    }

    /** What the vendor wants back with a part of a message: the message's own fields, and the part's. */
    private void note(Item item, int content, RawFields part, RawFields message) {
        RawFields head = message.without(OF_MESSAGE);
        RawFields rest = part.without(part.text("type").equals("refusal") ? OF_REFUSAL : OF_TEXT);
        if (!item.contents.contains(content) || item.noted.contains(content) || (head.isEmpty() && rest.isEmpty())) {
            return;
        }
        item.noted.add(content);
        JsonWriter note = new JsonWriter().beginObject();
        note.rawField("item", head.json()).rawField("content", rest.json());
        out.note(ofVendor(note.endObject().toString()));
    }

    private void reasoning(Item item, RawFields fields, String raw) {
        boolean seen = item.begun;
        if (!seen) {
            seen = texts(fields.raw("summary")) | texts(fields.raw("content"));
        }
        // Without words there is no part to hang it on but another item's, unless it comes first.
        if (seen || !told) {
            out.note(ofVendor(raw));
            told = true;
        } else {
            opaque(REASONING, raw);
        }
    }

    /** Tells the texts of an array of parts; false if there are none. */
    private boolean texts(@Nullable String parts) {
        boolean any = false;
        JsonReader json = JsonReader.of(parts == null ? "[]" : parts);
        if (json.enterArray()) {
            while (json.nextElement()) {
                String text = RawFields.of(json.raw()).text("text");
                any |= !text.isEmpty();
                out.thinking(text);
            }
        }
        return any;
    }

    private void opaque(String type, String raw) {
        told = true;
        out.opaque(new Part.Opaque(type, ofVendor(raw), null));
    }

    private VendorData ofVendor(String json) {
        return VendorData.of(vendor, json);
    }
}
