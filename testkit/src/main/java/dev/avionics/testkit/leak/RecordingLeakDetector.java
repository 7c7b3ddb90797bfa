package dev.avionics.testkit.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.function.Consumer;

/** Netty's detector, which also hands each leak on, and which can be asked to look now. */
final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
    private final Consumer<Leak> sink;

    RecordingLeakDetector(Class<?> resource, int samplingInterval, Consumer<Leak> sink) {
        super(resource, samplingInterval);
        this.sink = sink;
    }

    /** Reports what was collected since the last look; Netty looks only when it tracks something. */
    @SuppressWarnings("unchecked") // The tracker never looks at what the probe is.
    void look() {
        T probe = (T) new Object();
        ResourceLeakTracker<T> tracker = trackForcibly(probe);
        if (tracker != null) {
            tracker.close(probe);
        }
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        sink.accept(new Leak(resourceType, records));
        super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        sink.accept(new Leak(resourceType, ""));
        super.reportUntracedLeak(resourceType);
    }
}
