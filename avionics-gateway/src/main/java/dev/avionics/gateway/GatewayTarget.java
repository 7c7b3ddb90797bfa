package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

/**
 * A provider and a model of it, as settings and callers name them.
 *
 * @param provider the provider's name; not empty
 * @param model the model's name there; empty for the provider's own default
 */
public record GatewayTarget(String provider, String model) {
    public GatewayTarget {
        if (requireNonNull(provider, "provider").isEmpty()) {
            throw new IllegalArgumentException("provider: empty (expected: a provider's name, such as openai)");
        }
        requireNonNull(model, "model");
    }

    /** A provider with its default model. */
    public static GatewayTarget of(String provider) {
        return new GatewayTarget(provider, "");
    }

    /**
     * Reads {@code provider} or {@code provider/model}; the model's name may hold slashes.
     *
     * @throws IllegalArgumentException if there is no provider
     */
    public static GatewayTarget parse(String text) {
        int slash = requireNonNull(text, "text").indexOf('/');
        return slash < 0
                ? of(text.strip())
                : new GatewayTarget(
                        text.substring(0, slash).strip(),
                        text.substring(slash + 1).strip());
    }

    @Override
    public String toString() {
        return model.isEmpty() ? provider : provider + "/" + model;
    }
}
