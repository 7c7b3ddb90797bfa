package dev.avionics.llm.factory;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes providers from settings and keeps them: equal settings give the same provider. Thread-safe. Closes its providers
 * when it is closed.
 */
public final class LLMFactory implements AutoCloseable {
    private final AvionicsSettings settings;
    private final Airframe airframe;
    private final Map<ProviderSettings, LLMProvider> made = new HashMap<>();
    private boolean closed;

    /** A factory; the airframe stays its owner's. */
    public LLMFactory(AvionicsSettings settings, Airframe airframe) {
        this.settings = requireNonNull(settings, "settings");
        this.airframe = requireNonNull(airframe, "airframe");
    }

    /**
     * The provider of a name or alias, with its settings.
     *
     * @throws dev.avionics.llm.settings.SettingsException if there is no such provider, or its settings are wrong
     * @throws InferenceException of category UNSUPPORTED if this build has no adapter for it
     */
    public LLMProvider create(String providerName) {
        return create(settings.provider(providerName));
    }

    /**
     * The provider of these settings.
     *
     * @throws InferenceException of category UNSUPPORTED if this build has no adapter for it, of AUTHENTICATION if it is a hosted
     *     service and there is no key
     * @throws IllegalStateException if the factory is closed
     */
    public LLMProvider create(ProviderSettings wanted) {
        ProviderId id = wanted.provider();
        if (!isAvailable(id, airframe.adapters().kinds())) {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            "provider " + id + " is known, but there is no adapter for it here; there is one for "
                                    + String.join(", ", available()))
                    .origin(ErrorOrigin.CALLER)
                    .provider(id.id())
                    .build();
        }
        String missingKey = wanted.missingKey();
        if (missingKey != null) {
            throw InferenceException.builder(
                            ErrorCategory.AUTHENTICATION, "provider " + id + " needs a key: set " + missingKey)
                    .origin(ErrorOrigin.CALLER)
                    .provider(id.id())
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
        synchronized (made) {
            if (closed) {
                throw new IllegalStateException("the factory is closed");
            }
            return made.computeIfAbsent(wanted, this::make);
        }
    }

    private LLMProvider make(ProviderSettings wanted) {
        if (wanted.provider() != ProviderId.MOCK) {
            return new BackendProvider(wanted, airframe);
        }
        MockProvider.Builder mock = MockProvider.builder()
                .scheduler(airframe.scheduler())
                .delivery(airframe.newCall().delivery());
        return wanted.model().isEmpty()
                ? mock.build()
                : mock.model(wanted.model()).build();
    }

    /** The provider that the settings name, else Ollama. */
    public LLMProvider defaultProvider() {
        return create(settings.provider(settings.providerName()));
    }

    /** The provider that the settings name for embeddings, else {@link #defaultProvider()}. */
    public LLMProvider embeddingProvider() {
        return create(settings.provider(settings.embeddingProviderName()));
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
            made.values().forEach(LLMProvider::close);
            made.clear();
        }
    }
}
