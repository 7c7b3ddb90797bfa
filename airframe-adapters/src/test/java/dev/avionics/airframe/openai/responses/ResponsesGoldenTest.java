package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.openai.OpenAiResponses;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import java.net.URI;

class ResponsesGoldenTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "openai-responses";
    }

    @Override
    protected WireProtocol protocol() {
        return new OpenAiResponses();
    }

    @Override
    protected EndpointSpec endpoint() {
        return EndpointSpec.builder("openai", URI.create("https://api.openai.com/v1"), OpenAiResponses.KIND)
                .metadata("vendor", "openai")
                .build();
    }

    @Override
    protected String model() {
        return "gpt-5.1";
    }

    @Override
    protected Part.Thinking thinking() {
        return new Part.Thinking(
                "I need the weather.",
                VendorData.of(
                        "openai-responses",
                        "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"encrypted_content\":\"gAAAA\",\"summary\":"
                                + "[{\"type\":\"summary_text\",\"text\":\"I need the weather.\"}]}"),
                null);
    }
}
