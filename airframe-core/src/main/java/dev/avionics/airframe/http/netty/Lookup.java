package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HostResolver;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds addresses, and readies TLS, on threads that may block; they end when there has been nothing to do for a while. */
final class Lookup {
    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    /** A look-up of a dead name can take half a minute, and must not keep the others waiting. */
    private static final int THREADS = 8;

    private final HostResolver resolver;
    private final Tls tls;
    private final ThreadPoolExecutor threads;

    /** Is told what was found. */
    @FunctionalInterface
    interface Listener {
        void onAddresses(List<InetAddress> addresses, @Nullable InferenceException failure);
    }

    Lookup(HostResolver resolver, Tls tls, Threads owner) {
        this.resolver = resolver;
        this.tls = tls;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), owner::newLookupThread);
        threads.allowCoreThreadTimeOut(true);
    }

    /** Finds the addresses to open a socket to; the listener is told on the loop, at once where nothing blocks. */
    void find(Origin origin, EventLoop loop, Listener listener) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(origin.dialHost());
        if (literal != null && (!origin.tls() || tls.isReady())) {
            tell(origin, literal, listener);
            return;
        }
        try {
            threads.execute(() -> {
                Runnable answer = search(origin, literal, listener);
                try {
                    loop.execute(answer);
                } catch (RejectedExecutionException e) {
                    LOG.debug("the transport closed during a look-up, and ended the exchange", e);
                }
            });
        } catch (RejectedExecutionException e) {
            listener.onAddresses(List.of(), Failures.closed());
        }
    }

    private Runnable search(Origin origin, byte @Nullable [] literal, Listener listener) {
        try {
            if (origin.tls()) {
                tls.prepare();
            }
            if (literal != null) {
                return () -> tell(origin, literal, listener);
            }
            List<InetAddress> found = resolver.resolve(origin.dialHost());
            if (found.isEmpty()) {
                return () -> listener.onAddresses(List.of(), Failures.noAddress(origin, null));
            }
            return () -> listener.onAddresses(found, null);
        } catch (UnknownHostException e) {
            return () -> listener.onAddresses(List.of(), Failures.noAddress(origin, e));
        } catch (Tls.UnusableException e) {
            return () -> listener.onAddresses(List.of(), Failures.trustUnusable(origin, e));
        } catch (RuntimeException e) {
            // A resolver that was passed in and does not keep its contract.
            return () -> listener.onAddresses(List.of(), Failures.noAddress(origin, e));
        }
    }

    private static void tell(Origin origin, byte[] literal, Listener listener) {
        try {
            listener.onAddresses(List.of(InetAddress.getByAddress(origin.dialHost(), literal)), null);
        } catch (UnknownHostException e) {
            listener.onAddresses(List.of(), Failures.noAddress(origin, e));
        }
    }

    void close() {
        threads.shutdownNow();
    }
}
