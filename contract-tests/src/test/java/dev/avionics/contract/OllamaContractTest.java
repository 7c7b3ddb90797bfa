package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.model.OllamaFace;

@ProvesRow(ProviderRow.OLLAMA)
class OllamaContractTest extends SimulatedContract {
    OllamaContractTest() {
        super(BackendKind.OLLAMA, "", OllamaFace.of(MODEL));
    }

    @Override
    protected boolean checksKeys() {
        return false;
    }
}
