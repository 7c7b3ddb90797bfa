package dev.avionics.airframe.openai.chat;

import dev.avionics.airframe.spi.RefusedFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Tells from a refusal what the server does not take, so that it can be left out: facts such as {@code no stream_options}. */
final class Refusals {
    static final String NO_DEVELOPER = "no developer role";
    static final String NO_JSON_SCHEMA = "no json_schema";
    static final String NO_STRICT = "no strict";

    /** What can be left out, or sent in another form, without changing what is asked. */
    private static final List<String> OPTIONAL = List.of(
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "random_seed",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "repeat_penalty",
            "reasoning_effort",
            "reasoning",
            "thinking",
            "enable_thinking",
            "chat_template_kwargs",
            "parallel_tool_calls",
            "response_format",
            "stop",
            "safety_identifier",
            "user");

    private Refusals() {}

    /**
     * The facts that a refusal teaches.
     *
     * @param status the answer's status
     * @param body the answer's body
     * @param known what was learned before
     */
    static Set<String> learn(int status, String body, Set<String> known) {
        String text = body.toLowerCase(Locale.ROOT);
        if ((status == 400 || status == 404)
                && text.contains("v1/responses")
                && !known.contains(ChatWire.USE_RESPONSES)) {
            return Set.of(ChatWire.USE_RESPONSES);
        }
        if (!RefusedFields.speaksOfFields(status, body)) {
            return Set.of();
        }
        String param = RefusedFields.param(body);
        Set<String> facts = new TreeSet<>();
        if (text.contains("'developer'") || text.contains("\"developer\"") || text.contains("developer role")) {
            facts.add(NO_DEVELOPER);
        } else {
            facts.addAll(RefusedFields.learn(status, body, OPTIONAL));
        }
        if (facts.contains(RefusedFields.fact("max_tokens"))
                && facts.contains(RefusedFields.fact("max_completion_tokens"))) {
            // "Use max_completion_tokens instead" names both: the one it asks for stays.
            boolean oldWanted = text.indexOf("max_tokens") > text.indexOf("max_completion_tokens");
            facts.remove(RefusedFields.fact(oldWanted ? "max_tokens" : "max_completion_tokens"));
        }
        if (facts.contains(RefusedFields.fact("response_format"))
                && !known.contains(NO_JSON_SCHEMA)
                && !RefusedFields.names(text, "json_object")) {
            facts.remove(RefusedFields.fact("response_format"));
            facts.add(NO_JSON_SCHEMA);
        }
        if (text.contains("strict") && (param.endsWith("strict") || RefusedFields.names(text, "strict"))) {
            facts.add(NO_STRICT);
        }
        facts.removeAll(known);
        return facts;
    }
}
