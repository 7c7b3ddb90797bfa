package dev.avionics.airframe.json;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** The one JSON factory, with its limits. */
final class JsonFactories {
    // Depth and number length bound the work that one answer can cause; texts are bounded by the frame.
    static final JsonFactory STRICT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxNumberLength(400)
                    .maxStringLength(64 << 20)
                    .maxNameLength(10_000)
                    .build())
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .build();

    private JsonFactories() {}
}
