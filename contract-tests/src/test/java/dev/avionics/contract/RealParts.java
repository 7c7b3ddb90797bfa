package dev.avionics.contract;

import java.nio.file.Files;
import java.nio.file.Path;

/** The server, the model and the vendors' SDKs that the real suite runs on. */
final class RealParts {
    private RealParts() {}

    /** The executable of llama-server, or what takes its flags. */
    static Path server() {
        return part("LLAMA_SERVER", "avionics.llama-server");
    }

    /** A small instruct model. */
    static Path model() {
        return part("SMOLLM2_GGUF", "avionics.smollm2");
    }

    /** The folder that holds the vendors' SDKs in {@code node_modules}. */
    static Path sdkTypes() {
        return part("SDK_TYPES", "avionics.sdk-types");
    }

    private static Path part(String variable, String property) {
        String path = System.getProperty(property, System.getenv(variable));
        if (path == null || !Files.exists(Path.of(path))) {
            throw new AssertionError((path == null ? variable + " is not set" : variable + ": no file " + path)
                    + ". The real suite needs a llama-server, a model and SDKs: run .ci/real-parts, then"
                    + " `set -a; . .ci/work/parts.env; set +a`, and this again (or set the system property " + property
                    + ")");
        }
        return Path.of(path);
    }
}
