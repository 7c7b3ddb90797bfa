package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.spi.ModelTraits.Traits;
import dev.avionics.airframe.spi.RefusedFields;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.List;

/**
 * What holds for one model at one endpoint: the traits of the file beside the protocol, and what refusals have taught.
 *
 * @param scope knows what was learned
 * @param traits of the model
 * @param addresses of the endpoint
 */
public record ModelRules(WireScope scope, Traits traits, Addresses addresses) {
    /** Whether instructions may stand apart from the conversation. */
    public boolean takesSystemInstruction() {
        return !traits.text("system", "true").equals("false") && !isRefused("systemInstruction");
    }

    /** Whether function calls of the model have to come back signed. */
    public boolean wantsSignatures() {
        return traits.is("signatures") || scope.knows(Refusals.SIGNATURES);
    }

    /** Whether pictures may stand inside the result of a tool. */
    public boolean takesPicturesInResults() {
        return traits.is("pictures_in_results");
    }

    /** Whether tools and a JSON answer may be asked for together. */
    public boolean takesJsonWithTools() {
        return !traits.text("json_with_tools", "true").equals("false");
    }

    /** Whether the model can be held to the schemas of its tools without being made to call one. */
    public boolean validatesCalls() {
        return traits.is("validated_calls");
    }

    /** Whether schemas are sent as they are, in a field of this name, rather than cut down to Google's own dialect. */
    public boolean takesJsonSchema(String field) {
        return !traits.text("schemas", "json").equals("openapi") && !isRefused(field);
    }

    /** How the depth of thinking is told: level, budget or none. */
    String thinking() {
        if (isRefused("thinkingConfig")) {
            return "none";
        }
        String way = traits.text("thinking", "level");
        if (way.equals("level") && isRefused("thinkingLevel")) {
            return isRefused("thinkingBudget") ? "none" : "budget";
        }
        if (way.equals("budget") && isRefused("thinkingBudget")) {
            return isRefused("thinkingLevel") ? "none" : "level";
        }
        return way;
    }

    /** The levels of thinking that the model knows, rising. */
    List<String> levels() {
        List<String> levels = new ArrayList<>();
        for (String level : traits.text("levels", "low medium high").split(" ", -1)) {
            if (!scope.knows(Refusals.NO_LEVEL + level)) {
                levels.add(level);
            }
        }
        return levels;
    }

    boolean canStopThinking() {
        return !traits.text("thinking_off", "true").equals("false") && !scope.knows(Refusals.ALWAYS_THINKS);
    }

    int leastBudget() {
        return number("least_budget", 1);
    }

    int mostBudget() {
        return number("most_budget", 24_576);
    }

    private int number(String trait, int usual) {
        String value = traits.text(trait, String.valueOf(usual));
        if (!value.matches("[0-9]{1,9}")) {
            throw Unsendable.invalid(trait + ": " + value + " (expected: a number of tokens)");
        }
        return Integer.parseInt(value);
    }

    private boolean isRefused(String field) {
        return scope.knows(RefusedFields.fact(field));
    }
}
