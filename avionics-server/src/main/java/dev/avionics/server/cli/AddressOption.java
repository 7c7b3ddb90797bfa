package dev.avionics.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The address as an argument, of commands that are about one. */
final class AddressOption {
    @Parameters(arity = "0..1", paramLabel = "URL", description = "The address; the same as --base-url.")
    @Nullable
    String address;

    /** Sets the option of the same meaning. */
    void addTo(BackendOptions backend) {
        if (address == null) {
            return;
        }
        if (backend.baseUrl != null) {
            throw new UsageException("--base-url: " + backend.baseUrl + " and " + address + " (expected: one address)");
        }
        backend.baseUrl = address;
    }
}
