package dev.avionics.airframe.gemini;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import org.junit.jupiter.api.Tag;

@Tag("row-58")
class GoldenRequestsTest extends GoldenRequestContract {
    @Override
    protected String name() {
        return "gemini";
    }

    @Override
    protected WireProtocol protocol() {
        return Given.GEMINI;
    }

    @Override
    protected EndpointSpec endpoint() {
        return Given.API;
    }

    @Override
    protected String model() {
        return "gemini-3.5-flash";
    }

    @Override
    protected Part.Thinking thinking() {
        return new Part.Thinking(
                "I need the weather.", VendorData.of("google", "{\"thoughtSignature\":\"c2lnbmVk\"}"), null);
    }
}
