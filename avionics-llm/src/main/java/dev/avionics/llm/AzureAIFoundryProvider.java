package dev.avionics.llm;

import dev.avionics.airframe.Airframe;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Azure OpenAI and Azure AI Foundry. Thread-safe. */
public final class AzureAIFoundryProvider extends ProviderView {
    /** A provider of these settings; the airframe stays its owner's. */
    public AzureAIFoundryProvider(ProviderSettings settings, Airframe airframe) {
        super(new BackendProvider(settings, airframe));
    }

    /** As {@link #AzureAIFoundryProvider(ProviderSettings, Airframe)}, with somebody who is told of calls. */
    public AzureAIFoundryProvider(ProviderSettings settings, Airframe airframe, LLMTelemetry telemetry) {
        super(new BackendProvider(settings, airframe, telemetry));
    }

    /**
     * A builder: API version 2024-02-01, first byte within 60 s, 3 retries; the key, if none is given, of {@code AZURE_API_KEY}.
     *
     * @param endpoint the address of the resource; null leaves it to {@code AZURE_ENDPOINT}
     * @param deployment the name of the deployment; null leaves it to {@code AZURE_DEPLOYMENT_NAME}
     */
    public static ProviderBuilder<AzureAIFoundryProvider> builder(@Nullable URI endpoint, @Nullable String deployment) {
        return new ProviderBuilder<>(ProviderId.AZURE, Duration.ofSeconds(60), AzureAIFoundryProvider::new)
                .baseUrl(endpoint)
                .model(deployment);
    }
}
