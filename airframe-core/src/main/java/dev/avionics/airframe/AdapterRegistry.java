package dev.avionics.airframe;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Engine;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider;
import dev.avionics.airframe.spi.WireProtocol;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which adapter speaks to which kind of endpoint. Adapters are made when the first call needs them. Thread-safe. */
public final class AdapterRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterRegistry.class);

    private final Map<String, Supplier<BackendAdapter>> makers = new TreeMap<>();
    private final Map<String, BackendAdapter> made = new TreeMap<>();
    private final Engine engine;
    private final BackendAdapterProvider.Host host;
    private boolean closed;

    AdapterRegistry(Engine engine, BackendAdapterProvider.Host host) {
        this.engine = engine;
        this.host = host;
    }

    /**
     * Adds every protocol and adapter that {@link ServiceLoader} finds with a class loader, such as that of a separate jar;
     * each takes the place of one of the same kind that was not used yet.
     *
     * @throws java.util.ServiceConfigurationError if one that is named cannot be loaded
     */
    public void discover(ClassLoader loader) {
        for (WireProtocol protocol : ServiceLoader.load(WireProtocol.class, loader)) {
            register(protocol);
        }
        for (BackendAdapterProvider provider : ServiceLoader.load(BackendAdapterProvider.class, loader)) {
            register(provider);
        }
    }

    /** Adds a protocol; it takes the place of one of the same kind that was not used yet. */
    public void register(WireProtocol protocol) {
        register(protocol.kind(), () -> new ProtocolAdapter(engine, protocol));
    }

    /** Adds a provider of an adapter; it takes the place of one of the same kind that was not used yet. */
    public void register(BackendAdapterProvider provider) {
        register(provider.kind(), () -> provider.create(host));
    }

    /** Adds an adapter; it takes the place of one of the same kind that was not used yet. */
    public void register(BackendKind kind, BackendAdapter adapter) {
        register(kind, () -> adapter);
    }

    private synchronized void register(BackendKind kind, Supplier<BackendAdapter> maker) {
        if (closed) {
            throw new IllegalStateException("the airframe is closed");
        }
        makers.put(kind.id(), maker);
    }

    /** The kinds that can be spoken to. */
    public synchronized SortedSet<String> kinds() {
        return new TreeSet<>(makers.keySet());
    }

    /**
     * The adapter of a kind.
     *
     * @throws InferenceException of category UNSUPPORTED if there is none, or this machine lacks what it needs; REJECTED
     *     if the airframe is closed
     */
    public synchronized BackendAdapter adapter(BackendKind kind) {
        if (closed) {
            throw InferenceException.of(ErrorCategory.REJECTED, "the airframe is closed");
        }
        BackendAdapter ready = made.get(kind.id());
        if (ready != null) {
            return ready;
        }
        Supplier<BackendAdapter> maker = makers.get(kind.id());
        if (maker == null) {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            "no adapter for backend kind " + kind + "; known: " + String.join(", ", makers.keySet()))
                    .origin(ErrorOrigin.CALLER)
                    .build();
        }
        BackendAdapter adapter = maker.get();
        made.put(kind.id(), adapter);
        return adapter;
    }

    @Override
    public synchronized void close() {
        closed = true;
        made.forEach((kind, adapter) -> {
            try {
                adapter.close();
            } catch (RuntimeException e) {
                // The others, and the transport after them, must be closed all the same.
                LOG.error("adapter_close_error: {}", kind, e);
            }
        });
        made.clear();
        makers.clear();
    }
}
