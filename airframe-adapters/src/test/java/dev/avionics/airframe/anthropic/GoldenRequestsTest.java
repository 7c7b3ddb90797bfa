package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import org.junit.jupiter.api.Tag;

@Tag("row-56")
class GoldenRequestsTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "anthropic";
    }

    @Override
    protected WireProtocol protocol() {
        return Given.ANTHROPIC;
    }

    @Override
    protected EndpointSpec endpoint() {
        return Given.ENDPOINT;
    }

    @Override
    protected String model() {
        return Given.MIDDLE;
    }

    @Override
    protected Part.Thinking thinking() {
        return new Part.Thinking(
                "I need the weather.", VendorData.of("anthropic", "{\"signature\":\"c2lnbmVk\"}"), null);
    }
}
