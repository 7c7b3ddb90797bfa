package dev.avionics.benchmarks;

import static java.util.Objects.requireNonNull;

/**
 * What an arm needs to know.
 *
 * @param host address of the simulated backend
 * @param port its port
 * @param scenario what every call asks for
 * @param inFlight calls that will be open at a time, at least 1
 */
public record ArmSettings(String host, int port, Scenario scenario, int inFlight) {
    /** Checks the ranges. */
    public ArmSettings {
        requireNonNull(host, "host");
        requireNonNull(scenario, "scenario");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        if (inFlight < 1) {
            throw new IllegalArgumentException("inFlight: " + inFlight + " (expected: >= 1)");
        }
    }

    /** Root of the OpenAI-shaped API, without a slash at its end. */
    public String baseUrl() {
        return "http://" + host + ":" + port + "/v1";
    }
}
