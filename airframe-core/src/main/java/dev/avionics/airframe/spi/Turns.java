package dev.avionics.airframe.spi;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation for protocols that know two speakers in turn and keep instructions apart: messages of one speaker in a row
 * are one turn, and results of tools stand first in the user's.
 *
 * @param instructions the parts of all system messages, in order
 * @param turns the rest; neighbours have different speakers, none is empty
 */
public record Turns(List<Part> instructions, List<Turn> turns) {
    /**
     * One speaker's turn.
     *
     * @param ofModel whether the model speaks; else the user and the tools
     * @param parts what is said, at least one
     */
    public record Turn(boolean ofModel, List<Part> parts) {
        public Turn {
            parts = List.copyOf(parts);
        }
    }

    public Turns {
        instructions = List.copyOf(instructions);
        turns = List.copyOf(turns);
    }

    /**
     * Sorts messages into turns.
     *
     * @param adjustments is told if speakers have names, which are left out, and if instructions were given in mid-conversation,
     *     which lose their place
     */
    public static Turns of(List<Message> messages, List<Adjustment> adjustments) {
        List<Part> instructions = new ArrayList<>();
        List<Turn> turns = new ArrayList<>();
        List<Part> open = new ArrayList<>();
        boolean ofModel = false;
        boolean moved = false;
        boolean named = false;
        for (Message message : messages) {
            named |= message.name() != null;
            if (message.role() == Role.SYSTEM) {
                moved |= !open.isEmpty() || !turns.isEmpty();
                instructions.addAll(message.parts());
                continue;
            }
            boolean next = message.role() == Role.ASSISTANT;
            if (next != ofModel) {
                close(turns, ofModel, open);
                ofModel = next;
            }
            open.addAll(message.parts());
        }
        close(turns, ofModel, open);
        if (named) {
            adjustments.add(Adjustment.dropped("message.name", "the backend takes no names of speakers"));
        }
        if (moved) {
            adjustments.add(
                    Adjustment.changed("system message", "instructions in mid-conversation were put in front of it"));
        }
        return new Turns(instructions, turns);
    }

    private static void close(List<Turn> turns, boolean ofModel, List<Part> open) {
        if (open.isEmpty()) {
            return;
        }
        List<Part> sorted = new ArrayList<>(open.size());
        if (!ofModel) {
            open.stream().filter(Part.ToolResult.class::isInstance).forEach(sorted::add);
            open.removeIf(Part.ToolResult.class::isInstance);
        }
        sorted.addAll(open);
        turns.add(new Turn(ofModel, sorted));
        open.clear();
    }
}
