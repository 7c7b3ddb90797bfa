package dev.avionics.airframe.call;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events are delivered unless the caller says otherwise. */
public final class DeliveryExecutors {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryExecutors.class);
    private static final int POOL = 64;

    private DeliveryExecutors() {}

    /** Virtual threads where the JVM has them (21 and later), else a pool of at most 64 daemon threads. */
    public static ExecutorService create() {
        ExecutorService virtual = virtualThreads();
        return virtual != null ? virtual : new DeliveryPool(POOL);
    }

    private static @org.jspecify.annotations.Nullable ExecutorService virtualThreads() {
        try {
            MethodHandle factory = MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
            return (ExecutorService) factory.invoke();
        } catch (NoSuchMethodException | IllegalAccessException older) {
            return null;
        } catch (Throwable e) {
            LOG.warn("virtual_threads_unavailable: a pool of threads is used instead", e);
            return null;
        }
    }
}
