package dev.avionics.llm.factory;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.AnthropicProvider;
import dev.avionics.llm.AzureAIFoundryProvider;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.LlamaServerProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.OpenAIProvider;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.agent.AgentSettings;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.node.NodeStatus;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes providers from settings and keeps them: equal settings give the same provider, and each agent has one of its own.
 * Settings are looked up at each call, so that those of a {@link dev.avionics.llm.settings.LiveSettings} take effect while the
 * program runs: a provider whose settings are no longer an agent's takes no new calls and goes on with those under way.
 * Thread-safe. Closes its providers when it is closed.
 */
public final class LLMFactory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LLMFactory.class);

    private final Supplier<AvionicsSettings> settings;
    private final Airframe airframe;
    private final AgentRegistry agents;
    private final @Nullable NodeFleet fleet;
    private final LLMTelemetry telemetry;
    private final Map<ProviderSettings, LLMProvider> made = new HashMap<>();
    private final Map<String, OfAgent> ofAgents = new HashMap<>();
    private boolean closed;

    /** The provider of an agent, and what it was made from. */
    private record OfAgent(Object settings, LLMProvider provider) {}

    /** A factory without agents of its own; the airframe stays its owner's. */
    public LLMFactory(AvionicsSettings settings, Airframe airframe) {
        this(fixed(settings), airframe, new AgentRegistry(), null);
    }

    /**
     * A factory; the airframe stays its owner's.
     *
     * @param settings asked at each call, from any thread
     * @param agents the agents that the program knows; may grow
     */
    public LLMFactory(Supplier<AvionicsSettings> settings, Airframe airframe, AgentRegistry agents) {
        this(settings, airframe, agents, null);
    }

    /**
     * A factory whose agents run on nodes, where the settings say {@code DEPLOYMENT_MODE=distributed}; airframe and fleet stay their
     * owner's.
     *
     * @param fleet null for none
     */
    public LLMFactory(
            Supplier<AvionicsSettings> settings, Airframe airframe, AgentRegistry agents, @Nullable NodeFleet fleet) {
        this(settings, airframe, agents, fleet, LLMTelemetry.off());
    }

    /**
     * A factory whose providers tell of their calls; airframe, fleet and telemetry stay their owner's.
     *
     * @param fleet null for none
     * @param telemetry is told of calls of {@code infer}, {@code embed} and {@code generate}; not of those by {@link
     *     LLMProvider#route}, of which the one who makes the attempts tells
     */
    public LLMFactory(
            Supplier<AvionicsSettings> settings,
            Airframe airframe,
            AgentRegistry agents,
            @Nullable NodeFleet fleet,
            LLMTelemetry telemetry) {
        this.settings = requireNonNull(settings, "settings");
        this.airframe = requireNonNull(airframe, "airframe");
        this.agents = requireNonNull(agents, "agents");
        this.fleet = fleet;
        this.telemetry = requireNonNull(telemetry, "telemetry");
    }

    private static Supplier<AvionicsSettings> fixed(AvionicsSettings settings) {
        requireNonNull(settings, "settings");
        return () -> settings;
    }

    /**
     * The provider of a name or alias, with its settings.
     *
     * @throws dev.avionics.llm.settings.SettingsException if there is no such provider, or its settings are wrong
     * @throws InferenceException of category UNSUPPORTED if this build has no adapter for it
     */
    public LLMProvider create(String providerName) {
        return create(settings.get().provider(providerName));
    }

    /**
     * The provider of these settings.
     *
     * @throws InferenceException of category UNSUPPORTED if this build has no adapter for it, of AUTHENTICATION if it is a hosted
     *     service and there is no key
     * @throws IllegalStateException if the factory is closed
     */
    public LLMProvider create(ProviderSettings wanted) {
        checkMakeable(wanted);
        synchronized (made) {
            checkOpen();
            return made.computeIfAbsent(wanted, this::make);
        }
    }

    private void checkMakeable(ProviderSettings wanted) {
        ProviderId id = wanted.provider();
        if (!isAvailable(id, airframe.adapters().kinds())) {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            "provider " + id + " is known, but there is no adapter for it here; there is one for "
                                    + String.join(", ", available()))
                    .origin(ErrorOrigin.CALLER)
                    .provider(wanted.name())
                    .build();
        }
        String missingKey = wanted.missingKey();
        if (missingKey != null) {
            throw InferenceException.builder(
                            ErrorCategory.AUTHENTICATION,
                            "provider " + wanted.name() + " needs a key: set " + missingKey)
                    .origin(ErrorOrigin.CALLER)
                    .provider(wanted.name())
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the factory is closed");
        }
    }

    /** The provider of an agent, as {@link #getProviderForAgent} keeps it. */
    public LLMProvider forAgent(String agent) {
        return getProviderForAgent(agent, true);
    }

    /**
     * A provider for an agent, whatever provider the settings give it otherwise.
     *
     * @param override the provider's name; null to leave it to the settings
     * @return kept by its settings, as with {@link #create(ProviderSettings)}
     * @throws dev.avionics.llm.settings.SettingsException if there is no such provider, or its settings are wrong
     */
    public LLMProvider forAgent(String agent, @Nullable String override) {
        return override == null ? forAgent(agent) : create(settingsOf(agent, override));
    }

    /**
     * The provider of an agent: from its own settings, or the general ones where nothing is said of it.
     *
     * @param useCache whether it is the same one each time, for as long as its settings are; else it is a new one, which the caller
     *     closes
     * @throws dev.avionics.llm.settings.SettingsException if its settings are wrong
     * @throws InferenceException as with {@link #create(ProviderSettings)}
     * @throws IllegalStateException if the factory is closed
     */
    public LLMProvider getProviderForAgent(String agent, boolean useCache) {
        AvionicsSettings now = settings.get();
        AgentSettings wanted = AgentSettings.of(now, agents, agent, null);
        Optional<NodeFleet> nodes = fleetFor(now, agent);
        if (nodes.isPresent()) {
            return kept(agent, useCache, wanted, () -> onNodes(nodes.get(), wanted, now));
        }
        ProviderSettings made = wanted.providerSettings(now);
        checkMakeable(made);
        return kept(agent, useCache, made, () -> make(made));
    }

    /** Whether the agent is registered, or has settings in {@code avionics.yaml}, or nodes of its own. */
    public boolean isKnownAgent(String agent) {
        AvionicsSettings now = settings.get();
        return agents.find(agent).isPresent()
                || now.section("agents").containsKey(agent)
                || (fleet != null
                        && now.isDistributed()
                        && fleet.profiles().forAgent(agent).isPresent());
    }

    /**
     * The provider of an agent over the nodes of the fleet: {@link #getProviderForAgent} with the cache. Without a fleet, in
     * single-node mode, or if the mock is on, it is the provider of the agent's settings; so it is, with a warning, if no node
     * names the agent.
     */
    public LLMProvider forAgentWithNodes(String agent) {
        return getProviderForAgent(agent, true);
    }

    /**
     * Says whether a node gets calls; obeyed at once.
     *
     * @throws IllegalStateException if there is no fleet
     * @throws IllegalArgumentException if there is no such node
     */
    public void markNodeHealthy(String node, boolean healthy) {
        fleetOrThrow().markNodeHealthy(node, healthy);
    }

    /** The state of each node; empty without a fleet. */
    public List<NodeStatus> nodeHealth() {
        return fleet == null ? List.of() : fleet.router().nodeHealth();
    }

    private NodeFleet fleetOrThrow() {
        if (fleet == null) {
            throw new IllegalStateException("the factory has no nodes");
        }
        return fleet;
    }

    private Optional<NodeFleet> fleetFor(AvionicsSettings now, String agent) {
        if (fleet == null || !now.isDistributed() || now.provider() == ProviderId.MOCK) {
            return Optional.empty();
        }
        if (fleet.profiles().forAgent(agent).isEmpty()) {
            LOG.warn("no_node_for_agent agent={}: it runs on the provider of its settings", agent);
            return Optional.empty();
        }
        return Optional.of(fleet);
    }

    private LLMProvider onNodes(NodeFleet nodes, AgentSettings agent, AvionicsSettings now) {
        int retries = now.text("llm.max-retries").map(Integer::parseInt).orElse(3);
        return nodes.providerBuilder(agent.name())
                .model(agent.model())
                .telemetry(telemetry)
                .retryPolicy(RetryPolicy.DEFAULT.withMaxRetries(retries))
                .defaultOptions(Map.of("temperature", agent.temperature(), "num_predict", agent.maxTokens()))
                .build();
    }

    private LLMProvider kept(String agent, boolean useCache, Object wanted, Supplier<LLMProvider> make) {
        LLMProvider replaced;
        LLMProvider provider;
        synchronized (made) {
            checkOpen();
            if (!useCache) {
                return make.get();
            }
            OfAgent known = ofAgents.get(agent);
            if (known != null && known.settings.equals(wanted)) {
                return known.provider;
            }
            replaced = known == null ? null : known.provider;
            provider = make.get();
            ofAgents.put(agent, new OfAgent(wanted, provider));
        }
        if (replaced != null) {
            replaced.close();
        }
        return provider;
    }

    private ProviderSettings settingsOf(String agent, @Nullable String override) {
        AvionicsSettings now = settings.get();
        return AgentSettings.of(now, agents, agent, override).providerSettings(now);
    }

    /** Forgets every provider: the next call makes new ones. Those so far take no new calls, and end those under way. */
    public void clearCache() {
        List<LLMProvider> old = new ArrayList<>();
        synchronized (made) {
            old.addAll(made.values());
            ofAgents.values().forEach(kept -> old.add(kept.provider));
            made.clear();
            ofAgents.clear();
        }
        old.forEach(LLMProvider::close);
    }

    private LLMProvider make(ProviderSettings wanted) {
        switch (wanted.provider()) {
            case LLAMASERVER -> {
                return new LlamaServerProvider(wanted, airframe, telemetry);
            }
            case OPENAI_COMPATIBLE -> {
                return new OpenAIProvider(wanted, airframe, telemetry);
            }
            case ANTHROPIC -> {
                return new AnthropicProvider(wanted, airframe, telemetry);
            }
            case AZURE -> {
                return new AzureAIFoundryProvider(wanted, airframe, telemetry);
            }
            case MOCK -> {
                return mock(wanted);
            }
            default -> {
                return new BackendProvider(wanted, airframe, telemetry);
            }
        }
    }

    private LLMProvider mock(ProviderSettings wanted) {
        MockProvider.Builder mock = MockProvider.builder()
                .scheduler(airframe.scheduler())
                .delivery(airframe.newCall().delivery());
        return wanted.model().isEmpty()
                ? mock.build()
                : mock.model(wanted.model()).build();
    }

    /** The provider that the settings name, else Ollama. */
    public LLMProvider defaultProvider() {
        AvionicsSettings now = settings.get();
        return create(now.provider(now.providerName()));
    }

    /** The provider that the settings name for embeddings, else {@link #defaultProvider()}. */
    public LLMProvider embeddingProvider() {
        AvionicsSettings now = settings.get();
        return create(now.provider(now.embeddingProviderName()));
    }

    /** The names of the providers that can be made here. */
    public SortedSet<String> available() {
        Set<String> kinds = airframe.adapters().kinds();
        SortedSet<String> names = new TreeSet<>();
        for (ProviderId id : ProviderId.values()) {
            if (isAvailable(id, kinds)) {
                names.add(id.id());
            }
        }
        return names;
    }

    private static boolean isAvailable(ProviderId id, Set<String> kinds) {
        return id == ProviderId.MOCK || kinds.contains(id.kind().id());
    }

    /** Closes every provider that was made; calls under way go on to their end. */
    @Override
    public void close() {
        synchronized (made) {
            closed = true;
        }
        clearCache();
    }
}
