package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import java.util.Map;

@ProvesRow(ProviderRow.OPENAI)
class OpenAiContractTest extends SimulatedContract {
    OpenAiContractTest() {
        super(BackendKind.OPENAI_CHAT, "", OpenAiFace.strict(OpenAiVendor.OPENAI, MODEL, KEY));
    }

    @Override
    Map<String, String> metadata() {
        return Map.of("dialect", "openai");
    }
}
