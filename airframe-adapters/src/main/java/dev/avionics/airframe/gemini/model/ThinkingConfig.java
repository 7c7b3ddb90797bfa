package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts the wanted depth of thinking into what a model knows: a level, or a budget of tokens. */
public final class ThinkingConfig {
    private static final String WHAT = "thinking";

    private final ModelRules rules;
    private final List<Adjustment> adjustments;

    /**
     * For one request.
     *
     * @param adjustments is told what the model does not know
     */
    public ThinkingConfig(ModelRules rules, List<Adjustment> adjustments) {
        this.rules = rules;
        this.adjustments = adjustments;
    }

    /** The value of {@code thinkingConfig}; null if there is nothing to say. */
    public @Nullable String json(ThinkingOptions options) {
        return switch (rules.thinking()) {
            case "level" -> level(options);
            case "budget" -> budget(options);
            case "none" -> {
                if (options.enabled()) {
                    adjustments.add(Adjustment.dropped(WHAT, "the model does not think"));
                }
                yield null;
            }
            default -> throw Unsendable.invalid("thinking: " + rules.thinking() + " (expected: level, budget or none)");
        };
    }

    private @Nullable String level(ThinkingOptions options) {
        if (options.budgetTokens() != null) {
            adjustments.add(Adjustment.dropped("thinking budget", "the model takes a level instead"));
        }
        List<String> levels = rules.levels();
        if (levels.isEmpty()) {
            adjustments.add(Adjustment.dropped(WHAT, "the model refused every level of it"));
            return null;
        }
        String level = nearest(options.effort(), levels);
        if (!options.enabled()) {
            adjustments.add(
                    Adjustment.changed(WHAT, "the model cannot do without: it was asked for its least, " + level));
        } else if (options.effort() != Effort.MAX && !level.equalsIgnoreCase(name(options.effort()))) {
            adjustments.add(Adjustment.changed(WHAT, "the nearest level that the model knows is " + level));
        }
        return config(options).field("thinkingLevel", level).endObject().toString();
    }

    /** The same level, else the next lower one, else the lowest. */
    private static String nearest(Effort effort, List<String> levels) {
        List<Effort> all = List.of(Effort.values());
        for (int i = all.indexOf(effort); i >= 0; i--) {
            if (levels.contains(name(all.get(i)))) {
                return name(all.get(i));
            }
        }
        return levels.get(0);
    }

    private static String name(Effort effort) {
        return effort.name().toLowerCase(Locale.ROOT);
    }

    private String budget(ThinkingOptions options) {
        int least = rules.leastBudget();
        int most = rules.mostBudget();
        Integer asked = options.budgetTokens();
        int budget;
        if (!options.enabled()) {
            budget = rules.canStopThinking() ? 0 : least;
            if (budget > 0) {
                adjustments.add(Adjustment.changed(
                        WHAT, "the model cannot do without: it was given its least, " + budget + " tokens"));
            }
        } else {
            int wanted = asked == null ? usual(options.effort(), most) : asked;
            budget = Math.max(least, Math.min(most, wanted));
            if (asked != null && budget != asked) {
                adjustments.add(Adjustment.changed(
                        "thinking budget", "the model takes " + least + " to " + most + " tokens: sent " + budget));
            }
        }
        return config(options).field("thinkingBudget", budget).endObject().toString();
    }

    /** What Google's own layer for clients of OpenAI makes of efforts. */
    private static int usual(Effort effort, int most) {
        return switch (effort) {
            case NONE -> 0;
            case MINIMAL, LOW -> 1024;
            case MEDIUM -> 8192;
            case HIGH -> 24_576;
            case XHIGH, MAX -> most;
        };
    }

    private static JsonWriter config(ThinkingOptions options) {
        return new JsonWriter().beginObject().field("includeThoughts", options.enabled() ? Boolean.TRUE : null);
    }
}
