package dev.avionics.gateway.limit;

import dev.avionics.gateway.GatewayTarget;
import dev.avionics.llm.settings.SectionSchema;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.llm.settings.SettingsSection;
import java.util.function.BiConsumer;

/**
 * Reads {@code gateway.budgets} and {@code gateway.limits} of {@code avionics.yaml}. Below agents, keys, providers and targets stand
 * names; {@code default} holds for each name that has no entry.
 */
public final class LimitSettings {
    private static final String DEFAULT = "default";
    private static final String AGENTS = "agents";
    private static final String KEYS = "keys";
    private static final String EACH = " By name; default is for each that has no entry.";

    private static final SectionSchema BUDGET = SectionSchema.builder()
            .number("day", 0, null, "US dollars a day, in UTC.")
            .number("month", 0, null, "US dollars a month, in UTC.")
            .build();

    private static final SectionSchema BUDGETS = SectionSchema.builder()
            .named(AGENTS, BUDGET, "What each agent may spend." + EACH)
            .named(KEYS, BUDGET, "What each key may spend." + EACH)
            .named("providers", BUDGET, "What may be spent at each provider." + EACH)
            .whole("reserve-output-tokens", 0, "1024", "How long an answer is thought to become before it is known.")
            .oneOf("unpriced", Unpriced.ALLOW, "What happens to models whose price nobody knows.")
            .build();

    private static final SectionSchema RATES = SectionSchema.builder()
            .whole("requests", 0, "0", "Requests a minute; 0 for no limit.")
            .whole("tokens", 0, "0", "Tokens a minute, input and output together; 0 for no limit.")
            .build();

    private static final SectionSchema AGENT = SectionSchema.builder()
            .whole("requests", 0, "0", "Requests a minute; 0 for no limit.")
            .whole("tokens", 0, "0", "Tokens a minute, input and output together; 0 for no limit.")
            .whole("concurrent", 0, "0", "Calls at once; 0 for no limit.")
            .build();

    private static final SectionSchema TARGET = SectionSchema.builder()
            .whole("requests", 0, "0", "Requests a minute; 0 for no limit.")
            .whole("tokens", 0, "0", "Tokens a minute, input and output together; 0 for no limit.")
            .whole("concurrent", 0, "0", "Attempts at once; 0 for no limit.")
            .flag("adaptive", false, "Whether the most attempts at once are found out from what the target refuses.")
            .build();

    private static final SectionSchema LIMITS = SectionSchema.builder()
            .named(AGENTS, AGENT, "How often and how many at once, by agent." + EACH)
            .named(KEYS, RATES, "How often, by the caller's key." + EACH)
            .named("targets", TARGET, "What each target takes, by provider or provider/model." + EACH)
            .whole("waiting", 0, "1000", "The most calls that wait for the same thing.")
            .seconds("longest-wait", "30", "How long a call waits at most for its turn.")
            .build();

    private LimitSettings() {}

    /** The fields of {@code gateway.budgets}. */
    public static SectionSchema budgetsSchema() {
        return BUDGETS;
    }

    /** The fields of {@code gateway.limits}. */
    public static SectionSchema limitsSchema() {
        return LIMITS;
    }

    /**
     * The budgets of a section.
     *
     * @throws SettingsException if something there is wrong
     */
    public static BudgetPolicy budgets(SettingsSection section) {
        section.allow(BUDGETS);
        BudgetPolicy.Builder policy = BudgetPolicy.builder();
        each(section, AGENTS, (name, each) -> {
            Budget budget = budget(each);
            if (name.equals(DEFAULT)) {
                policy.perAgent(budget);
            } else {
                policy.agent(name, budget);
            }
        });
        each(section, KEYS, (name, each) -> {
            Budget budget = budget(each);
            if (name.equals(DEFAULT)) {
                policy.perKey(budget);
            } else {
                policy.key(name, budget);
            }
        });
        each(section, "providers", (name, each) -> {
            Budget budget = budget(each);
            if (name.equals(DEFAULT)) {
                policy.perProvider(budget);
            } else {
                policy.provider(name, budget);
            }
        });
        section.whole("reserve-output-tokens", 0).ifPresent(policy::reserveOutputTokens);
        section.oneOf("unpriced", Unpriced.class).ifPresent(policy::unpriced);
        return policy.build();
    }

    /**
     * The limits of a section.
     *
     * @throws SettingsException if something there is wrong
     */
    public static LimitPolicy limits(SettingsSection section) {
        section.allow(LIMITS);
        LimitPolicy.Builder policy = LimitPolicy.builder();
        each(section, AGENTS, (name, each) -> {
            RateLimits rates = rates(each.allow(AGENT));
            int concurrent = each.whole("concurrent", 0).orElse(0);
            if (name.equals(DEFAULT)) {
                policy.perAgent(rates).concurrentPerAgent(concurrent);
            } else {
                policy.agent(name, rates).concurrent(name, concurrent);
            }
        });
        each(section, KEYS, (name, each) -> {
            RateLimits rates = rates(each.allow(RATES));
            if (name.equals(DEFAULT)) {
                policy.perKey(rates);
            } else {
                policy.key(name, rates);
            }
        });
        each(section, "targets", (name, each) -> {
            TargetLimits limits = new TargetLimits(
                    rates(each.allow(TARGET)),
                    each.whole("concurrent", 0).orElse(0),
                    each.flag("adaptive").orElse(false));
            if (name.equals(DEFAULT)) {
                policy.perTarget(limits);
            } else {
                policy.target(GatewayTarget.parse(name), limits);
            }
        });
        section.whole("waiting", 0).ifPresent(policy::waiting);
        section.seconds("longest-wait").ifPresent(policy::longestWait);
        return policy.build();
    }

    private static void each(SettingsSection section, String field, BiConsumer<String, SettingsSection> read) {
        SettingsSection below = section.inner(field);
        for (String name : below.names()) {
            SettingsSection each = below.inner(name);
            try {
                read.accept(name, each);
            } catch (IllegalArgumentException e) {
                throw each.wrong(e);
            }
        }
    }

    private static Budget budget(SettingsSection section) {
        section.allow(BUDGET);
        return new Budget(
                section.number("day").orElse(null), section.number("month").orElse(null));
    }

    private static RateLimits rates(SettingsSection section) {
        return new RateLimits(
                section.whole("requests", 0).orElse(0),
                section.whole("tokens", 0).orElse(0));
    }
}
