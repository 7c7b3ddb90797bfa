package dev.avionics.llm;

import dev.avionics.airframe.Airframe;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** llama.cpp's own server. Thread-safe. */
public final class LlamaServerProvider extends ProviderView {
    /** A provider of these settings; the airframe stays its owner's. */
    public LlamaServerProvider(ProviderSettings settings, Airframe airframe) {
        super(new BackendProvider(settings, airframe));
    }

    /** As {@link #LlamaServerProvider(ProviderSettings, Airframe)}, with somebody who is told of calls. */
    public LlamaServerProvider(ProviderSettings settings, Airframe airframe, LLMTelemetry telemetry) {
        super(new BackendProvider(settings, airframe, telemetry));
    }

    /**
     * A builder: first byte within 120 s, 3 retries, API type {@code native}.
     *
     * @param baseUrl where the server is; null leaves it to the settings
     */
    public static ProviderBuilder<LlamaServerProvider> builder(@Nullable URI baseUrl) {
        return new ProviderBuilder<>(ProviderId.LLAMASERVER, Duration.ofSeconds(120), LlamaServerProvider::new)
                .baseUrl(baseUrl)
                .apiType("native");
    }
}
