package dev.avionics.airframe.ollama;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;

/** The committed requests for one prompt. */
class OllamaGenerateGoldenTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "ollama-generate";
    }

    @Override
    protected WireProtocol protocol() {
        return Given.OLLAMA;
    }

    @Override
    protected EndpointSpec endpoint() {
        return Given.generate();
    }

    @Override
    protected String model() {
        return "qwen3:8b";
    }
}
