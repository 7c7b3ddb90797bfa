package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.cost.CostCalculator;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.cache.SemanticRules;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.llm.Embedding;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds an {@link LLMGateway}; not thread-safe. */
public final class GatewayBuilder {
    final ProviderLookup providers;
    final Airframe airframe;
    final List<LayerOrder.Placed<GatewayLayer>> callLayers = new ArrayList<>();
    final List<LayerOrder.Placed<AttemptLayer>> attemptLayers = new ArrayList<>();
    final List<AutoCloseable> owned = new ArrayList<>();
    FallbackPolicy fallback = FallbackPolicy.NONE;
    RetryPolicy retries = RetryPolicy.DEFAULT;

    @Nullable
    HedgeRules hedging;

    Pricing pricing = Pricing.of(CostCalculator.shared());
    LLMTelemetry telemetry = LLMTelemetry.off();
    LimitPolicy limits = LimitPolicy.NONE;
    boolean breaker = true;
    boolean textTools;
    boolean enforceResources;

    @Nullable
    BudgetPolicy budgets;

    @Nullable
    SharedState state;

    @Nullable
    CacheRules cache;

    @Nullable
    SemanticRules semanticRules;

    @Nullable
    Embedding semanticEmbedding;

    boolean singleFlight;

    @Nullable
    ResourceCallback resourceCallback;

    @Nullable
    Consumer<StreamingChunk> streamingCallback;

    Ticker ticker = Ticker.system();
    Clock clock = Clock.systemUTC();

    GatewayBuilder(ProviderLookup providers, Airframe airframe) {
        this.providers = requireNonNull(providers, "providers");
        this.airframe = requireNonNull(airframe, "airframe");
    }

    /**
     * Everything that {@code avionics.yaml} says of the gateway. Later calls of this builder win over it.
     *
     * @throws dev.avionics.llm.settings.SettingsException if there is a file of prices that cannot be used
     */
    public GatewayBuilder settings(GatewaySettings value) {
        value.applyTo(this);
        return this;
    }

    /** Lets those add to this that {@link ServiceLoader} finds with a class loader, such as that of a separate jar. */
    public GatewayBuilder discover(ClassLoader loader) {
        ServiceLoader.load(GatewayCustomizer.class, loader).forEach(customizer -> customizer.customize(this));
        return this;
    }

    /** Where calls go when their first target fails; default nowhere. */
    public GatewayBuilder fallback(FallbackPolicy value) {
        fallback = requireNonNull(value, "value");
        return this;
    }

    /** How often a call is tried, over all targets; default {@link RetryPolicy#DEFAULT}, which is four times. */
    public GatewayBuilder retryPolicy(RetryPolicy value) {
        retries = requireNonNull(value, "value");
        return this;
    }

    /**
     * When a second target is asked beside the first; null, the default, for never. The targets are those of {@link #fallback}. Extra
     * calls cost extra money.
     */
    public GatewayBuilder hedging(@Nullable HedgeRules value) {
        hedging = value;
        return this;
    }

    /** What calls cost; default the prices of {@link CostCalculator#shared}. */
    public GatewayBuilder pricing(Pricing value) {
        pricing = requireNonNull(value, "value");
        return this;
    }

    /** Is told of every call: one span and its metrics for each, one span below for each attempt; default nobody. */
    public GatewayBuilder telemetry(LLMTelemetry value) {
        telemetry = requireNonNull(value, "value");
        return this;
    }

    /** Whether targets that fail are left alone for a while; default true. */
    public GatewayBuilder breaker(boolean value) {
        breaker = value;
        return this;
    }

    /** What may be spent, by agent, key and provider; default without limit. */
    public GatewayBuilder budgets(BudgetPolicy value) {
        budgets = requireNonNull(value, "value");
        return this;
    }

    /**
     * How often and how many at once, by agent, key and target; default {@link LimitPolicy#NONE}. What targets say themselves of
     * their limits is followed in any case.
     */
    public GatewayBuilder limits(LimitPolicy value) {
        limits = requireNonNull(value, "value");
        return this;
    }

    /**
     * Where budgets and limits are counted and answers kept; default the memory of this process. It stays its owner's: see {@link #owns} for one that
     * is to be closed with the gateway.
     */
    public GatewayBuilder state(SharedState value) {
        state = requireNonNull(value, "value");
        return this;
    }

    /**
     * Keeps whole answers and gives them to those who ask the same: in the memory of this process, or in the {@link #state} if one is
     * given. Default no cache.
     */
    public GatewayBuilder cache(CacheRules value) {
        cache = requireNonNull(value, "value");
        return this;
    }

    /**
     * Gives answers also to those who ask the same in other words, which the vectors of their questions tell. Default no such cache.
     *
     * @param embedding makes the vectors; stays its owner's
     */
    public GatewayBuilder semanticCache(SemanticRules value, Embedding embedding) {
        semanticRules = requireNonNull(value, "value");
        semanticEmbedding = requireNonNull(embedding, "embedding");
        return this;
    }

    /**
     * Whether identical calls that are in the air at once make one call of which all read the answer; by the same rules as the cache,
     * which is not needed for it. Default false.
     */
    public GatewayBuilder singleFlight(boolean value) {
        singleFlight = value;
        return this;
    }

    /** Whether tool calls that a model writes as JSON text are read, where it made no proper ones; default false. */
    public GatewayBuilder textToolCalls(boolean value) {
        textTools = value;
        return this;
    }

    /** Is told what calls use; null, the default, for nobody. */
    public GatewayBuilder resourceCallback(@Nullable ResourceCallback value) {
        resourceCallback = value;
        return this;
    }

    /** Whether a call is refused after the resource callback said that it is enough; default false: it is logged only. */
    public GatewayBuilder enforceResources(boolean value) {
        enforceResources = value;
        return this;
    }

    /** Is told each chunk of {@link LLMGateway#completeStream}; null, the default, for nobody. */
    public GatewayBuilder streamingCallback(@Nullable Consumer<StreamingChunk> value) {
        streamingCallback = value;
        return this;
    }

    /**
     * A layer of the program's own around calls.
     *
     * @param place see {@link LayerOrder}
     */
    public GatewayBuilder layer(int place, GatewayLayer layer) {
        callLayers.add(new LayerOrder.Placed<>(place, layer));
        return this;
    }

    /**
     * A layer of the program's own around attempts.
     *
     * @param place see {@link LayerOrder}
     */
    public GatewayBuilder attemptLayer(int place, AttemptLayer layer) {
        attemptLayers.add(new LayerOrder.Placed<>(place, layer));
        return this;
    }

    /** Something that is closed with the gateway, in this order. */
    public GatewayBuilder owns(AutoCloseable resource) {
        owned.add(requireNonNull(resource, "resource"));
        return this;
    }

    /** Measures; default the JVM's. */
    public GatewayBuilder ticker(Ticker value) {
        ticker = requireNonNull(value, "value");
        return this;
    }

    /** Dates; default the system's. */
    public GatewayBuilder clock(Clock value) {
        clock = requireNonNull(value, "value");
        return this;
    }

    public LLMGateway build() {
        return new LLMGateway(this);
    }
}
