package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;

/** The committed requests for chat completions. */
class LlamaServerGoldenTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "llama-server-openai";
    }

    @Override
    protected WireProtocol protocol() {
        return new LlamaServer();
    }

    @Override
    protected EndpointSpec endpoint() {
        return LlamaServerRequestTest.endpoint("openai");
    }

    @Override
    protected String model() {
        return "qwen3";
    }
}
