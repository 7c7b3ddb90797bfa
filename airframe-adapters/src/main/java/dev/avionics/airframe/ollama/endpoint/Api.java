package dev.avionics.airframe.ollama.endpoint;

import dev.avionics.airframe.EndpointSpec;
import java.util.Locale;

/** Which of the two ways to an answer an endpoint uses. */
public enum Api {
    /** Turns of a conversation. */
    CHAT("/chat"),
    /** One prompt. */
    GENERATE("/generate");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    /** The path below the API's prefix. */
    public String path() {
        return path;
    }

    /**
     * The way that the endpoint's api type names.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category INVALID_REQUEST if it names none
     */
    public static Api of(EndpointSpec endpoint) {
        return switch (endpoint.apiType().toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "", "ollama-chat" -> CHAT;
            case "ollama-generate" -> GENERATE;
            default ->
                throw Errors.invalid("apiType: " + endpoint.apiType() + " (expected: ollama-chat or ollama-generate)");
        };
    }
}
