package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.OllamaFace;

@ProvesRow(ProviderRow.OLLAMA_GENERATE)
class OllamaGenerateContractTest extends SimulatedContract {
    OllamaGenerateContractTest() {
        super(BackendKind.OLLAMA, "ollama-generate", OllamaFace.of(MODEL));
    }

    @Override
    protected Support tools() {
        return Support.NO;
    }

    @Override
    protected boolean checksKeys() {
        return false;
    }
}
