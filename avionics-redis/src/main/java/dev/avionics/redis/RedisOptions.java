package dev.avionics.redis;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Secret;
import dev.avionics.gateway.state.StateArguments;
import dev.avionics.gateway.state.StateLimits;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the server is, and how it is used. Immutable; its text form holds no password.
 *
 * <p>All replicas have to use the same namespace and limits.
 */
public final class RedisOptions {
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final int MOST_PENDING = 1_000_000;

    private final List<RedisURI> uris;
    private final boolean cluster;
    private final String namespace;
    private final Duration timeout;
    private final Duration connectTimeout;
    private final int pending;
    private final StateLimits limits;

    private RedisOptions(Builder builder) {
        uris = List.copyOf(builder.uris.stream().map(uri -> uri(uri, builder)).toList());
        if (uris.size() > 1 && !builder.cluster) {
            throw new IllegalArgumentException("uris: " + uris.size() + " (expected: 1 unless it is a cluster)");
        }
        cluster = builder.cluster;
        namespace = builder.namespace;
        timeout = builder.timeout;
        connectTimeout = builder.connectTimeout;
        pending = builder.pending;
        limits = builder.limits;
    }

    private static RedisURI uri(String text, Builder builder) {
        RedisURI uri;
        try {
            uri = RedisURI.create(text);
        } catch (IllegalArgumentException e) {
            // Neither the text nor its error: both may hold a password.
            throw new IllegalArgumentException("uri: cannot be read (expected: redis://host:port/database, with rediss:"
                    + " for TLS, or redis-sentinel://host:port#master)");
        }
        builder.password.ifPresent(secret -> {
            char[] password = secret.reveal().toCharArray();
            builder.user.ifPresentOrElse(
                    user -> uri.setAuthentication(user, password), () -> uri.setAuthentication(password));
        });
        uri.setClientName("avionics");
        return uri;
    }

    /**
     * A builder with the defaults.
     *
     * @param uri {@code redis://host:port/database}; {@code rediss:} for TLS, {@code redis-sentinel:} for Sentinel
     */
    public static Builder builder(String uri) {
        return new Builder(requireNonNull(uri, "uri"));
    }

    List<RedisURI> uris() {
        return uris;
    }

    /** Whether the server is a cluster. */
    public boolean cluster() {
        return cluster;
    }

    /** What all keys begin with. */
    public String namespace() {
        return namespace;
    }

    /** How long an operation may take. */
    public Duration timeout() {
        return timeout;
    }

    /** How long making a connection may take. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** The most operations that wait for an answer; more are refused. */
    public int pending() {
        return pending;
    }

    /** How much is kept in the server. */
    public StateLimits limits() {
        return limits;
    }

    /** What is called, without a password, for messages. */
    String address() {
        RedisURI first = uris.get(0);
        String host = first.getHost() != null
                ? first.getHost() + ":" + first.getPort()
                : "Sentinel master " + first.getSentinelMasterId();
        return host + (uris.size() > 1 ? " and " + (uris.size() - 1) + " more" : "");
    }

    @Override
    public String toString() {
        return "RedisOptions[" + address() + (cluster ? ", cluster" : "") + ", namespace=" + namespace + "]";
    }

    /** Builds {@link RedisOptions}; not thread-safe. */
    public static final class Builder {
        private final List<String> uris = new ArrayList<>();
        private Optional<String> user = Optional.empty();
        private Optional<Secret> password = Optional.empty();
        private boolean cluster;
        private String namespace = "avionics";
        private Duration timeout = Duration.ofMillis(250);
        private Duration connectTimeout = Duration.ofSeconds(1);
        private int pending = 10_000;
        private StateLimits limits = StateLimits.DEFAULT;

        private Builder(String uri) {
            uris.add(uri);
        }

        /** One more node of a cluster to ask for the others. */
        public Builder node(String uri) {
            uris.add(requireNonNull(uri, "uri"));
            return this;
        }

        /** The password, in the place of one in the address. */
        public Builder password(Secret value) {
            password = Optional.of(value);
            return this;
        }

        /** The user, to go with a password; by default the server's default user. */
        public Builder user(String value) {
            user = Optional.of(value);
            return this;
        }

        /** Whether the server is a cluster; default no. */
        public Builder cluster(boolean value) {
            cluster = value;
            return this;
        }

        /**
         * What all keys begin with: 1 to 64 letters, digits and {@code . _ : -}; default {@code avionics}. Gateways with
         * different namespaces share nothing.
         */
        public Builder namespace(String value) {
            if (!NAMESPACE.matcher(requireNonNull(value, "namespace")).matches()) {
                throw new IllegalArgumentException(
                        "namespace: " + value + " (expected: 1 to 64 letters, digits and . _ : -)");
            }
            namespace = value;
            return this;
        }

        /** How long an operation may take, at least 1 ms; default 250 ms. */
        public Builder timeout(Duration value) {
            timeout = StateArguments.duration("timeout", value);
            return this;
        }

        /** How long making a connection may take, at least 1 ms; default 1 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = StateArguments.duration("connectTimeout", value);
            return this;
        }

        /** The most operations that wait for an answer, 1 to 1,000,000; default 10,000. More are refused. */
        public Builder pending(int value) {
            if (value < 1 || value > MOST_PENDING) {
                throw new IllegalArgumentException("pending: " + value + " (expected: 1 to " + MOST_PENDING + ")");
            }
            pending = value;
            return this;
        }

        /** How much is kept in the server; by default {@link StateLimits#DEFAULT}. */
        public Builder limits(StateLimits value) {
            limits = requireNonNull(value, "limits");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if an address cannot be read, or there are several and it is no cluster
         */
        public RedisOptions build() {
            return new RedisOptions(this);
        }
    }
}
