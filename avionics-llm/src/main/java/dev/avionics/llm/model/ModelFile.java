package dev.avionics.llm.model;

import static java.util.Objects.requireNonNull;

/**
 * A model file and how to know it.
 *
 * @param name the file's name
 * @param bytes its length
 * @param sha256 its SHA-256, 64 hexadecimal digits in lower case
 */
public record ModelFile(String name, long bytes, String sha256) {
    /** SmolLM2-135M-Instruct in GGUF, quantised to four bits; small enough for any machine. */
    public static final ModelFile SMOLLM2_135M = new ModelFile(
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");

    public ModelFile {
        requireNonNull(name, "name");
        if (name.isEmpty() || name.contains("/") || name.contains("\\")) {
            throw new IllegalArgumentException("name: " + name + " (expected: the name of a file, without folders)");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 1)");
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256: " + sha256 + " (expected: 64 hexadecimal digits, lower case)");
        }
    }
}
