package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts pieces of tool calls together. A known id wins over a known index, and both over "the latest call"; a new id at a
 * known index begins a new call, unless it comes without a name or in the middle of arguments, as some servers make up an
 * id for each piece. Names are never joined. Calls are finished only when the answer is: arguments that parse may still be
 * the start of longer ones.
 */
final class ToolCallAssembly {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final Consumer<InferenceEvent> out;
    private final String seed;
    private final List<Slot> slots = new ArrayList<>(2);
    private @Nullable Slot latest;
    private @Nullable SplittableRandom ids;

    private static final class Slot {
        private final int position;
        private final @Nullable Integer index;
        private @Nullable String id;
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
        private boolean announced;
        private boolean idIsOurs;
        private VendorData vendor = VendorData.none();

        Slot(int position, @Nullable Integer index) {
            this.position = position;
            this.index = index;
        }
    }

    ToolCallAssembly(String seed, Consumer<InferenceEvent> out) {
        this.seed = seed;
        this.out = out;
    }

    void accept(@Nullable Integer index, @Nullable String id, @Nullable String name, @Nullable String arguments) {
        String newId = id == null ? "" : id;
        String newName = name == null ? "" : name;
        String piece = arguments == null ? "" : arguments;
        Slot slot = find(index, newId, newName, piece);
        if (slot == null) {
            slot = new Slot(slots.size(), index);
            slots.add(slot);
        }
        if (slot.id == null && !newId.isEmpty()) {
            slot.id = newId;
        }
        if (slot.name.isEmpty()) {
            slot.name = newName;
        }
        latest = slot;
        slot.arguments.append(piece);
        announce(slot, piece);
    }

    void attach(VendorData data) {
        Slot slot = latest;
        if (slot != null) {
            slot.vendor = slot.vendor.with(data);
        }
    }

    private @Nullable Slot find(@Nullable Integer index, String id, String name, String piece) {
        Slot candidate = index == null ? latest : null;
        for (int i = slots.size() - 1; i >= 0; i--) {
            Slot slot = slots.get(i);
            if (!id.isEmpty() && id.equals(slot.id)) {
                return slot;
            }
            if (candidate == null && index != null && index.equals(slot.index)) {
                candidate = slot;
            }
        }
        return candidate != null && goesOn(candidate, id, name, piece) ? candidate : null;
    }

    /** Whether a piece goes on with the call that its index, or its lack of one, points to. */
    private static boolean goesOn(Slot slot, String id, String name, String piece) {
        if (name.isEmpty()) {
            return true;
        }
        if (slot.arguments.length() > 0 && !isObject(slot.arguments)) {
            return true;
        }
        boolean otherId = !id.isEmpty() && slot.id != null && !slot.idIsOurs;
        if (otherId) {
            return false;
        }
        // A name that is only repeated goes on; with new arguments behind whole ones it begins a call.
        return slot.name.isEmpty() || slot.arguments.length() == 0 || (slot.name.equals(name) && piece.isBlank());
    }

    private void announce(Slot slot, String piece) {
        if (slot.name.isEmpty()) {
            return;
        }
        String id = slot.id;
        if (id == null) {
            id = generatedId();
            slot.id = id;
            slot.idIsOurs = true;
        }
        if (!slot.announced) {
            slot.announced = true;
            out.accept(new InferenceEvent.ToolCallDelta(slot.position, id, slot.name, slot.arguments.toString()));
        } else if (!piece.isEmpty()) {
            out.accept(new InferenceEvent.ToolCallDelta(slot.position, id, slot.name, piece));
        }
    }

    private String generatedId() {
        SplittableRandom random = ids;
        if (random == null) {
            random = new SplittableRandom(seed.hashCode() * 0x9E3779B97F4A7C15L + seed.length());
            ids = random;
        }
        StringBuilder id = new StringBuilder("call_");
        for (int i = 0; i < 24; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /**
     * Checks every call and gives it out.
     *
     * @param cutShort whether the answer ended before the model was done: then a call with half its arguments is left out
     * @throws InferenceException of category PARSE if arguments are no JSON object
     */
    List<Part.ToolCall> finish(boolean cutShort) {
        List<Part.ToolCall> calls = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            String text = slot.arguments.toString().strip();
            if (text.isEmpty() && slot.name.isEmpty() && slot.id == null) {
                continue; // An empty shell, not a call.
            }
            String arguments = text.isEmpty() || text.equals("null") ? "{}" : text;
            boolean whole = isObject(arguments) && slot.id != null && !slot.name.isEmpty();
            if (!whole && !cutShort) {
                throw InferenceException.builder(
                                ErrorCategory.PARSE,
                                slot.name.isEmpty()
                                        ? "a tool call came without a name"
                                        : "the arguments of the call of tool " + slot.name + " are not a JSON object")
                        .excerpt(Excerpt.of(arguments))
                        .build();
            }
            String id = slot.id;
            if (whole && id != null) {
                Part.ToolCall call = new Part.ToolCall(id, slot.name, arguments, slot.vendor, null);
                calls.add(call);
                out.accept(new InferenceEvent.ToolCallReady(slot.position, call));
            }
        }
        return calls;
    }

    private static boolean isObject(CharSequence text) {
        int last = text.length() - 1;
        while (last >= 0 && Character.isWhitespace(text.charAt(last))) {
            last--;
        }
        // Most pieces end in the middle: the parse is for those that may be the last.
        if (last < 1 || text.charAt(last) != '}') {
            return false;
        }
        try {
            JsonValues.parseObject(text.toString());
            return true;
        } catch (InferenceException notJson) {
            return false;
        }
    }
}
