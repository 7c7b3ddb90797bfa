package dev.avionics.llm;

import dev.avionics.airframe.Airframe;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.time.Duration;

/** Anthropic's Claude. Thread-safe. */
public final class AnthropicProvider extends ProviderView {
    /** A provider of these settings; the airframe stays its owner's. */
    public AnthropicProvider(ProviderSettings settings, Airframe airframe) {
        super(new BackendProvider(settings, airframe));
    }

    /** As {@link #AnthropicProvider(ProviderSettings, Airframe)}, with somebody who is told of calls. */
    public AnthropicProvider(ProviderSettings settings, Airframe airframe, LLMTelemetry telemetry) {
        super(new BackendProvider(settings, airframe, telemetry));
    }

    /** A builder: first byte within 60 s, 3 retries; the key, if none is given, of {@code ANTHROPIC_API_KEY}. */
    public static ProviderBuilder<AnthropicProvider> builder() {
        return new ProviderBuilder<>(ProviderId.ANTHROPIC, Duration.ofSeconds(60), AnthropicProvider::new);
    }
}
