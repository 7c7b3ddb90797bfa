package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import org.junit.jupiter.api.Test;

/** The Messages protocol against a real llama-server, which speaks it too. */
@ProvesRow(ProviderRow.ANTHROPIC)
class AnthropicLlamaServerRealIT extends LlamaServerRealContract {
    AnthropicLlamaServerRealIT() {
        super("");
    }

    @Override
    protected Target target() {
        Target own = super.target();
        return new Target(
                own.endpoint().toBuilder().kind(BackendKind.ANTHROPIC_MESSAGES).build(), own.model());
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

    /** A schema is that of a forced call, which the model's template does not know. */
    @Override
    protected Support jsonSchema() {
        return Support.UNKNOWN;
    }

    @Override
    protected Support embeddings() {
        return Support.NO;
    }

    @Test
    void tokens_counted_areThoseOfTheAnswer() {
        InferenceRequest question = ask("Why is the sky blue?")
                .messages(java.util.List.of(Message.system("Be brief."), Message.user("Why is the sky blue?")))
                .build();

        Long counted =
                airframe().countTokens(target(), question, airframe().newCall()).join();

        assertThat(counted)
                .isEqualTo(airframe()
                        .infer(target(), question, airframe().newCall())
                        .collect()
                        .join()
                        .usage()
                        .inputTotal()
                        .value())
                .isPositive();
    }
}
