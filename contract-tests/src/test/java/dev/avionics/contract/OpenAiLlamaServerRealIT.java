package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.Target;

/** Chat Completions as of any OpenAI-like server, against a real llama-server, of which the adapter knows nothing else. */
@ProvesRow(ProviderRow.COMPATIBLE)
class OpenAiLlamaServerRealIT extends LlamaServerRealContract {
    OpenAiLlamaServerRealIT() {
        super("generic");
    }

    @Override
    protected Target target() {
        Target own = super.target();
        return new Target(
                own.endpoint().toBuilder().kind(BackendKind.OPENAI_CHAT).build(), own.model());
    }

    /** The server takes tools; the model's template knows none. */
    @Override
    protected Support tools() {
        return Support.UNKNOWN;
    }

    @Override
    protected Support images() {
        return Support.UNKNOWN;
    }

    @Override
    protected Support jsonSchema() {
        return Support.UNKNOWN;
    }

    @Override
    protected Support embeddings() {
        return Support.UNKNOWN;
    }
}
