package dev.avionics.llm.tool;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;

/**
 * A run with tools that did not come to its end: an answer failed, with its category; the rounds were used up, REJECTED; or the
 * time, TIMEOUT. {@link #usage()} is that of the whole run.
 */
public final class ToolLoopException extends InferenceException {
    private static final long serialVersionUID = 1L;

    private final transient List<Message> messages;
    private final int rounds;

    ToolLoopException(Builder builder, List<Message> messages, int rounds) {
        super(builder);
        this.messages = List.copyOf(messages);
        this.rounds = rounds;
    }

    /** The conversation up to the last round that was whole, results of tools included: a run may go on from there. */
    public List<Message> messages() {
        return messages;
    }

    /** How many answers were asked for. */
    public int rounds() {
        return rounds;
    }
}
