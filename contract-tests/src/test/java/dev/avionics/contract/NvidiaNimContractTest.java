package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;

@ProvesRow(ProviderRow.NVIDIA_NIM)
class NvidiaNimContractTest extends SimulatedContract {
    NvidiaNimContractTest() {
        super(BackendKind.OPENAI_CHAT, "nvidia-nim", OpenAiFace.strict(OpenAiVendor.NVIDIA_NIM, MODEL, KEY));
    }

    /** Of a model that does not think. */
    @Override
    protected Support thinking() {
        return Support.NO;
    }
}
