package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SettingsException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a provider of one class by hand. What is not said is what the settings say: of the environment and {@code .env}, unless
 * others are given. Not thread-safe.
 *
 * @param <P> the provider's class
 */
public final class ProviderBuilder<P extends LLMProvider> {
    private final ProviderId id;
    private final BiFunction<ProviderSettings, Airframe, P> make;
    private final Map<String, String> explicit = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private Supplier<AvionicsSettings> settings = AvionicsSettings::load;
    private Duration timeout;
    private int maxRetries = 3;

    ProviderBuilder(ProviderId id, Duration timeout, BiFunction<ProviderSettings, Airframe, P> make) {
        this.id = id;
        this.timeout = timeout;
        this.make = make;
    }

    /** Where the backend is; null leaves it to the settings. */
    public ProviderBuilder<P> baseUrl(@Nullable URI value) {
        return set("base-url", value == null ? null : value.toString());
    }

    /** The key; null leaves it to the settings. */
    public ProviderBuilder<P> apiKey(@Nullable Secret value) {
        return set("api-key", value == null ? null : value.reveal());
    }

    /** The model, or the deployment; null leaves it to the settings. */
    public ProviderBuilder<P> model(@Nullable String value) {
        return set("model", value);
    }

    /** How long the first byte of an answer is waited for. */
    public ProviderBuilder<P> timeout(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout: " + value + " (expected: > 0)");
        }
        timeout = value;
        return this;
    }

    /** Attempts after the first, 0 to 10; 3 unless told. */
    public ProviderBuilder<P> maxRetries(int value) {
        if (value < 0 || value > 10) {
            throw new IllegalArgumentException("maxRetries: " + value + " (expected: 0 to 10)");
        }
        maxRetries = value;
        return this;
    }

    /** The variant of the protocol. */
    public ProviderBuilder<P> apiType(String value) {
        return set("api-type", value);
    }

    /** A setting of the protocol, such as {@code api_version}. */
    public ProviderBuilder<P> metadata(String name, String value) {
        metadata.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
        return this;
    }

    /** Settings in place of those of the environment and {@code .env}. */
    public ProviderBuilder<P> settings(AvionicsSettings value) {
        requireNonNull(value, "value");
        settings = () -> value;
        return this;
    }

    private ProviderBuilder<P> set(String what, @Nullable String value) {
        String section = id == ProviderId.OPENAI_COMPATIBLE ? "openai" : id.id();
        if (value == null) {
            explicit.remove(section + "." + what);
        } else {
            explicit.put(section + "." + what, value);
        }
        return this;
    }

    /**
     * The provider; the airframe stays its owner's.
     *
     * @throws SettingsException if an address or a key is missing or wrong; it names the variable
     */
    public P build(Airframe airframe) {
        AvionicsSettings.Builder builder = settings.get().toBuilder();
        explicit.forEach(builder::set);
        ProviderSettings read = builder.build().provider(id);
        String missing = read.missingKey();
        if (missing != null) {
            throw new SettingsException(missing + ": not set (expected: the key of " + id + ")");
        }
        ProviderSettings.Builder made = read.toBuilder()
                .maxRetries(maxRetries)
                .timeouts(new Timeouts.Override(null, timeout, null, null, null, null));
        metadata.forEach(made::metadata);
        return make.apply(made.build(), requireNonNull(airframe, "airframe"));
    }
}
