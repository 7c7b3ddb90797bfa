package dev.avionics.gateway;

import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the answer of one call goes on at another target: whether it may, and what that target is asked. Used serially. */
final class Continuation {
    /** Fields of backends' own that bind the answer to a form, or ask for more than its text. */
    private static final Set<String> BINDING = Set.of(
            "grammar",
            "json_schema",
            "response_format",
            "format",
            "tools",
            "tool_choice",
            "functions",
            "logprobs",
            "n_probs",
            "echo");

    private final InferenceRequest asked;
    private final @Nullable String bound;
    private final Delivered delivered = new Delivered();
    private @Nullable Seam seam;

    Continuation(InferenceRequest asked) {
        this.asked = asked;
        bound = bound(asked);
    }

    private static @Nullable String bound(InferenceRequest request) {
        if (!request.tools().isEmpty()) {
            return "answers with tools do not go on elsewhere";
        }
        if (request.output().kind() != OutputFormat.Kind.TEXT) {
            return "answers in JSON do not go on elsewhere";
        }
        ThinkingOptions thinking = request.thinking();
        if (thinking != null && thinking.enabled()) {
            return "answers with thinking do not go on elsewhere";
        }
        for (String field : request.extra().keySet()) {
            if (BINDING.contains(field)) {
                return "answers with the field " + field + " do not go on elsewhere";
            }
        }
        return null;
    }

    /** The question as its first targets get it: who can is asked for tokens. */
    InferenceRequest first(Capabilities can) {
        return bound == null && can.of(Feature.CONTINUE_TOKENS) == Support.YES
                ? asked.toBuilder().extra(AnswerTokens.ASK, true).build()
                : asked;
    }

    /** An attempt whose content is noted. */
    DeliveryWatch watch(InferenceStream<InferenceEvent> answer, InferenceRequest question, Delivered.Part part) {
        Seam next = seam;
        seam = null;
        return new DeliveryWatch(answer, question, part, next);
    }

    Delivered delivered() {
        return delivered;
    }

    /** Why the answer cannot go on anywhere; null if it may. */
    @Nullable
    String barred(InferenceException why) {
        if (bound != null) {
            return bound;
        }
        String other = delivered.other();
        if (other != null) {
            return "answers with " + other + " do not go on elsewhere";
        }
        return switch (why.category()) {
            case CONNECTION, TIMEOUT, SERVER_ERROR, OVERLOADED -> null;
            default -> "another target is no remedy for that";
        };
    }

    /**
     * What a target is asked that goes on.
     *
     * @param sameModel whether it serves the model whose answer broke off
     * @throws InferenceException of category UNSUPPORTED if it cannot go on
     */
    InferenceRequest next(Capabilities can, GatewayTarget target, boolean sameModel) {
        String text = delivered.text();
        List<Message> turns = new ArrayList<>(asked.messages());
        Message last = turns.get(turns.size() - 1);
        boolean callersBeginning = last.role() == Role.ASSISTANT;
        AnswerTokens exact = sameModel && !callersBeginning ? delivered.exact() : null;
        int sent = text.length();
        if (exact != null && can.of(Feature.CONTINUE_TOKENS) == Support.YES) {
            turns.add(Message.assistant(new Part.Text(text, exact.toVendorData(), null)));
        } else if (can.of(Feature.CONTINUE_TEXT) == Support.YES) {
            // Most tokens begin with the space before their word: without it the word would be another.
            sent = text.stripTrailing().length();
            begin(turns, text.substring(0, sent), callersBeginning);
        } else {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            target + " does not go on with an answer that another target began; nothing was sent")
                    .provider(target.provider())
                    .model(target.model())
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
        seam = new Seam(text, sent, asked.sampling().stop());
        InferenceRequest.Builder next = asked.toBuilder().messages(turns);
        Integer most = asked.sampling().maxTokens();
        if (most != null) {
            next.maxTokens((int) Math.max(1, most - delivered.tokens()));
        }
        if (can.of(Feature.CONTINUE_TOKENS) == Support.YES) {
            next.extra(AnswerTokens.ASK, true);
        }
        return next.build();
    }

    private static void begin(List<Message> turns, String text, boolean callersBeginning) {
        if (callersBeginning) {
            Message begun = turns.remove(turns.size() - 1);
            List<Part> parts = new ArrayList<>(begun.parts());
            if (!text.isEmpty()) {
                parts.add(new Part.Text(text));
            }
            turns.add(new Message(Role.ASSISTANT, parts, begun.name(), begun.createdAt()));
        } else if (!text.isEmpty()) {
            turns.add(Message.assistant(text));
        }
    }
}
