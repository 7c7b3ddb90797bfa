package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

/**
 * A model at an endpoint: where one attempt goes.
 *
 * @param endpoint the backend's address and manners
 * @param model the model's name there; may be empty where the backend serves a single one
 */
public record Target(EndpointSpec endpoint, String model) {
    public Target {
        requireNonNull(endpoint, "endpoint");
        requireNonNull(model, "model");
    }
}
