package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;

@ProvesRow(ProviderRow.MISTRAL)
class MistralContractTest extends SimulatedContract {
    MistralContractTest() {
        super(BackendKind.OPENAI_CHAT, "mistral", OpenAiFace.strict(OpenAiVendor.MISTRAL, MODEL, KEY));
    }

    /** Of a model that does not think. */
    @Override
    protected Support thinking() {
        return Support.NO;
    }
}
