package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.contract.BackendAdapterContract;
import dev.avionics.testkit.model.SimulatedModel;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract against a simulated model. */
abstract class SimulatedContract extends BackendAdapterContract {
    static final SimulatedModel MODEL = SimulatedModel.of("simulated-1", 4096);
    static final String KEY = "sk-right-0123456789abcdef";

    private final BackendKind kind;
    private final String apiType;
    private final Function<SeenRequest, Reply> face;
    private SimulatedBackend backend;
    private ClosedPort closed;
    private String hint = "";

    SimulatedContract(BackendKind kind, String apiType, Function<SeenRequest, Reply> face) {
        this.kind = kind;
        this.apiType = apiType;
        this.face = face;
    }

    final BackendKind kind() {
        return kind;
    }

    final String apiType() {
        return apiType;
    }

    @BeforeEach
    void start() {
        backend = SimulatedBackend.start(Scenario.create().otherwise(face));
        closed = ClosedPort.open();
    }

    @AfterEach
    void stop() {
        closed.close();
        backend.close();
    }

    /** What the page of providers says of a model is held to the rules on that model. */
    @ParameterizedTest
    @EnumSource(Feature.class)
    void feature_asThePageTellsIt_isWhatHappens(Feature feature) {
        hint = getClass().getAnnotation(ProvesRow.class).value().model(feature, airframe());
        checkFeature(feature);
    }

    /** The metadata of the endpoint; default none. */
    Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    protected Target target() {
        return target(backend.uri());
    }

    @Override
    protected Target brokenTarget() {
        return target(closed.uri());
    }

    private Target target(URI uri) {
        EndpointSpec.Builder endpoint = EndpointSpec.builder("simulated", uri, kind)
                .apiType(apiType)
                .credentials(CredentialSource.key(Secret.of(KEY)));
        if (!hint.isEmpty()) {
            endpoint.metadata(ModelTraits.MODEL_HINT, hint);
        }
        metadata().forEach(endpoint::metadata);
        return new Target(endpoint.build(), MODEL.name());
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

    @Test
    void calls_atOnce_getEachTheirOwnAnswer() {
        List<CompletableFuture<InferenceResult>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            all.add(airframe()
                    .infer(
                            target(),
                            ask("Say number " + i + ".").build(),
                            airframe().newCall())
                    .collect());
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).join().text())
                    .startsWith("You asked: Say number " + i + ". ")
                    .contains("🙂");
        }
    }
}
