package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.OllamaFace;

/** A model that reads and writes texts only: what it cannot do it says itself. */
@ProvesRow(ProviderRow.OLLAMA_PLAIN)
class OllamaPlainModelContractTest extends SimulatedContract {
    OllamaPlainModelContractTest() {
        super(BackendKind.OLLAMA, "", OllamaFace.of(MODEL).without("tools", "vision", "thinking"));
    }

    @Override
    protected Support tools() {
        return Support.UNKNOWN;
    }

    @Override
    protected Support images() {
        return Support.UNKNOWN;
    }

    /** Learned from the refusal, and left out from then on. */
    @Override
    protected Support thinking() {
        return Support.NO;
    }

    @Override
    protected boolean checksKeys() {
        return false;
    }
}
