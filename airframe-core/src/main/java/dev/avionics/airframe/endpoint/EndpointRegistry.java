package dev.avionics.airframe.endpoint;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints that a program may call, for reading. Reports their health, and never chooses among them. Thread-safe.
 */
public interface EndpointRegistry extends AutoCloseable {
    /** All endpoints in their order; unmodifiable, names are unique. */
    List<EndpointSpec> list();

    /** The endpoint of a name. */
    default Optional<EndpointSpec> find(String name) {
        return list().stream().filter(endpoint -> endpoint.name().equals(name)).findFirst();
    }

    /** How an endpoint was when it was asked last; UNKNOWN if it was never asked, or no endpoint has the name. */
    HealthState health(String name);

    /**
     * Tells a listener of every change from here on.
     *
     * @return ends the watch
     */
    Watch watch(Listener listener);

    /** Ends every background task and every watch. Does not touch the endpoints. */
    @Override
    void close();

    /**
     * Is told of changes, on the thread that found them: short tasks only. What it throws is logged, and does not keep others
     * from being told.
     */
    interface Listener {
        /** The list is another one. */
        default void endpointsChanged(List<EndpointSpec> now) {}

        /** An endpoint's status is another one; of an endpoint that was never asked it was UNKNOWN. */
        default void healthChanged(EndpointSpec endpoint, HealthState now) {}
    }

    /** A watch that can be ended. */
    interface Watch extends AutoCloseable {
        /** Ends it; nothing happens if it has ended. */
        @Override
        void close();
    }
}
