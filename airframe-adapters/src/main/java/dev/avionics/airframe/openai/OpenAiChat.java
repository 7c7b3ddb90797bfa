package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.http.EndpointUrls;
import java.net.URI;

/**
 * OpenAI chat completions, as any server with {@code /v1/chat/completions} speaks them: POST chat/completions and
 * embeddings, GET models; and POST responses for models that want it.
 *
 * <p>What differs between servers is their dialect, which is data: {@code dialects.json} beside this class lists them, and a jar
 * of one's own may add others, or replace some, by a like file {@code META-INF/avionics/openai-dialects.json}. The endpoint's metadata {@code dialect} or its api type names one; without, or
 * with api type {@code openai}, the host tells it. What differs between models is in {@code model-traits.json} beside this class.
 * Each switch can be set by metadata of its name, such as {@code max_tokens_field}. Metadata {@code api_path} replaces the path of
 * chats, {@code extra_body} holds JSON fields for every request, {@code model_hint} the model's name where the backend has another.
 *
 * <p>Parameters that a server refuses with 400 or 422 are learned and left out, or sent in the form that it asks for.
 */
public final class OpenAiChat extends Family {
    /** What stands before every path. */
    static final String PREFIX = "/v1";

    /** One protocol for all endpoints. */
    public OpenAiChat() {
        super(OpenAiChat::address);
    }

    @Override
    public BackendKind kind() {
        return BackendKind.OPENAI_CHAT;
    }

    private static URI address(EndpointSpec endpoint, String model, String operation) {
        return operation.equals(Addresses.CHAT)
                ? EndpointUrls.inference(endpoint, PREFIX, operation)
                : EndpointUrls.resolve(endpoint, PREFIX, operation);
    }
}
