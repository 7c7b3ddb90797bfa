package dev.avionics.airframe.llamacpp;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider;

/** Makes the adapter for models in this process; the native library is loaded with the first call, not here. */
public final class LlamaCppProvider implements BackendAdapterProvider {
    /** For {@link java.util.ServiceLoader}. */
    public LlamaCppProvider() {}

    @Override
    public BackendKind kind() {
        return BackendKind.LLAMA_CPP;
    }

    @Override
    public BackendAdapter create(Host host) {
        return new LlamaCppAdapter(host);
    }
}
