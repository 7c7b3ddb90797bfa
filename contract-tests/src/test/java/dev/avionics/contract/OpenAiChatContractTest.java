package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.model.OpenAiFace;

@ProvesRow(ProviderRow.COMPATIBLE)
class OpenAiChatContractTest extends SimulatedContract {
    OpenAiChatContractTest() {
        super(BackendKind.OPENAI_CHAT, "generic", OpenAiFace.of(MODEL, KEY));
    }
}
