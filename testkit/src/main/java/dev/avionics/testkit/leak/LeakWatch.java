package dev.avionics.testkit.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A JUnit extension that fails a test class after which Netty's leak detector reports a buffer that nobody released.
 *
 * <p>With the testkit on the class path it works by itself in every test class: {@link LeakWatchSession} puts it in place
 * before any test is loaded. After each class, and once more at the end of the run, it forces a garbage collection, makes
 * the detectors look, and fails when a leak was found or when the detector is not at its level {@code PARANOID}. A leak
 * may belong to a class before the one that fails, its records tell.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
    private static final List<RecordingLeakDetector<?>> DETECTORS = new CopyOnWriteArrayList<>();
    private static final List<Leak> PENDING = new ArrayList<>();
    private static final AtomicInteger TOTAL = new AtomicInteger();
    private static final long MOST_WAIT_MILLIS = 2000;

    /** Puts the watch in place; twice does nothing. Detectors made before are not watched. */
    public static void install() {
        synchronized (DETECTORS) {
            if (!(ResourceLeakDetectorFactory.instance() instanceof Factory)) {
                ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
                ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
            }
        }
    }

    /**
     * Collects garbage, makes all detectors look and returns the leaks that were found since the last call, which are
     * then forgotten. For tests that leak on purpose.
     */
    public static List<Leak> takeLeaks() {
        look(3);
        synchronized (PENDING) {
            List<Leak> taken = List.copyOf(PENDING);
            PENDING.clear();
            return taken;
        }
    }

    /**
     * Collects garbage and makes all detectors look.
     *
     * @throws AssertionError when a leak was found since the last look, or the detector is not at its highest level
     */
    public static void assertNoLeaks() {
        assertInForce();
        List<Leak> leaks = takeLeaks();
        if (!leaks.isEmpty()) {
            StringBuilder text = new StringBuilder("leaked: " + leaks.size());
            leaks.forEach(leak ->
                    text.append('\n').append(leak.resource()).append(": ").append(leak.records()));
            throw new AssertionError(text.toString());
        }
    }

    /** Returns how many leaks were found in this process, taken ones included. */
    public static int total() {
        return TOTAL.get();
    }

    /** Returns how many detectors are watched. */
    public static int detectors() {
        return DETECTORS.size();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        install();
        context.getRoot()
                .getStore(Namespace.create(LeakWatch.class))
                .getOrComputeIfAbsent(EndOfRun.class, key -> new EndOfRun());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertInForce();
        look(1);
        synchronized (PENDING) {
            if (PENDING.isEmpty()) {
                return;
            }
        }
        assertNoLeaks();
    }

    private static void assertInForce() {
        if (!(ResourceLeakDetectorFactory.instance() instanceof Factory)
                || ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            throw new AssertionError("leak detection: " + ResourceLeakDetector.getLevel() + " by "
                    + ResourceLeakDetectorFactory.instance().getClass().getName() + " (expected: PARANOID, watched)");
        }
    }

    private static void look(int rounds) {
        if (DETECTORS.isEmpty()) {
            return;
        }
        for (int i = 0; i < rounds; i++) {
            collectGarbage();
            DETECTORS.forEach(RecordingLeakDetector::look);
        }
    }

    /** Returns when a collection has cleared and queued the weak references of what was garbage before the call. */
    private static void collectGarbage() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), queue);
        try {
            for (long waited = 0; waited < MOST_WAIT_MILLIS; waited += 100) {
                System.gc();
                if (queue.remove(100) != null) {
                    // Those of the same collection come through the queue thread in no set order.
                    queue.remove(5);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("no garbage collection within " + MOST_WAIT_MILLIS + " ms: " + sentinel
                + " (is -XX:+DisableExplicitGC set?)");
    }

    private static void found(Leak leak) {
        TOTAL.incrementAndGet();
        synchronized (PENDING) {
            PENDING.add(leak);
        }
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // Abstract in Netty, so it has to be there.
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            RecordingLeakDetector<T> detector =
                    new RecordingLeakDetector<>(resource, samplingInterval, LeakWatch::found);
            DETECTORS.add(detector);
            return detector;
        }
    }

    /** Lives as long as the run and looks a last time when it is over. */
    private static final class EndOfRun implements AutoCloseable {
        @Override
        public void close() {
            assertNoLeaks();
        }
    }
}
