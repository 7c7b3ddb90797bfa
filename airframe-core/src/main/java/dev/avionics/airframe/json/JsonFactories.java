package dev.avionics.airframe.json;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonRecyclerPools;

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
            // JSON that is exchanged is UTF-8; without this, zero bytes would make a text UTF-16 or UTF-32.
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            // Interning takes a lock-free but slow path into the JVM; the symbol table compares by bytes anyway.
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            // Frames are read on few threads that live long: no pool between them is cheaper than one for all.
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    private JsonFactories() {}
}
