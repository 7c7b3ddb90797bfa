package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;

@ProvesRow(ProviderRow.GROQ)
class GroqContractTest extends SimulatedContract {
    GroqContractTest() {
        super(BackendKind.OPENAI_CHAT, "groq", OpenAiFace.strict(OpenAiVendor.GROQ, MODEL, KEY));
    }

    /** Of a model that does not think. */
    @Override
    protected Support thinking() {
        return Support.NO;
    }
}
