package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.spi.RefusedFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Tells from a refusal what the server does not take, so that it can be left out, or sent in another form. */
final class Refusals {
    static final String NO_DEVELOPER = "no developer role";
    static final String NO_SUMMARY = "no reasoning.summary";
    static final String NO_STRICT = "no strict";

    /** What can be left out without changing what is asked. */
    private static final List<String> OPTIONAL = List.of(
            "temperature", "top_p", "reasoning", "parallel_tool_calls", "include", "store", "safety_identifier");

    private Refusals() {}

    static Set<String> learn(int status, String body, Set<String> known) {
        if (!RefusedFields.speaksOfFields(status, body)
                && !(status == 400 && RefusedFields.param(body).equals("reasoning.summary"))) {
            return Set.of();
        }
        String text = body.toLowerCase(Locale.ROOT);
        String param = RefusedFields.param(body);
        Set<String> facts = new TreeSet<>();
        if (text.contains("'developer'") || text.contains("\"developer\"") || text.contains("developer role")) {
            facts.add(NO_DEVELOPER);
        } else if (param.equals("reasoning.summary")) {
            facts.add(NO_SUMMARY);
        } else if (text.contains("encrypted content is not supported")) {
            facts.add(RefusedFields.fact("include"));
        } else if (param.endsWith("strict") || (param.isEmpty() && RefusedFields.names(text, "strict"))) {
            facts.add(NO_STRICT);
        } else {
            facts.addAll(RefusedFields.learn(status, body, OPTIONAL));
        }
        facts.removeAll(known);
        return facts;
    }
}
