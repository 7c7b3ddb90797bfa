package dev.avionics.airframe.spi;

import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;

/** How a backend ranks documents. */
@FunctionalInterface
public interface RerankWire {
    /** The documents in order of their worth. */
    Exchange<RerankResult> rerank(WireScope scope, RerankRequest request);
}
