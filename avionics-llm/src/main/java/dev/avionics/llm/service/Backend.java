package dev.avionics.llm.service;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.Inference;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.check.ApiTypeDetector;
import dev.avionics.llm.settings.ApiType;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a service asks.
 *
 * @param inference answers
 * @param provider the same, if it is a single backend that is known; null for a gateway, or an API that is not known yet
 * @param endpoint where it is; null if there is no single address
 * @param apiType what it speaks there
 */
record Backend(
        Inference inference,
        @Nullable LLMProvider provider,
        @Nullable EndpointSpec endpoint,
        ApiType apiType) {
    /** What was made elsewhere. */
    static Backend of(Inference inference) {
        if (!(inference instanceof LLMProvider provider)) {
            return new Backend(inference, null, null, ApiType.AUTO);
        }
        EndpointSpec endpoint = provider.endpoint();
        boolean http = String.valueOf(endpoint.baseUrl().getScheme()).startsWith("http");
        return new Backend(inference, provider, http ? endpoint : null, apiType(endpoint.kind()));
    }

    private static ApiType apiType(BackendKind kind) {
        if (kind.equals(BackendKind.OLLAMA)) {
            return ApiType.OLLAMA_CHAT;
        }
        return kind.equals(BackendKind.LLAMA_SERVER) ? ApiType.NATIVE : ApiType.OPENAI;
    }

    /** The backend at an address; its API is found out before the first call if it is not said. */
    static Backend at(LLMServiceConfig config, Airframe airframe) {
        ApiType type = config.apiType() == null ? ApiType.AUTO : config.apiType();
        if (type != ApiType.AUTO) {
            LLMProvider provider = new BackendProvider(settings(config, type), airframe);
            return new Backend(provider, provider, provider.endpoint(), type);
        }
        EndpointSpec endpoint = settings(config, type).endpoint();
        return new Backend(new Detected(config, airframe, endpoint), null, endpoint, type);
    }

    private static ProviderSettings settings(LLMServiceConfig config, ApiType type) {
        AvionicsSettings.Builder settings =
                AvionicsSettings.builder().set("llm.provider", type.provider().id());
        if (type != ApiType.AUTO) {
            settings.set("llm.api-type", type.id());
        }
        URI address = config.baseUrl();
        if (address != null) {
            settings.set("llm.base-url", address.toString());
        }
        Secret key = config.apiKey();
        if (key != null) {
            settings.set("llm.api-key", key.reveal());
        }
        if (config.defaultModel() != null) {
            settings.set("llm.model", config.defaultModel());
        }
        return settings.build().provider(type.provider());
    }

    /** Finds out what an address speaks, with the first call that is consumed. */
    private static final class Detected implements Inference {
        private final LLMServiceConfig config;
        private final Airframe airframe;
        private final EndpointSpec endpoint;
        private final ApiTypeDetector detector;
        private final Map<ApiType, LLMProvider> providers = new ConcurrentHashMap<>();

        Detected(LLMServiceConfig config, Airframe airframe, EndpointSpec endpoint) {
            this.config = config;
            this.airframe = airframe;
            this.endpoint = endpoint;
            detector = new ApiTypeDetector(airframe);
        }

        @Override
        public InferenceStream<InferenceEvent> infer(
                @Nullable String model, InferenceRequest request, CallContext context) {
            return InferenceStream.deferred(context, () -> found(model, request, context));
        }

        private CompletionStage<InferenceStream<InferenceEvent>> found(
                @Nullable String model, InferenceRequest request, CallContext context) {
            return detector.detect(endpoint)
                    .thenApply(found -> providers
                            .computeIfAbsent(
                                    found.type(), type -> new BackendProvider(settings(config, type), airframe))
                            .infer(model, request, context));
        }

        @Override
        public CallContext newCall() {
            return airframe.newCall();
        }
    }
}
