package dev.avionics.gateway;

/**
 * Adds to a gateway before it is built: layers, callbacks, prices. Found by {@link java.util.ServiceLoader} where a gateway is
 * made from settings, so implementations have a public constructor without parameters; they may be bound with Guice as well.
 */
@FunctionalInterface
public interface GatewayCustomizer {
    /** Adds to a gateway; called once for each, after its settings were applied. */
    void customize(GatewayBuilder gateway);
}
