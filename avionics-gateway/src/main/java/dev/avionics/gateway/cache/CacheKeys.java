package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.CacheMode;
import dev.avionics.gateway.CallLedger;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.settings.SettingsException;
import java.util.Optional;

/** Says of which calls the answer may be given to others who ask the same, and by which key. Thread-safe. */
public final class CacheKeys {
    private final ProviderLookup providers;
    private final boolean anyTemperature;

    /**
     * A call whose answer may be shared.
     *
     * @param key of the whole call
     * @param target who is asked first
     */
    public record Shareable(CacheKey key, GatewayTarget target) {
        public Shareable {
            requireNonNull(key, "key");
            requireNonNull(target, "target");
        }

        /**
         * Whether the answer of the call, which is whole, is that of the target which was asked: not a fallback's, which would be given
         * long after the target is well again, and not one that came from a cache or another call itself.
         */
        boolean isAnsweredBy(CallLedger ledger) {
            return !ledger.isServedFromElsewhere()
                    && ledger.last()
                            .map(entry -> entry.attempt().asked().equals(target))
                            .orElse(true);
        }
    }

    /**
     * Keys of calls to these providers.
     *
     * @param anyTemperature see {@link CacheRules#anyTemperature}
     */
    public CacheKeys(ProviderLookup providers, boolean anyTemperature) {
        this.providers = requireNonNull(providers, "providers");
        this.anyTemperature = anyTemperature;
    }

    /** The key of a call; empty if its answer may not be shared, or if there is no such provider, of which the call itself tells. */
    public Optional<Shareable> of(GatewayRequest request, GatewayCall call) {
        return isShareable(request, call)
                ? target(request).map(found -> shareable(found, request.inference(), call))
                : Optional.empty();
    }

    /**
     * Whether the answer may be shared: not if the caller does not want it, if the temperature says that answers shall differ, or if the
     * call wants frames of the wire or leaves some out. Quick.
     */
    public boolean isShareable(GatewayRequest request, GatewayCall call) {
        CallContext context = call.context();
        if (request.cache() == CacheMode.OFF || context.rawFrames() || context.lenientFrames()) {
            return false;
        }
        Double temperature = request.inference().sampling().temperature();
        return request.cache() == CacheMode.ON || anyTemperature || (temperature != null && temperature == 0);
    }

    private record Found(GatewayTarget target, String address) {}

    private Optional<Found> target(GatewayRequest request) {
        try {
            LLMProvider provider = request.provider() == null
                    ? providers.forAgent(request.agent())
                    : providers.named(request.provider());
            String model = request.model() == null ? provider.defaultModel() : request.model();
            return Optional.of(new Found(
                    new GatewayTarget(provider.name(), model),
                    provider.endpoint().address()));
        } catch (InferenceException | SettingsException nobody) {
            return Optional.empty();
        }
    }

    private static Shareable shareable(Found found, InferenceRequest asked, GatewayCall call) {
        GatewayTarget target = found.target();
        CacheKey key = CacheKey.of(call.key(), target.provider(), found.address(), target.model(), asked);
        return new Shareable(key, target);
    }
}
