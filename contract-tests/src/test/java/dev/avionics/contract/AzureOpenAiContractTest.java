package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;

@ProvesRow(ProviderRow.AZURE)
class AzureOpenAiContractTest extends SimulatedContract {
    AzureOpenAiContractTest() {
        super(BackendKind.AZURE_OPENAI, "", OpenAiFace.strict(OpenAiVendor.AZURE, MODEL, KEY));
    }
}
