package dev.avionics.testkit.contract;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import java.time.Duration;

/**
 * What the contract has to know of a backend: where it is, what breaks it, when it is idle, and what it can do.
 *
 * <p>A feature is told as YES: the case has to succeed. NO: it has to be refused with UNSUPPORTED before anything is sent.
 * UNKNOWN: it is sent, and the backend may take it, leave it aside or refuse it in its own words.
 */
public abstract class BackendUnderTest {
    /** For subclasses. */
    protected BackendUnderTest() {}

    /** A target that answers. */
    protected abstract Target target();

    /** A target at which nothing can answer: a closed port, a missing file. */
    protected abstract Target brokenTarget();

    /**
     * Returns as soon as the backend works at nothing.
     *
     * @throws AssertionError if it does after that time
     */
    protected abstract void awaitIdle(Duration atMost);

    /** The airframe of one case, which is closed after it; by default one that finds adapters on the class path. */
    protected Airframe newAirframe() {
        return Airframe.create();
    }

    /** Whether tools can be called; default YES. */
    protected Support tools() {
        return Support.YES;
    }

    /** Whether pictures are taken; default YES. */
    protected Support images() {
        return Support.YES;
    }

    /** Whether reasoning comes apart from the answer when it is asked for; default YES. */
    protected Support thinking() {
        return Support.YES;
    }

    /** Whether an answer can be held to a JSON schema; default YES. */
    protected Support jsonSchema() {
        return Support.YES;
    }

    /** Whether answers end at stop sequences; default true. Else they are left out, and the answer says so. */
    protected boolean takesStopSequences() {
        return true;
    }

    /** Whether there are embeddings; default YES. */
    protected Support embeddings() {
        return Support.YES;
    }

    /** Whether documents are ranked; default NO. */
    protected Support reranking() {
        return Support.NO;
    }

    /** Whether vectors have the length 1; default true. */
    protected boolean normalisesEmbeddings() {
        return true;
    }

    /** How the number of input tokens is known; default KNOWN. */
    protected TokenCount.Certainty inputTokens() {
        return TokenCount.Certainty.KNOWN;
    }

    /** How the number of tokens of texts for embeddings is known; default as {@link #inputTokens()}. */
    protected TokenCount.Certainty embeddingTokens() {
        return inputTokens();
    }

    /** How the number of output tokens is known; default KNOWN. */
    protected TokenCount.Certainty outputTokens() {
        return TokenCount.Certainty.KNOWN;
    }

    /** Whether a wrong key is refused, rather than nobody looking at keys; default true. */
    protected boolean checksKeys() {
        return true;
    }

    /** Whether an unknown model is refused, rather than the only one answering; default true. */
    protected boolean checksModels() {
        return true;
    }

    /** What the failure at {@link #brokenTarget()} is; default CONNECTION. */
    protected ErrorCategory brokenCategory() {
        return ErrorCategory.CONNECTION;
    }

    /** A part of the message of the failure at {@link #brokenTarget()}, by which people find what to mend. */
    protected String brokenMessage() {
        return brokenTarget().endpoint().address();
    }

    /** The id of the target's model in the list of models; default the target's own. */
    protected String listedModel() {
        return target().model();
    }

    /** A request whose answer takes seconds, and begins to come at once. */
    protected InferenceRequest longAnswer() {
        return ask("Write a very long story about the sea.").maxTokens(1000).build();
    }

    /** How many requests the backend has seen; 0 always where that cannot be told. */
    protected long requestsSeen() {
        return 0;
    }

    /** How many requests that cost tokens (POST) the backend has seen; 0 always where that cannot be told. */
    protected long postsSeen() {
        return 0;
    }

    /** How long the backend may go on working after a cancel; default 2 s. */
    protected Duration releaseTime() {
        return Duration.ofSeconds(2);
    }

    /** A question with temperature 0 and room for 24 tokens; may add what makes the model's answers repeatable. */
    protected InferenceRequest.Builder ask(String text) {
        return InferenceRequest.builder()
                .message(Message.user(text))
                .temperature(0.0)
                .maxTokens(24);
    }
}
