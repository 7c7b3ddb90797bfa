package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.model.LlamaServerFace;

@ProvesRow(ProviderRow.LLAMA_SERVER_OPENAI)
class LlamaServerOpenAiContractTest extends SimulatedContract {
    LlamaServerOpenAiContractTest() {
        super(BackendKind.LLAMA_SERVER, "openai", LlamaServerFace.of(MODEL, KEY));
    }

    @Override
    protected boolean checksModels() {
        return false;
    }
}
