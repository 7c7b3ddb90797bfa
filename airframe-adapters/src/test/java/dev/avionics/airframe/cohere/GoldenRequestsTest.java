package dev.avionics.airframe.cohere;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import org.junit.jupiter.api.Tag;

@Tag("row-61")
class GoldenRequestsTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "cohere";
    }

    @Override
    protected WireProtocol protocol() {
        return Given.COHERE;
    }

    @Override
    protected EndpointSpec endpoint() {
        return Given.ENDPOINT;
    }

    @Override
    protected String model() {
        return "command-a-plus-05-2026";
    }

    @Override
    protected Part.Thinking thinking() {
        return new Part.Thinking(
                "I will look up the weather.", VendorData.of("cohere", "{\"type\":\"tool_plan\"}"), null);
    }
}
