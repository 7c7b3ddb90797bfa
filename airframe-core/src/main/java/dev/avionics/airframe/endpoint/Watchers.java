package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.endpoint.EndpointRegistry.Listener;
import dev.avionics.airframe.endpoint.EndpointRegistry.Watch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who want to be told of changes. */
final class Watchers {
    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    /** One watch; the same listener may have several. */
    private final class Entry implements Watch {
        private final Listener listener;

        Entry(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void close() {
            entries.remove(this);
        }
    }

    private final CopyOnWriteArrayList<Entry> entries = new CopyOnWriteArrayList<>();

    Watch add(Listener listener) {
        Entry entry = new Entry(requireNonNull(listener, "listener"));
        entries.add(entry);
        return entry;
    }

    void endpointsChanged(List<EndpointSpec> now) {
        tell(listener -> listener.endpointsChanged(now));
    }

    void healthChanged(EndpointSpec endpoint, HealthState now) {
        tell(listener -> listener.healthChanged(endpoint, now));
    }

    void clear() {
        entries.clear();
    }

    private void tell(Consumer<Listener> message) {
        for (Entry entry : entries) {
            try {
                message.accept(entry.listener);
            } catch (RuntimeException e) {
                LOG.error("endpoint_listener_error", e);
            }
        }
    }
}
