package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import java.util.List;

/** The committed requests of the native api: the template, and the completion of the prompt that it makes. */
class LlamaServerNativeGoldenTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "llama-server-native";
    }

    @Override
    protected WireProtocol protocol() {
        return new LlamaServer();
    }

    @Override
    protected EndpointSpec endpoint() {
        return LlamaServerRequestTest.endpoint("native");
    }

    @Override
    protected String model() {
        return "qwen3";
    }

    @Override
    protected List<String> answers() {
        return List.of("{\"prompt\":\"<prompt of the template>\"}");
    }
}
