package dev.avionics.airframe.openai;

import dev.avionics.airframe.EndpointSpec;
import java.net.URI;

/** Where a protocol of the OpenAI family finds its operations. */
@FunctionalInterface
interface Addresses {
    /** Chats; the only operation whose path an endpoint's metadata may replace. */
    String CHAT = "/chat/completions";
    /** The newer API for the same. */
    String RESPONSES = "/responses";
    /** Vectors of texts. */
    String EMBEDDINGS = "/embeddings";
    /** The list of models. */
    String MODELS = "/models";

    /** The address of an operation for a model. */
    URI of(EndpointSpec endpoint, String model, String operation);
}
