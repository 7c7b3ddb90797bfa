package com.example.oracle;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.contract.BackendAdapterContract;
import dev.avionics.testkit.model.SimulatedModel;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract of every adapter, kept by one that nobody here knows: ServiceLoader finds it. */
class OracleContractTest extends BackendAdapterContract {
    private static final String KEY = "right-key-0123456789";

    private final SimulatedModel model = SimulatedModel.of("pythia", 4096);
    private SimulatedBackend backend;
    private ClosedPort closed;

    @BeforeEach
    void start() {
        backend = SimulatedBackend.start(Scenario.create().otherwise(new OracleServer(model, KEY)));
        closed = ClosedPort.open();
    }

    @AfterEach
    void stop() {
        closed.close();
        backend.close();
    }

    private Target target(URI address) {
        EndpointSpec endpoint = EndpointSpec.builder("delphi", address, BackendKind.of("oracle"))
                .credentials(CredentialSource.key(Secret.of(KEY)))
                .build();
        return new Target(endpoint, model.name());
    }

    @Override
    protected Target target() {
        return target(backend.uri());
    }

    @Override
    protected Target brokenTarget() {
        return target(closed.uri());
    }

    @Override
    protected void awaitIdle(Duration atMost) {
        backend.requests().forEach(request -> request.awaitAnswered(atMost));
    }

    @Override
    protected long requestsSeen() {
        return backend.requests().size();
    }

    @Override
    protected long postsSeen() {
        return backend.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .count();
    }

    @Override
    protected Support tools() {
        return Support.NO;
    }

    @Override
    protected Support images() {
        return Support.NO;
    }

    @Override
    protected Support thinking() {
        return Support.NO;
    }

    @Override
    protected Support jsonSchema() {
        return Support.NO;
    }

    @Override
    protected Support embeddings() {
        return Support.NO;
    }
}
