package dev.avionics.airframe.llamacpp.prompt;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.Pair;
import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CacheHints;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A conversation as the model's chat template wants it. The library spoils texts beyond the basic plane when it renders, so
 * it renders marks of plain letters, and the texts take their places here.
 */
public final class PromptText {
    // What chat templates write between turns; in a user's text it would open a turn of its own.
    private static final Pattern CONTROL = Pattern.compile("<\\|([A-Za-z0-9_]+)\\|>");

    /**
     * The extra field that, when false, has the whole prompt evaluated anew, as a llama-server does: what is left from calls
     * before changes the last digits, and with them now and then an answer, also at temperature 0.
     */
    public static final String CACHE_PROMPT = "cache_prompt";

    private final List<String> texts = new ArrayList<>();
    private final List<Pair<String, String>> turns = new ArrayList<>();
    private final List<Adjustment> adjustments = new ArrayList<>();
    private String system = "";
    private String beginning = "";

    private PromptText() {}

    /**
     * Takes a conversation apart; nothing native runs.
     *
     * @throws InferenceException of category INVALID_REQUEST or UNSUPPORTED if it has turns or parts that cannot be taken
     */
    public static PromptText of(InferenceRequest request) {
        PromptText prompt = new PromptText();
        for (Message message : request.messages()) {
            prompt.add(message);
        }
        prompt.noteDropped(request);
        prompt.takeBeginning();
        if (prompt.turns.isEmpty() || !prompt.isLast("user")) {
            throw refused(
                    ErrorCategory.INVALID_REQUEST,
                    "the conversation must end with a user message, or with one behind it that begins the answer");
        }
        return prompt;
    }

    private boolean isLast(String role) {
        return !turns.isEmpty() && turns.get(turns.size() - 1).getKey().equals(role);
    }

    /** A last turn of the assistant is the beginning of its answer, behind which the model goes on. */
    private void takeBeginning() {
        if (isLast("assistant")) {
            turns.remove(turns.size() - 1);
            beginning = texts.remove(texts.size() - 1);
        }
    }

    private void noteDropped(InferenceRequest request) {
        CacheHints.drop(request.messages(), "a model in the process keeps what it read last by itself", adjustments);
        if (request.messages().stream().anyMatch(message -> message.name() != null)) {
            adjustments.add(Adjustment.dropped("message.name", "the model takes no names of speakers"));
        }
        if (request.user() != null) {
            adjustments.add(Adjustment.dropped("user", "a model in the process has no use for it"));
        }
        if (request.thinking() != null) {
            adjustments.add(Adjustment.dropped("thinking", "a model in the process has no switch for it"));
        }
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the window is fixed when the model is opened"));
        }
        for (String field : request.extra().keySet()) {
            if (!field.equals(CACHE_PROMPT)) {
                adjustments.add(Adjustment.dropped(field, "a model in the process takes no such field"));
            }
        }
    }

    /** What the model cannot take. */
    public List<Adjustment> adjustments() {
        return adjustments;
    }

    private void add(Message message) {
        StringBuilder text = new StringBuilder();
        for (Part part : message.parts()) {
            if (part instanceof Part.Text t) {
                text.append(t.text());
            } else if (part instanceof Part.Refusal refusal) {
                adjustments.add(Adjustment.changed("refusal", "sent as plain text"));
                text.append(refusal.text());
            } else if (part instanceof Part.Thinking || part instanceof Part.Opaque) {
                adjustments.add(Adjustment.dropped(part, "the model takes text only"));
            } else {
                throw refused(
                        ErrorCategory.UNSUPPORTED,
                        "a model in the process takes text only, not "
                                + part.getClass().getSimpleName());
            }
        }
        String safe = CONTROL.matcher(text).replaceAll("< |$1| >").replace("\0", "");
        if (safe.length() != text.length()) {
            adjustments.add(Adjustment.changed("text", "marks of the chat template were spaced out"));
        }
        if (message.role() == Role.SYSTEM) {
            system = system.isEmpty() ? safe : system + "\n\n" + safe;
        } else {
            turns.add(new Pair<>(message.role().wireName(), mark(texts.size())));
            texts.add(safe);
        }
    }

    private static String mark(int number) {
        return "AvionicsText" + number + "End";
    }

    /** Renders; on a slot's thread. */
    public String render(LlamaModel model) {
        String systemMark = mark(texts.size());
        InferenceParameters template =
                new InferenceParameters("").setMessages(system.isEmpty() ? null : systemMark, turns);
        String rendered = model.applyTemplate(template);
        // One pass over the frame: a text that holds a mark must not be replaced into.
        StringBuilder prompt = new StringBuilder();
        int from = 0;
        for (int at = rendered.indexOf("AvionicsText"); at >= 0; at = rendered.indexOf("AvionicsText", from)) {
            int end = rendered.indexOf("End", at);
            int number = Integer.parseInt(rendered.substring(at + "AvionicsText".length(), end));
            prompt.append(rendered, from, at).append(number == texts.size() ? system : texts.get(number));
            from = end + "End".length();
        }
        return prompt.append(rendered, from, rendered.length())
                .append(beginning)
                .toString();
    }

    private static InferenceException refused(ErrorCategory category, String message) {
        return InferenceException.builder(category, message)
                .origin(ErrorOrigin.CALLER)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
