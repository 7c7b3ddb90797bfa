package dev.avionics.llm;

import dev.avionics.airframe.Airframe;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.time.Duration;

/** OpenAI, or any server that speaks like it. Thread-safe. */
public final class OpenAIProvider extends ProviderView {
    /** A provider of these settings; the airframe stays its owner's. */
    public OpenAIProvider(ProviderSettings settings, Airframe airframe) {
        super(new BackendProvider(settings, airframe));
    }

    /** As {@link #OpenAIProvider(ProviderSettings, Airframe)}, with somebody who is told of calls. */
    public OpenAIProvider(ProviderSettings settings, Airframe airframe, LLMTelemetry telemetry) {
        super(new BackendProvider(settings, airframe, telemetry));
    }

    /** A builder: first byte within 60 s, 3 retries; the key, if none is given, of {@code OPENAI_API_KEY}. */
    public static ProviderBuilder<OpenAIProvider> builder() {
        return new ProviderBuilder<>(ProviderId.OPENAI_COMPATIBLE, Duration.ofSeconds(60), OpenAIProvider::new);
    }
}
