package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.spi.RefusedFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells from a refusal what a model does not take, as facts that the next request heeds. */
public final class Refusals {
    static final String SIGNATURES = "signatures wanted";
    static final String ALWAYS_THINKS = "always thinks";
    static final String NO_LEVEL = "no level ";

    /** What can be left out, or sent in another form, without changing what is asked. */
    private static final List<String> OPTIONAL = List.of(
            "temperature",
            "topP",
            "topK",
            "seed",
            "presencePenalty",
            "frequencyPenalty",
            "responseJsonSchema",
            "parametersJsonSchema",
            "thinkingConfig",
            "thinkingLevel",
            "thinkingBudget",
            "systemInstruction");

    private static final Pattern LEVEL =
            Pattern.compile("thinking[ _]level[:\\s\"'\\\\]+(minimal|low|medium|high)\\b.{0,40}\\bnot supported");
    private static final Map<Pattern, List<String>> SAID = said();

    private Refusals() {}

    private static Map<Pattern, List<String>> said() {
        Map<Pattern, List<String>> said = new LinkedHashMap<>();
        said.put(
                Pattern.compile("penalty is not (enabled|supported)"),
                List.of(RefusedFields.fact("presencePenalty"), RefusedFields.fact("frequencyPenalty")));
        said.put(
                Pattern.compile("(developer|system)[ _]instructions? (is|are) not (enabled|supported)"),
                List.of(RefusedFields.fact("systemInstruction")));
        said.put(Pattern.compile("thinking[ _]level is not supported"), List.of(RefusedFields.fact("thinkingLevel")));
        said.put(Pattern.compile("thinking[ _]budget is not supported"), List.of(RefusedFields.fact("thinkingBudget")));
        said.put(
                Pattern.compile("thinking is not (enabled|supported)|not support thinking\\b"),
                List.of(RefusedFields.fact("thinkingConfig")));
        said.put(Pattern.compile("budget 0 is invalid|only works in thinking mode"), List.of(ALWAYS_THINKS));
        said.put(Pattern.compile("missing an? (valid )?`?thought[_ ]?signature"), List.of(SIGNATURES));
        return said;
    }

    /**
     * The facts that a refusal teaches.
     *
     * @param status the answer's status
     * @param body the answer's body
     */
    public static Set<String> learn(int status, String body) {
        if (status != 400) {
            return Set.of();
        }
        String text = body.toLowerCase(Locale.ROOT);
        Set<String> facts = new TreeSet<>();
        Matcher level = LEVEL.matcher(text);
        if (level.find()) {
            facts.add(NO_LEVEL + level.group(1));
            return facts;
        }
        SAID.forEach((words, learned) -> {
            if (words.matcher(text).find()) {
                facts.addAll(learned);
            }
        });
        return facts.isEmpty() ? RefusedFields.learn(status, body, OPTIONAL) : facts;
    }
}
