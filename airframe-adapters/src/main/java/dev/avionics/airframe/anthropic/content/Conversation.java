package dev.avionics.airframe.anthropic.content;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.Turns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation in the form of the API: {@code system} and {@code messages}, without what it does not take. */
public final class Conversation {
    private final List<Part> system;
    private final List<Turns.Turn> turns;
    private final CacheMarks marks;
    private final BlockWriter blocks;

    private Conversation(List<Part> system, List<Turns.Turn> turns, CacheMarks marks, BlockWriter blocks) {
        this.system = system;
        this.turns = turns;
        this.marks = marks;
        this.blocks = blocks;
    }

    /**
     * Sorts out what can be sent.
     *
     * @param vendor whose data of parts is sent back
     * @param instruction comes behind the instructions of the conversation; null for none
     * @param adjustments is told what cannot be sent
     * @throws InferenceException of category INVALID_REQUEST if the user does not speak first
     */
    public static Conversation of(
            Turns given, String vendor, Part.@Nullable Text instruction, List<Adjustment> adjustments) {
        Fitting fitting = new Fitting(vendor, adjustments);
        List<Part> system = new ArrayList<>(fitting.instructions(given.instructions()));
        if (instruction != null) {
            system.add(instruction);
        }
        List<Turns.Turn> turns = new ArrayList<>();
        for (int i = 0; i < given.turns().size(); i++) {
            Turns.Turn turn = given.turns().get(i);
            List<Part> parts = turn.ofModel()
                    ? fitting.ofModel(turn.parts(), i == given.turns().size() - 1)
                    : fitting.ofUser(turn.parts());
            if (!parts.isEmpty()) {
                add(turns, turn.ofModel(), parts);
            } else if (!turn.ofModel()) {
                throw Unfit.invalid(
                        "a turn of the user holds nothing but white space (expected: a text or another part)");
            }
        }
        if (turns.isEmpty() || turns.get(0).ofModel()) {
            throw Unfit.invalid(
                    "messages: the user does not speak first (expected: a user message behind the system messages)");
        }
        List<Part> all = new ArrayList<>(system);
        turns.forEach(turn -> all.addAll(turn.parts()));
        CacheMarks marks = CacheMarks.of(all, adjustments);
        return new Conversation(system, List.copyOf(turns), marks, new BlockWriter(vendor, adjustments));
    }

    /** Adds a turn; where the one between it and the same speaker's last was left out, both are one. */
    private static void add(List<Turns.Turn> turns, boolean ofModel, List<Part> parts) {
        int last = turns.size() - 1;
        if (last >= 0 && turns.get(last).ofModel() == ofModel) {
            List<Part> both = new ArrayList<>(turns.get(last).parts());
            both.addAll(parts);
            turns.set(last, new Turns.Turn(ofModel, both));
        } else {
            turns.add(new Turns.Turn(ofModel, parts));
        }
    }

    /** Whether it ends with words of the model, which it would have to go on with. */
    public boolean endsWithOwnWords() {
        List<Part> last = turns.get(turns.size() - 1).parts();
        return turns.get(turns.size() - 1).ofModel()
                && last.get(last.size() - 1) instanceof Part.Text
                // A turn that the backend interrupted at tools of its own is sent back as it is.
                && last.stream().noneMatch(Part.Opaque.class::isInstance);
    }

    /** Whether the turn that the model goes on with, if there is one, begins with its thinking. */
    public boolean goesOnWithThinking() {
        int last = turns.size() - 1;
        boolean results = !turns.get(last).ofModel() && turns.get(last).parts().get(0) instanceof Part.ToolResult;
        int open = turns.get(last).ofModel() ? last : results ? last - 1 : -1;
        if (open < 0 || !turns.get(open).ofModel()) {
            return true;
        }
        Part first = turns.get(open).parts().get(0);
        return first instanceof Part.Thinking
                || (first instanceof Part.Opaque opaque && opaque.type().endsWith("thinking"));
    }

    /** Writes the fields {@code system}, if there are instructions, and {@code messages}; once. */
    public void write(JsonWriter json) {
        if (system.size() == 1 && !CacheMarks.any(system)) {
            json.field("system", ((Part.Text) system.get(0)).text());
        } else if (!system.isEmpty()) {
            json.name("system");
            content(json, system);
        }
        json.name("messages").beginArray();
        for (Turns.Turn turn : turns) {
            json.beginObject().field("role", turn.ofModel() ? "assistant" : "user");
            json.name("content");
            content(json, turn.parts());
            json.endObject();
        }
        json.endArray();
    }

    private void content(JsonWriter json, List<Part> parts) {
        json.beginArray();
        for (Part part : parts) {
            blocks.write(json, part, marks.next(part));
        }
        json.endArray();
    }
}
