package dev.avionics.llm.client;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation that keeps its turns, with all that belongs to them: thinking and vendor data go back with the next question. A
 * question and its answer become turns when the answer has been read to its end; one that failed or was given up leaves nothing.
 * One question at a time; thread-safe.
 */
public final class Conversation {
    private final LLMClient client;
    private final String systemPrompt;
    private final ChatOptions options;
    private final List<Message> turns = new ArrayList<>();

    Conversation(LLMClient client, String systemPrompt, ChatOptions options) {
        this.client = client;
        this.systemPrompt = requireNonNull(systemPrompt, "systemPrompt");
        this.options = requireNonNull(options, "options");
    }

    /** A conversation like this with other options, which goes on from the same turns. */
    public Conversation with(ChatOptions other) {
        Conversation copy = new Conversation(client, systemPrompt, other);
        copy.turns.addAll(turns());
        return copy;
    }

    /** The turns so far, without the system prompt. */
    public synchronized List<Message> turns() {
        return List.copyOf(turns);
    }

    /** Says something; the answer comes piece by piece. */
    public InferenceStream<String> say(String text) {
        Message question = Message.user(text);
        List<Message> all = new ArrayList<>(turns());
        all.add(question);
        ResultAssembler answer = new ResultAssembler();
        return client.events(all, systemPrompt, options).map(event -> {
            answer.accept(event);
            if (event instanceof InferenceEvent.Completed) {
                add(question, answer.result().message());
            }
            return event instanceof InferenceEvent.TextDelta piece ? piece.text() : null;
        });
    }

    private synchronized void add(Message question, Message answer) {
        turns.add(question);
        turns.add(answer);
    }
}
