package dev.avionics.airframe.spi;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.http.HttpCall;
import java.util.List;
import java.util.Optional;

/**
 * How one backend speaks over HTTP.
 *
 * <p>Pure: all that it knows is in its arguments. It says what to send and how to read the reply; the engine sends.
 * Thread-safe. Found by {@link java.util.ServiceLoader}, so implementations have a public constructor without
 * parameters.
 */
public interface WireProtocol {
    /** The kind of endpoint that this protocol speaks to. */
    BackendKind kind();

    /** What a model can do; a feature set to NO is refused before anything is sent. */
    Capabilities capabilities(EndpointSpec endpoint, String model);

    /** The clocks that suit this backend. */
    default Timeouts timeouts(EndpointSpec endpoint, String model) {
        return Timeouts.HOSTED;
    }

    /**
     * An answer to a conversation. Encodes the request; runs on the caller's thread.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED or INVALID_REQUEST if the request
     *     cannot be put into this protocol
     */
    Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request);

    /** The backend's state; spends no tokens. */
    Exchange<HealthState> health(WireScope scope);

    /** The models it offers. */
    Exchange<List<ModelInfo>> models(WireScope scope);

    /** Embeddings, if the backend has them. */
    default Optional<EmbeddingWire> embeddings() {
        return Optional.empty();
    }

    /** Ranking, if the backend has it. */
    default Optional<RerankWire> reranking() {
        return Optional.empty();
    }

    /** Counts of tokens without an answer, if the backend makes them. */
    default Optional<TokenCountWire> tokenCounting() {
        return Optional.empty();
    }

    /**
     * Puts the key onto a finished request; called last, for every request of an operation. By default a key that goes
     * where the protocol wants it becomes {@code Authorization: Bearer}.
     */
    default HttpCall authorize(HttpCall call, EndpointSpec endpoint, Credential credential) {
        Secret secret = credential.secret();
        String header = credential.header();
        if (secret == null) {
            return call;
        }
        return header == null
                ? call.withHeader("authorization", "Bearer " + secret.reveal())
                : call.withHeader(header, secret.reveal());
    }
}
