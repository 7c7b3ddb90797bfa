package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.factory.LLMFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a gateway finds the providers of its targets. Asked at each call, from any thread. */
public interface ProviderLookup {
    /**
     * A provider by its name.
     *
     * @throws InferenceException or {@link dev.avionics.llm.settings.SettingsException} if there is none
     */
    LLMProvider named(String name);

    /** The provider that an agent begins with; that of everybody if nothing is known of the agent. */
    LLMProvider forAgent(String agent);

    /** The provider of embeddings where none is named. */
    LLMProvider forEmbeddings();

    /** Those of a factory, with its agents; the factory stays its owner's. */
    static ProviderLookup of(LLMFactory factory) {
        requireNonNull(factory, "factory");
        return new ProviderLookup() {
            @Override
            public LLMProvider named(String name) {
                return factory.create(name);
            }

            @Override
            public LLMProvider forAgent(String agent) {
                // Names come from callers: only those that somebody registered get a provider of their own.
                return factory.isKnownAgent(agent) ? factory.forAgent(agent) : factory.defaultProvider();
            }

            @Override
            public LLMProvider forEmbeddings() {
                return factory.embeddingProvider();
            }
        };
    }

    /**
     * Those given, by their names; the first is everybody's. They stay their owner's.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    static ProviderLookup of(LLMProvider first, LLMProvider... others) {
        Map<String, LLMProvider> byName = new LinkedHashMap<>();
        byName.put(first.name(), first);
        for (LLMProvider other : others) {
            if (byName.put(other.name(), other) != null) {
                throw new IllegalArgumentException(
                        "others: two providers " + other.name() + " (expected: one of a name)");
            }
        }
        return new ProviderLookup() {
            @Override
            public LLMProvider named(String name) {
                LLMProvider found = byName.get(name);
                if (found == null) {
                    throw InferenceException.builder(
                                    ErrorCategory.INVALID_REQUEST,
                                    "no provider " + name + " here; there are " + byName.keySet())
                            .origin(ErrorOrigin.CALLER)
                            .provider(name)
                            .sent(InferenceException.Sent.NOTHING)
                            .build();
                }
                return found;
            }

            @Override
            public LLMProvider forAgent(String agent) {
                return first;
            }

            @Override
            public LLMProvider forEmbeddings() {
                return first;
            }
        };
    }
}
