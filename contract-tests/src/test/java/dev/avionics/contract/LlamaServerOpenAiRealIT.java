package dev.avionics.contract;

import dev.avionics.airframe.Capabilities.Support;

@ProvesRow(ProviderRow.LLAMA_SERVER_OPENAI)
class LlamaServerOpenAiRealIT extends LlamaServerRealContract {
    LlamaServerOpenAiRealIT() {
        super("openai");
    }

    /** The server takes tools; the model's template knows none. */
    @Override
    protected Support tools() {
        return Support.UNKNOWN;
    }

    /** The server takes images where it has a projector. */
    @Override
    protected Support images() {
        return Support.UNKNOWN;
    }
}
