package dev.avionics.airframe.ollama;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;

/** The committed requests for conversations. */
class OllamaGoldenTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "ollama";
    }

    @Override
    protected WireProtocol protocol() {
        return Given.OLLAMA;
    }

    @Override
    protected EndpointSpec endpoint() {
        return Given.LOCAL;
    }

    @Override
    protected String model() {
        return "qwen3:8b";
    }
}
