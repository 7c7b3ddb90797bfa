package dev.avionics.server.cli;

import dev.avionics.airframe.call.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which backend is used and how long it may take. */
final class BackendOptions {
    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "The backend; 'avionics providers' lists them. Default: what the settings say, else what is "
                    + "found on this machine, else a small model in the process.")
    @Nullable
    String provider;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model. A path to a .gguf file runs that file in the process.")
    @Nullable
    String model;

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description = "The backend's address. Without --provider it is taken for an OpenAI-compatible one.")
    @Nullable
    String baseUrl;

    @Option(
            names = "--api-key-env",
            paramLabel = "VARIABLE",
            description = "The environment variable that holds the key.")
    @Nullable
    String apiKeyEnv;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Time for the whole call, such as 30, 500ms, 2m. Default: 10m.")
    @Nullable
    Duration timeout;

    @Option(
            names = "--first-byte-timeout",
            paramLabel = "TIME",
            description =
                    "Time from the request to the first byte of a streamed answer. Default: 2m, local backends 5m.")
    @Nullable
    Duration firstByteTimeout;

    @Option(
            names = "--idle-timeout",
            paramLabel = "TIME",
            description = "Longest silence within a streamed answer. Default: 2m.")
    @Nullable
    Duration idleTimeout;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell more on standard error: attempts, the model's reasoning, stack traces of errors.")
    boolean verbose;

    /** The clocks that were set. */
    Timeouts.Override timeouts() {
        return new Timeouts.Override(null, firstByteTimeout, idleTimeout, null, null, timeout);
    }
}
