package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.LlamaServerFace;

@ProvesRow(ProviderRow.LLAMA_SERVER_NATIVE)
class LlamaServerNativeContractTest extends SimulatedContract {
    LlamaServerNativeContractTest() {
        super(BackendKind.LLAMA_SERVER, "native", LlamaServerFace.of(MODEL, KEY));
    }

    @Override
    protected Support tools() {
        return Support.NO;
    }

    @Override
    protected Support images() {
        return Support.NO;
    }

    @Override
    protected boolean checksModels() {
        return false;
    }
}
