package dev.avionics.contract;

import dev.avionics.airframe.Capabilities.Support;

@ProvesRow(ProviderRow.LLAMA_SERVER_NATIVE)
class LlamaServerNativeRealIT extends LlamaServerRealContract {
    LlamaServerNativeRealIT() {
        super("native");
    }

    @Override
    protected Support tools() {
        return Support.NO;
    }

    @Override
    protected Support images() {
        return Support.NO;
    }
}
