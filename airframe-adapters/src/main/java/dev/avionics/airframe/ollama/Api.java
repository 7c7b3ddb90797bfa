package dev.avionics.airframe.ollama;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.Locale;

/** Which of the two ways to an answer an endpoint uses. */
enum Api {
    CHAT("/chat"),
    GENERATE("/generate");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    static Api of(EndpointSpec endpoint) {
        return switch (endpoint.apiType().toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "", "ollama-chat" -> CHAT;
            case "ollama-generate" -> GENERATE;
            default ->
                throw InferenceException.builder(
                                ErrorCategory.INVALID_REQUEST,
                                "apiType: " + endpoint.apiType() + " (expected: ollama-chat or ollama-generate)")
                        .origin(ErrorOrigin.CALLER)
                        .build();
        };
    }
}
