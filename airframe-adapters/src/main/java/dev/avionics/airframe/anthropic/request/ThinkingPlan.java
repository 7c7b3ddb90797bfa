package dev.avionics.airframe.anthropic.request;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a model is asked to think in one request.
 *
 * @param json the value of {@code thinking}, or null to leave it to the model
 * @param effort the value of {@code output_config.effort}, or null
 * @param thinks whether thinking was asked for, which other options have to heed
 */
record ThinkingPlan(@Nullable String json, @Nullable String effort, boolean thinks) {
    private static final int LEAST_BUDGET = 1024;
    private static final String WHAT = "thinking";

    /** Nothing is said of thinking. */
    static final ThinkingPlan UNSAID = new ThinkingPlan(null, null, false);

    /**
     * Plans by what the model knows.
     *
     * @param maxTokens the limit of new tokens, thinking included
     * @param goesOn whether the turn that the model goes on with begins with its thinking, as budgets demand
     */
    static ThinkingPlan of(
            ModelRules rules,
            @Nullable ThinkingOptions options,
            int maxTokens,
            boolean goesOn,
            List<Adjustment> adjustments) {
        if (options == null) {
            return UNSAID;
        }
        ModelRules.Thinking mode = rules.thinking();
        if (mode == ModelRules.Thinking.NONE) {
            if (options.enabled()) {
                adjustments.add(Adjustment.dropped(WHAT, "the model does not think apart from its answer"));
            }
            return UNSAID;
        }
        if (!options.enabled()) {
            return off(rules, adjustments);
        }
        Integer budget = options.budgetTokens();
        if (mode == ModelRules.Thinking.ADAPTIVE || (mode == ModelRules.Thinking.BOTH && budget == null)) {
            if (budget != null) {
                adjustments.add(Adjustment.changed("thinking budget", "the model takes a depth, no number of tokens"));
            }
            String effort = effort(rules, options.effort(), adjustments);
            return new ThinkingPlan("{\"type\":\"adaptive\",\"display\":\"summarized\"}", effort, true);
        }
        return budget(options, maxTokens, goesOn, adjustments);
    }

    private static ThinkingPlan off(ModelRules rules, List<Adjustment> adjustments) {
        switch (rules.thinkingOff()) {
            case "between_tools" -> {
                adjustments.add(Adjustment.changed(
                        WHAT, "the model cannot be kept from thinking: it is asked to do so between tools only"));
                return new ThinkingPlan("{\"type\":\"between_tools\"}", null, false);
            }
            case "least" -> {
                adjustments.add(
                        Adjustment.changed(WHAT, "the model cannot be kept from thinking: it is asked for the least"));
                return new ThinkingPlan(null, rules.efforts().get(0), false);
            }
            default -> {
                return new ThinkingPlan("{\"type\":\"disabled\"}", null, false);
            }
        }
    }

    private static @Nullable String effort(ModelRules rules, Effort wanted, List<Adjustment> adjustments) {
        List<String> known = rules.efforts();
        switch (wanted) {
            case MINIMAL:
                return known.get(0);
            case MAX:
                return known.get(known.size() - 1);
            default:
                String word = wanted.name().toLowerCase(Locale.ROOT);
                String next = rules.effortNextTo(word);
                if (!word.equals(next)) {
                    adjustments.add(Adjustment.changed("thinking effort", "the model knows " + known + " only"));
                }
                return next;
        }
    }

    private static ThinkingPlan budget(
            ThinkingOptions options, int maxTokens, boolean goesOn, List<Adjustment> adjustments) {
        if (maxTokens <= LEAST_BUDGET) {
            adjustments.add(Adjustment.dropped(
                    WHAT, "it takes " + LEAST_BUDGET + " tokens at least, and maxTokens is " + maxTokens));
            return UNSAID;
        }
        if (!goesOn) {
            adjustments.add(Adjustment.dropped(
                    WHAT, "the turn that the model goes on with does not begin with thinking of its own"));
            return UNSAID;
        }
        Integer asked = options.budgetTokens();
        int budget = asked == null ? share(options.effort(), maxTokens) : asked;
        if (budget < LEAST_BUDGET) {
            budget = LEAST_BUDGET;
        } else if (budget >= maxTokens) {
            // A quarter is left for the answer.
            budget = Math.max(LEAST_BUDGET, maxTokens - maxTokens / 4);
        }
        if (asked != null && asked != budget) {
            adjustments.add(Adjustment.changed(
                    "thinking budget",
                    "it is " + budget + ": at least " + LEAST_BUDGET + " and below maxTokens, " + maxTokens));
        }
        return new ThinkingPlan("{\"type\":\"enabled\",\"budget_tokens\":" + budget + "}", null, true);
    }

    /** A depth as a part of all new tokens, so that some are always left for the answer. */
    private static int share(Effort effort, int maxTokens) {
        long percent = switch (effort) {
            case NONE, MINIMAL -> 0;
            case LOW -> 20;
            case MEDIUM -> 40;
            case HIGH -> 60;
            case XHIGH -> 75;
            case MAX -> 90;
        };
        return (int) Math.max(LEAST_BUDGET, maxTokens * percent / 100);
    }
}
