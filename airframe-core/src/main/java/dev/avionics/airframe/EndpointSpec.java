package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One backend that can be called: its address and its manners.
 *
 * <p>{@code toString} shows neither credentials nor header values nor the user part of the address.
 *
 * @param name what people call it, unique within a program
 * @param baseUrl http or https, as the user wrote it; protocols add their paths
 * @param kind the wire protocol
 * @param apiType the variant of the protocol, such as {@code native} or {@code openai}; empty for the protocol's own
 *     default
 * @param credentials where the key comes from
 * @param billing whether calls cost money
 * @param capacity what the machine behind it can do
 * @param timeouts clocks that replace the protocol's own; null where it keeps them
 * @param tags labels for routing
 * @param headers sent with every request; they win over the protocol's
 * @param metadata settings of the protocol, such as {@code api_path}
 */
public record EndpointSpec(
        String name,
        URI baseUrl,
        BackendKind kind,
        String apiType,
        CredentialSource credentials,
        Billing billing,
        CapacityHints capacity,
        Timeouts.@Nullable Override timeouts,
        Map<String, String> tags,
        Map<String, String> headers,
        Map<String, String> metadata) {
    /** Whether calls cost money. */
    public enum Billing {
        /** Each call is paid for: an answer that may have been made is not asked for twice. */
        METERED,
        /** Calls cost nothing but time. */
        FREE
    }

    /**
     * What the machine behind an endpoint can do.
     *
     * @param maxConcurrency the most calls at once, at least 1, or null if unknown
     * @param tier a word such as {@code A100-80GB}; empty if unknown
     */
    public record CapacityHints(@Nullable Integer maxConcurrency, String tier) {
        /** Nothing is known. */
        public static final CapacityHints UNKNOWN = new CapacityHints(null, "");

        public CapacityHints {
            if (maxConcurrency != null && maxConcurrency < 1) {
                throw new IllegalArgumentException("maxConcurrency: " + maxConcurrency + " (expected: >= 1)");
            }
            requireNonNull(tier, "tier");
        }
    }

    public EndpointSpec {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(apiType, "apiType");
        requireNonNull(credentials, "credentials");
        requireNonNull(billing, "billing");
        requireNonNull(capacity, "capacity");
        String scheme = requireNonNull(baseUrl, "baseUrl").getScheme();
        boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (http && (baseUrl.getHost() == null || baseUrl.getHost().isEmpty())) {
            throw new IllegalArgumentException("baseUrl: no host (expected: such as http://localhost:8080)");
        }
        if (!http && !"local".equals(scheme)) {
            throw new IllegalArgumentException("baseUrl: " + scheme + " (expected: an http or https address)");
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: empty (expected: what people call it)");
        }
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** A builder with no credentials, METERED billing and no other options. */
    public static Builder builder(String name, URI baseUrl, BackendKind kind) {
        return new Builder(name, baseUrl, kind);
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        Builder builder = new Builder(name, baseUrl, kind);
        builder.apiType = apiType;
        builder.credentials = credentials;
        builder.billing = billing;
        builder.capacity = capacity;
        builder.timeouts = timeouts;
        builder.tags.putAll(tags);
        builder.headers.putAll(headers);
        builder.metadata.putAll(metadata);
        return builder;
    }

    /** The address without its user part and query, fit for messages. */
    public String address() {
        if (baseUrl.isOpaque()) {
            // Nothing is called there, such as local:mock.
            return baseUrl.toString();
        }
        String port = baseUrl.getPort() < 0 ? "" : ":" + baseUrl.getPort();
        String path = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
        return baseUrl.getScheme() + "://" + (baseUrl.getHost() == null ? "" : baseUrl.getHost()) + port + path;
    }

    @Override
    public String toString() {
        return "EndpointSpec[" + name + ", " + kind + (apiType.isEmpty() ? "" : "/" + apiType) + ", " + address() + ", "
                + billing + ", tags=" + tags + ", headers=" + headers.keySet() + ", metadata=" + metadata.keySet()
                + "]";
    }

    /** Builds an {@link EndpointSpec}; not thread-safe. */
    public static final class Builder {
        private String name;
        private URI baseUrl;
        private BackendKind kind;
        private String apiType = "";
        private CredentialSource credentials = CredentialSource.none();
        private Billing billing = Billing.METERED;
        private CapacityHints capacity = CapacityHints.UNKNOWN;
        private Timeouts.@Nullable Override timeouts;
        private final Map<String, String> tags = new LinkedHashMap<>();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        private Builder(String name, URI baseUrl, BackendKind kind) {
            this.name = requireNonNull(name, "name");
            this.baseUrl = requireNonNull(baseUrl, "baseUrl");
            this.kind = requireNonNull(kind, "kind");
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder baseUrl(URI value) {
            baseUrl = value;
            return this;
        }

        public Builder kind(BackendKind value) {
            kind = value;
            return this;
        }

        public Builder apiType(String value) {
            apiType = value;
            return this;
        }

        public Builder credentials(CredentialSource value) {
            credentials = value;
            return this;
        }

        public Builder billing(Billing value) {
            billing = value;
            return this;
        }

        public Builder capacity(CapacityHints value) {
            capacity = value;
            return this;
        }

        public Builder timeouts(Timeouts.@Nullable Override value) {
            timeouts = value;
            return this;
        }

        public Builder tag(String key, String value) {
            tags.put(key, value);
            return this;
        }

        public Builder header(String key, String value) {
            headers.put(key, value);
            return this;
        }

        public Builder metadata(String key, String value) {
            metadata.put(key, value);
            return this;
        }

        public EndpointSpec build() {
            return new EndpointSpec(
                    name, baseUrl, kind, apiType, credentials, billing, capacity, timeouts, tags, headers, metadata);
        }
    }
}
