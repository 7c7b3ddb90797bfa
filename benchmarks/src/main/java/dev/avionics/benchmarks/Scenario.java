package dev.avionics.benchmarks;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What one call asks for. */
public enum Scenario {
    /** One chat call answered by one JSON document of 0.4 KB. */
    WHOLE,
    /** One chat call answered by a stream of 200 text chunks, 37 KB, then finish reason, usage and end mark. */
    STREAM;

    /** Model named in every request and answer. */
    public static final String MODEL = "gpt-4o-mini";

    /** System message of every request. */
    public static final String SYSTEM = "You are a terse flight planner. Answer in plain sentences.";

    /** User message of every request. */
    public static final String USER =
            "Plan the descent from flight level 350 to runway 25L and list the checks in the order they are due.";

    /** Name on the command line and in reports. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scenario of this name. */
    public static Scenario of(String id) {
        requireNonNull(id, "id");
        for (Scenario scenario : values()) {
            if (scenario.id().equals(id)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException("scenario: " + id + " (expected: whole or stream)");
    }

    /** Request body for clients that bring no writer of their own; a fresh array. */
    public byte[] requestBody() {
        String stream = this == STREAM ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "";
        String json = "{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"system\",\"content\":\"" + SYSTEM
                + "\"},{\"role\":\"user\",\"content\":\"" + USER + "\"}]" + stream + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
