package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a provider.
 *
 * @param name what it is called in settings: its own name, or else {@link ProviderId#id()}
 * @param provider which one
 * @param baseUrl where it is; {@code local:} for a model in this process
 * @param apiType the variant of its protocol; empty for the protocol's own default
 * @param apiKey the key, or null for none
 * @param model the model that is used when none is named; empty where the backend serves a single one
 * @param embeddingModel as {@code model}, for embeddings; empty where there is none
 * @param billing whether calls cost money
 * @param timeouts clocks that replace the protocol's own; null where it keeps them
 * @param maxRetries attempts after the first, at least 0
 * @param omitTemperature whether the temperature is never sent, for models that refuse it
 * @param defaultOptions options of {@code generate} that hold where the caller gives none
 * @param headers sent with every request
 * @param metadata settings of the protocol
 */
public record ProviderSettings(
        String name,
        ProviderId provider,
        URI baseUrl,
        String apiType,
        @Nullable Secret apiKey,
        String model,
        String embeddingModel,
        Billing billing,
        Timeouts.@Nullable Override timeouts,
        int maxRetries,
        boolean omitTemperature,
        Map<String, Object> defaultOptions,
        Map<String, String> headers,
        Map<String, String> metadata) {
    /** Where a model in this process "is". */
    public static final URI LOCAL = URI.create("local:model");

    /** The metadata key that tells how the key is sent, if not where the protocol puts keys. */
    static final String AUTH = "auth";

    /** The value of {@link #AUTH} for a token in {@code Authorization: Bearer}. */
    static final String BEARER = "bearer";

    private static final String MODEL_PATH = "model_path";

    public ProviderSettings {
        requireNonNull(name, "name");
        requireNonNull(provider, "provider");
        requireNonNull(baseUrl, "baseUrl");
        requireNonNull(apiType, "apiType");
        requireNonNull(model, "model");
        requireNonNull(embeddingModel, "embeddingModel");
        requireNonNull(billing, "billing");
        if (maxRetries < 0) {
            throw new IllegalArgumentException("maxRetries: " + maxRetries + " (expected: >= 0)");
        }
        defaultOptions = Collections.unmodifiableMap(new LinkedHashMap<>(defaultOptions));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** A builder with the defaults of a provider. */
    public static Builder builder(ProviderId provider) {
        AvionicsSettings defaults =
                AvionicsSettings.builder().set("llm.provider", provider.id()).build();
        return defaults.provider(provider).toBuilder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** This with a model file, whose name is the model's unless it has one; for a model in this process. */
    public ProviderSettings withModelFile(Path file) {
        Builder builder = toBuilder().metadata(MODEL_PATH, file.toString());
        return model.isEmpty()
                ? builder.model(String.valueOf(file.getFileName())).build()
                : builder.build();
    }

    /**
     * The name of the variable that a key is missing in; null if there is a key, or it can do without. The hosted services want one,
     * what speaks like them elsewhere may not.
     */
    public @Nullable String missingKey() {
        if (apiKey != null || headers.keySet().stream().anyMatch("authorization"::equalsIgnoreCase)) {
            return null;
        }
        SettingKey key = SettingTable.of(provider, "api-key");
        SettingKey address = SettingTable.of(provider, "base-url");
        if (key == null || address == null || billing == Billing.FREE) {
            return null;
        }
        String hosted = address.byDefault();
        boolean own = hosted != null && !Objects.equals(URI.create(hosted).getHost(), baseUrl.getHost());
        return own ? null : key.shownName();
    }

    /** Whether a model file has to be got before the first call; only ever true for a model in this process. */
    public boolean needsModelFile() {
        return provider == ProviderId.LLAMACPP && !metadata.containsKey(MODEL_PATH);
    }

    /** The backend's address and manners. */
    public EndpointSpec endpoint() {
        EndpointSpec.Builder builder = EndpointSpec.builder(name, baseUrl, provider.kind())
                .apiType(apiType)
                .billing(billing)
                .timeouts(timeouts)
                .credentials(credentials());
        headers.forEach(builder::header);
        metadata.forEach(builder::metadata);
        return builder.build();
    }

    private CredentialSource credentials() {
        if (apiKey == null) {
            return CredentialSource.none();
        }
        return BEARER.equals(metadata.get(AUTH)) ? CredentialSource.bearer(apiKey) : CredentialSource.key(apiKey);
    }

    /** Shows neither the key nor values of headers, nor user and query of the address. */
    @Override
    public String toString() {
        return "ProviderSettings[" + (name.equals(provider.id()) ? "" : name + ": ") + provider
                + (apiType.isEmpty() ? "" : "/" + apiType) + ", "
                + BaseUrls.shown(baseUrl.toString()) + ", key=" + (apiKey == null ? "none" : "***") + ", model=" + model
                + ", embeddingModel=" + embeddingModel + ", " + billing + ", maxRetries=" + maxRetries + ", options="
                + defaultOptions + ", headers=" + headers.keySet() + ", metadata=" + metadata + "]";
    }

    /** Builds {@link ProviderSettings}; not thread-safe. */
    public static final class Builder {
        private final ProviderId provider;
        private String name;
        private URI baseUrl;
        private String apiType;
        private @Nullable Secret apiKey;
        private String model;
        private String embeddingModel;
        private Billing billing;
        private Timeouts.@Nullable Override timeouts;
        private int maxRetries;
        private boolean omitTemperature;
        private final Map<String, Object> defaultOptions;
        private final Map<String, String> headers;
        private final Map<String, String> metadata;

        private Builder(ProviderSettings from) {
            provider = from.provider;
            name = from.name;
            baseUrl = from.baseUrl;
            apiType = from.apiType;
            apiKey = from.apiKey;
            model = from.model;
            embeddingModel = from.embeddingModel;
            billing = from.billing;
            timeouts = from.timeouts;
            maxRetries = from.maxRetries;
            omitTemperature = from.omitTemperature;
            defaultOptions = new LinkedHashMap<>(from.defaultOptions);
            headers = new LinkedHashMap<>(from.headers);
            metadata = new LinkedHashMap<>(from.metadata);
        }

        public Builder name(String value) {
            name = requireNonNull(value, "value");
            return this;
        }

        public Builder baseUrl(URI value) {
            baseUrl = requireNonNull(value, "value");
            return this;
        }

        public Builder apiType(String value) {
            apiType = requireNonNull(value, "value");
            return this;
        }

        public Builder apiKey(@Nullable Secret value) {
            apiKey = value;
            return this;
        }

        public Builder model(String value) {
            model = requireNonNull(value, "value");
            return this;
        }

        public Builder embeddingModel(String value) {
            embeddingModel = requireNonNull(value, "value");
            return this;
        }

        public Builder billing(Billing value) {
            billing = requireNonNull(value, "value");
            return this;
        }

        public Builder timeouts(Timeouts.@Nullable Override value) {
            timeouts = value;
            return this;
        }

        public Builder maxRetries(int value) {
            maxRetries = value;
            return this;
        }

        public Builder omitTemperature(boolean value) {
            omitTemperature = value;
            return this;
        }

        /** Adds an option of {@code generate}. */
        public Builder defaultOption(String name, Object value) {
            defaultOptions.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /** Adds a header. */
        public Builder header(String name, String value) {
            headers.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /** Adds a setting of the protocol. */
        public Builder metadata(String name, String value) {
            metadata.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        public ProviderSettings build() {
            return new ProviderSettings(
                    name,
                    provider,
                    baseUrl,
                    apiType,
                    apiKey,
                    model,
                    embeddingModel,
                    billing,
                    timeouts,
                    maxRetries,
                    omitTemperature,
                    defaultOptions,
                    headers,
                    metadata);
        }
    }
}
