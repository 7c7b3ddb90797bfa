package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.CohereFace;

@ProvesRow(ProviderRow.COHERE)
class CohereContractTest extends SimulatedContract {
    CohereContractTest() {
        super(BackendKind.COHERE_CHAT, "", CohereFace.of(MODEL, KEY));
    }

    @Override
    protected Support reranking() {
        return Support.YES;
    }
}
