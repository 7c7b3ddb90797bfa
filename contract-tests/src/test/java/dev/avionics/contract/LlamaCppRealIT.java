package dev.avionics.contract;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.testkit.contract.BackendAdapterContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The contract against a model in this process. */
@ProvesRow(ProviderRow.LLAMA_CPP)
class LlamaCppRealIT extends BackendAdapterContract {
    private static final Path MISSING = Path.of("no-such-model.gguf").toAbsolutePath();

    /** The target of a model file; {@code slots} answers at a time, and {@code queue} calls that wait. */
    static Target target(Path file, int slots, int queue) {
        EndpointSpec endpoint = EndpointSpec.builder("embedded", URI.create("local:/model"), BackendKind.LLAMA_CPP)
                .billing(EndpointSpec.Billing.FREE)
                .metadata("n_ctx", "2048")
                .metadata("n_threads", "1")
                .metadata("slots", String.valueOf(slots))
                .metadata("queue", String.valueOf(queue))
                .build();
        return new Target(endpoint, file.toString());
    }

    @Override
    protected Target target() {
        return target(RealParts.model(), 1, 8);
    }

    @Override
    protected Target brokenTarget() {
        return target(MISSING, 1, 8);
    }

    @Override
    protected ErrorCategory brokenCategory() {
        return ErrorCategory.MODEL_NOT_FOUND;
    }

    @Override
    protected String brokenMessage() {
        return MISSING.toString();
    }

    @Override
    protected String listedModel() {
        return RealParts.model().getFileName().toString();
    }

    /** What is left in the cache from other calls changes the last digits of the numbers, and so an answer now and then. */
    @Override
    protected InferenceRequest.Builder ask(String text) {
        return super.ask(text).extra("cache_prompt", false);
    }

    /** The only slot is free when another call gets its first token. */
    @Override
    protected void awaitIdle(Duration atMost) {
        try (Airframe other = Airframe.create()) {
            other.infer(
                            target(),
                            InferenceRequest.builder()
                                    .message(Message.user("Hi"))
                                    .maxTokens(1)
                                    .build(),
                            other.newCall())
                    .collect()
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the slot is busy after " + atMost, e);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Duration releaseTime() {
        return Duration.ofSeconds(5);
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
    protected TokenCount.Certainty outputTokens() {
        return TokenCount.Certainty.ESTIMATED;
    }

    @Override
    protected boolean checksKeys() {
        return false;
    }
}
