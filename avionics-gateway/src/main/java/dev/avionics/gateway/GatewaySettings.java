package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.cost.CostCalculator;
import dev.avionics.cost.PriceFile;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.LimitSettings;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SectionSchema;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.llm.settings.SettingsSection;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code gateway} of {@code avionics.yaml}. It is read when a gateway is built; providers and agents may change while
 * it runs.
 *
 * @param fallback {@code fallback}: where calls go when their first target fails; default nowhere
 * @param retries {@code max-attempts}: attempts over all targets; default four
 * @param breaker {@code breaker}: whether targets that fail are left alone for a while; default true
 * @param textToolCalls {@code text-tool-calls}: whether tool calls written as text are read; default false
 * @param enforceResources {@code enforce-resources}: whether calls are refused after the resource callback said that it is enough;
 *     default false
 * @param budgets {@code budgets}: what may be spent; default without limit
 * @param limits {@code limits}: how often and how many at once; default without limit
 * @param cache {@code cache}: how answers are kept; empty for not at all, the default
 * @param hedging {@code hedging}: when a second target is asked beside a slow one; empty for never, the default
 * @param singleFlight {@code single-flight}: whether identical calls in the air make one; default false
 * @param prices {@code prices}: a file of prices on top of the bundled ones; default none
 * @param pricesRefresh {@code prices-refresh}: how often the file is looked at; default every minute
 */
public record GatewaySettings(
        FallbackPolicy fallback,
        RetryPolicy retries,
        boolean breaker,
        boolean textToolCalls,
        boolean enforceResources,
        BudgetPolicy budgets,
        LimitPolicy limits,
        Optional<CacheRules> cache,
        Optional<HedgeRules> hedging,
        boolean singleFlight,
        Optional<Path> prices,
        Duration pricesRefresh) {
    private static final Duration DEFAULT_REFRESH = Duration.ofMinutes(1);
    private static final SectionSchema FALLBACK = SectionSchema.builder()
            .texts("targets", "Where a call goes when its first target fails, in order: provider or provider/model.")
            .seconds("first-content", "15", "The longest wait for the first content while another target is left.")
            .oneOf("after-commit", AfterCommit.FAIL, "What happens when a target fails after content was delivered.")
            .flag("after-refusal", false, "Whether a request that a target refuses as wrong goes on to the next one.")
            .texts("context-length", "Targets for prompts that are too long.")
            .texts("content-filter", "Targets for what another's filter stopped.")
            .texts("rate-limited", "Targets after too many requests.")
            .build();

    private static final SectionSchema CACHE = SectionSchema.builder()
            .flag("enabled", true, "Whether answers are kept.")
            .seconds("ttl", "600", "How long an answer is given again.")
            .whole("entries", 1, "100", "How many answers are kept in the memory of the process.")
            .whole("entry-bytes", 1, "1048576", "The largest answer that is kept.")
            .flag("any-temperature", false, "Whether calls of any temperature are kept, not only those of 0.")
            .build();

    private static final SectionSchema HEDGING = SectionSchema.builder()
            .flag("enabled", true, "Whether a second target is asked beside one that takes longer than usual.")
            .number("percentile", 0, "0.95", "Which share of a target's times to its first content are usual.")
            .seconds("initial", "2", "The wait before a target is known.")
            .seconds("floor", "0.05", "The shortest wait.")
            .seconds("ceiling", "10", "The longest wait.")
            .number("share", 0, "0.1", "The most extra calls, as a share of all calls.")
            .build();

    private static final SectionSchema SCHEMA = SectionSchema.builder()
            .section("fallback", FALLBACK, "Where calls go when their first target fails.")
            .whole("max-attempts", 1, "4", "Attempts of a call over all targets.")
            .flag("breaker", true, "Whether targets that fail are left alone for a while.")
            .flag("text-tool-calls", false, "Whether tool calls that a model writes as JSON text are read.")
            .flag(
                    "enforce-resources",
                    false,
                    "Whether calls are refused after the resource callback said that it is enough.")
            .section("budgets", LimitSettings.budgetsSchema(), "What may be spent.")
            .section("limits", LimitSettings.limitsSchema(), "How often and how many at once.")
            .section("hedging", HEDGING, "Second targets beside slow ones; without the section there are none.")
            .section("cache", CACHE, "How answers are kept; without the section they are not.")
            .flag("single-flight", false, "Whether identical calls in the air make one.")
            .text("prices", null, "A file of prices on top of the bundled ones.")
            .seconds("prices-refresh", "60", "How often the file of prices is looked at.")
            .build();

    /** The settings that name targets for one kind of failures. */
    private static final Map<String, ErrorCategory> BY_CATEGORY = Map.of(
            "context-length", ErrorCategory.CONTEXT_LENGTH,
            "content-filter", ErrorCategory.CONTENT_FILTER,
            "rate-limited", ErrorCategory.RATE_LIMITED);

    public GatewaySettings {
        requireNonNull(fallback, "fallback");
        requireNonNull(retries, "retries");
        requireNonNull(budgets, "budgets");
        requireNonNull(limits, "limits");
        requireNonNull(cache, "cache");
        requireNonNull(hedging, "hedging");
        requireNonNull(prices, "prices");
        requireNonNull(pricesRefresh, "pricesRefresh");
    }

    /** The fields of the section. */
    public static SectionSchema schema() {
        return SCHEMA;
    }

    /**
     * What the section says.
     *
     * @throws SettingsException if something there is wrong; it names the field and the file
     */
    public static GatewaySettings of(AvionicsSettings settings) {
        SettingsSection section = SettingsSection.of(settings, "gateway").allow(SCHEMA);
        return new GatewaySettings(
                fallback(section.inner("fallback").allow(FALLBACK), settings),
                section.whole("max-attempts", 1)
                        .map(attempts -> RetryPolicy.DEFAULT.withMaxRetries(attempts - 1))
                        .orElse(RetryPolicy.DEFAULT),
                section.flag("breaker").orElse(true),
                section.flag("text-tool-calls").orElse(false),
                section.flag("enforce-resources").orElse(false),
                LimitSettings.budgets(section.inner("budgets")),
                LimitSettings.limits(section.inner("limits")),
                section.has("cache") ? cache(section.inner("cache").allow(CACHE)) : Optional.empty(),
                section.has("hedging") ? hedging(section.inner("hedging").allow(HEDGING)) : Optional.empty(),
                section.flag("single-flight").orElse(false),
                section.value("prices", Path::of, "a file's path"),
                section.seconds("prices-refresh").orElse(DEFAULT_REFRESH));
    }

    private static Optional<HedgeRules> hedging(SettingsSection section) {
        HedgeRules byDefault = HedgeRules.DEFAULT;
        try {
            HedgeRules rules = new HedgeRules(
                    section.number("percentile").map(BigDecimal::doubleValue).orElse(byDefault.percentile()),
                    section.seconds("initial").orElse(byDefault.initial()),
                    byDefault.leastSamples(),
                    section.seconds("floor").orElse(byDefault.floor()),
                    section.seconds("ceiling").orElse(byDefault.ceiling()),
                    section.number("share").map(BigDecimal::doubleValue).orElse(byDefault.share()));
            return section.flag("enabled").orElse(true) ? Optional.of(rules) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw section.wrong(e);
        }
    }

    private static Optional<CacheRules> cache(SettingsSection section) {
        CacheRules rules = CacheRules.DEFAULT
                .withTtl(section.seconds("ttl").orElse(CacheRules.DEFAULT.ttl()))
                .withEntries(section.whole("entries", 1).orElse(CacheRules.DEFAULT.entries()))
                .withEntryBytes(section.whole("entry-bytes", 1).orElse(CacheRules.DEFAULT.entryBytes()))
                .withAnyTemperature(section.flag("any-temperature").orElse(false));
        return section.flag("enabled").orElse(true) ? Optional.of(rules) : Optional.empty();
    }

    private static FallbackPolicy fallback(SettingsSection section, AvionicsSettings settings) {
        FallbackPolicy policy = FallbackPolicy.to(targets(section, "targets", settings))
                .withFirstContent(section.seconds("first-content").orElse(FallbackPolicy.DEFAULT_FIRST_CONTENT))
                .withAfterCommit(
                        section.oneOf("after-commit", AfterCommit.class).orElse(AfterCommit.FAIL))
                .withAfterRefusal(section.flag("after-refusal").orElse(false));
        for (Map.Entry<String, ErrorCategory> each : BY_CATEGORY.entrySet()) {
            if (section.has(each.getKey())) {
                policy = policy.with(each.getValue(), targets(section, each.getKey(), settings));
            }
        }
        return policy;
    }

    private static List<GatewayTarget> targets(SettingsSection section, String field, AvionicsSettings settings) {
        return section.texts(field).stream()
                .map(text -> {
                    try {
                        GatewayTarget target = GatewayTarget.parse(text);
                        // A name that nobody knows is told now, not when the first target has failed.
                        settings.typeOf(target.provider());
                        return target;
                    } catch (IllegalArgumentException unknown) {
                        throw section.wrong(field + ": " + text, "provider or provider/model; " + unknown.getMessage());
                    }
                })
                .toList();
    }

    /**
     * Sets all of this in a builder. A file of prices is read, followed while the gateway lives, and closed with it.
     *
     * @throws SettingsException if there is a file of prices that cannot be used
     */
    void applyTo(GatewayBuilder gateway) {
        gateway.retryPolicy(retries)
                .breaker(breaker)
                .textToolCalls(textToolCalls)
                .enforceResources(enforceResources)
                .limits(limits);
        gateway.singleFlight(singleFlight);
        cache.ifPresent(gateway::cache);
        hedging.ifPresent(gateway::hedging);
        if (budgets.isLimited()) {
            gateway.budgets(budgets);
        }
        CostCalculator calculator =
                prices.map(file -> calculator(file, gateway)).orElseGet(CostCalculator::shared);
        gateway.pricing(Pricing.of(calculator));
        gateway.fallback(fallback.withWindows(
                (provider, model) -> calculator.prices().contextWindow(provider, model, gateway.clock.instant())));
    }

    private CostCalculator calculator(Path file, GatewayBuilder gateway) {
        PriceFile followed;
        try {
            followed = PriceFile.builder(file)
                    .watch(pricesRefresh, gateway.airframe.scheduler())
                    .open();
        } catch (IOException | IllegalArgumentException bad) {
            throw new SettingsException("gateway.prices: " + bad.getMessage() + " (expected: a file of prices)");
        }
        gateway.owns(followed);
        return CostCalculator.builder().prices(followed).build();
    }
}
