package dev.avionics.redis;

import dev.avionics.airframe.call.Ticker;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to the server, or to the nodes of a cluster. It is made with the first operation and comes back by
 * itself; while it is away, operations fail at once (in a cluster, after their time) instead of piling up. Thread-safe.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(RedisState.class);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int THREADS = 2;
    private static final long CLOSE_SECONDS = 2;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Supplier<CompletableFuture<Open>> connect;
    private final Ticker ticker;
    private @Nullable CompletableFuture<Open> current;
    private long begun;
    private boolean closed;

    private record Open(
            StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {}

    Link(RedisOptions options, Ticker ticker) {
        this.ticker = ticker;
        resources = ClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .reconnectDelay(
                        Delay.exponential(Duration.ofMillis(50), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS))
                .build();
        if (options.cluster()) {
            RedisClusterClient nodes = RedisClusterClient.create(resources, options.uris());
            nodes.setOptions(clusterOptions(options));
            client = nodes;
            connect = () -> nodes.refreshPartitionsAsync()
                    .thenCompose(found -> nodes.connectAsync(CODEC))
                    .thenApply(connection -> new Open(connection, connection.async()))
                    .toCompletableFuture();
        } else {
            RedisClient server = RedisClient.create(resources);
            server.setOptions(configured(ClientOptions.builder(), options)
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .build());
            client = server;
            connect = () -> server.connectAsync(CODEC, options.uris().get(0))
                    .<Open>thenApply(connection -> new Open(connection, connection.async()))
                    .toCompletableFuture();
        }
    }

    private static <B extends ClientOptions.Builder> B configured(B builder, RedisOptions options) {
        // The bound is kept before; its own refusals fill the log. Those that got no answer in time count on
        // here.
        builder.requestQueueSize(4 * options.pending())
                // At most once: what was sent before the connection broke may have been carried out.
                .replayFilter(command -> true)
                .timeoutOptions(TimeoutOptions.enabled(options.timeout()))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.connectTimeout())
                        .keepAlive(true)
                        .build())
                .maintNotificationsConfig(MaintNotificationsConfig.disabled());
        return builder;
    }

    private static ClusterClientOptions clusterOptions(RedisOptions options) {
        // The client refuses the first commands to a node, too, if it is to refuse any: so those to a node that is away
        // wait
        // until their time is over, and are not sent then.
        ClusterClientOptions.Builder builder = configured(ClusterClientOptions.builder(), options);
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(30))
                        .build())
                .build();
    }

    /** The server's commands. Fails if there is no connection; then one is tried again after a second. */
    CompletableFuture<RedisClusterAsyncCommands<String, byte[]>> commands() {
        return current().thenApply(Open::commands);
    }

    private synchronized CompletableFuture<Open> current() {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("it is closed"));
        }
        long now = ticker.nanoTime();
        if (current == null || (current.isCompletedExceptionally() && now - begun >= RETRY_NANOS)) {
            begun = now;
            current = connect.get();
        }
        return current;
    }

    /** Gives the connection up, because it only seems to live; the next operation makes another. */
    void drop() {
        CompletableFuture<Open> dropped;
        synchronized (this) {
            if (current == null || !current.isDone() || current.isCompletedExceptionally()) {
                return;
            }
            dropped = current;
            current = null;
        }
        dropped.thenCompose(open -> open.connection().closeAsync());
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            // The client closes its connections.
            client.shutdownAsync(0, CLOSE_SECONDS, TimeUnit.SECONDS).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("redis_close_error: connections were not closed within {} s", CLOSE_SECONDS, e);
        }
        resources.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
