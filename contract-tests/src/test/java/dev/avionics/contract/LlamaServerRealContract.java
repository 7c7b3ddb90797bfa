package dev.avionics.contract;

import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.contract.BackendAdapterContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract against a real llama-server with a small model, which cannot call tools, see or think. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LlamaServerRealContract extends BackendAdapterContract {
    private final String apiType;
    private LlamaServerProcess server;
    private ClosedPort closed;

    LlamaServerRealContract(String apiType) {
        this.apiType = apiType;
    }

    @BeforeAll
    void start() {
        closed = ClosedPort.open();
        // One slot: with more, the server spoils the vectors of texts that it evaluates together.
        server = LlamaServerProcess.start(1, "--embeddings", "--pooling", "mean");
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
        closed.close();
    }

    @Override
    protected Target target() {
        return server.target(apiType);
    }

    @Override
    protected Target brokenTarget() {
        return new Target(target().endpoint().toBuilder().baseUrl(closed.uri()).build(), target().model());
    }

    /** What is left in the cache from other calls changes the last digits of the numbers, and so an answer now and then. */
    @Override
    protected InferenceRequest.Builder ask(String text) {
        return super.ask(text).extra("cache_prompt", false);
    }

    @Override
    protected void awaitIdle(Duration atMost) {
        server.awaitIdle(atMost);
    }

    /** The slot is freed at the next token, which takes its time where the machine has other work. */
    @Override
    protected Duration releaseTime() {
        return Duration.ofSeconds(5);
    }

    @Override
    protected Support thinking() {
        return Support.UNKNOWN;
    }

    /** Whatever the name, the only model answers. */
    @Override
    protected boolean checksModels() {
        return false;
    }
}
