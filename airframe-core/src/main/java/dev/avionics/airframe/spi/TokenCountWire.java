package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceRequest;

/** How a backend counts the tokens of a request without answering it. */
@FunctionalInterface
public interface TokenCountWire {
    /** The prompt tokens that the request would cost. */
    Exchange<Long> count(WireScope scope, InferenceRequest request);
}
