package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What nodes tell over HTTP of their load, by the adapter of each. Thread-safe. */
final class ServedLoad implements NodeLoad {
    /** The metadata key that says what a node is asked for. */
    static final String LOAD = "load";

    private static final String VLLM = "vllm";
    /** A server with many histograms and adapters writes some hundred KB. */
    private static final int MOST_BYTES = 8 << 20;

    private final Airframe airframe;

    /** What a node is asked for. */
    enum Source {
        SLOTS,
        METRICS,
        OFF;

        /**
         * That of a word in a profile.
         *
         * @throws IllegalArgumentException if there is none of that name
         */
        static Source named(String word) {
            for (Source each : values()) {
                if (each.name().equalsIgnoreCase(word)) {
                    return each;
                }
            }
            throw new IllegalArgumentException("load: " + word + " (expected one of slots, metrics, off)");
        }

        static Source of(InferenceNode node) {
            String told = node.metadata().get(LOAD);
            if (told != null) {
                return named(told);
            }
            EndpointSpec endpoint = node.endpoint();
            if (endpoint.kind().equals(BackendKind.LLAMA_SERVER)) {
                return SLOTS;
            }
            String dialect = endpoint.metadata().getOrDefault("dialect", endpoint.apiType());
            return dialect.toLowerCase(Locale.ROOT).equals(VLLM) ? METRICS : OFF;
        }
    }

    ServedLoad(Airframe airframe) {
        this.airframe = requireNonNull(airframe, "airframe");
    }

    @Override
    public CompletableFuture<Reading> read(InferenceNode node) {
        Source source = Source.of(node);
        if (source == Source.OFF) {
            return CompletableFuture.completedFuture(Reading.NONE);
        }
        EndpointSpec endpoint = node.endpoint();
        if (!(airframe.adapters().adapter(endpoint.kind()) instanceof ProtocolAdapter http)) {
            return CompletableFuture.failedFuture(InferenceException.of(
                    ErrorCategory.UNSUPPORTED, "node " + node.name() + " is not asked over HTTP (set load: off)"));
        }
        return http.run(
                new Target(endpoint, node.model()),
                airframe.newCall(),
                scope -> Exchange.of(source == Source.SLOTS ? slots(scope) : metrics(scope)));
    }

    private static Step.Send<Reading> slots(WireScope scope) {
        return new Step.Send<>(
                // Metrics come second: who reads them resets the averages that the owner's own monitoring gets.
                HttpCall.get(url(scope, "/slots")),
                head -> head.isSuccess() ? body(LoadFormats::slots) : metrics(scope));
    }

    private static Step.Send<Reading> metrics(WireScope scope) {
        return new Step.Send<>(
                HttpCall.get(url(scope, "/metrics")).withHeader("accept", "text/plain"),
                head -> head.isSuccess()
                        ? body(LoadFormats::metrics)
                        : HttpErrors.of(scope.endpoint().name()).refused(head, scope.now()));
    }

    private static URI url(WireScope scope, String path) {
        return EndpointUrls.resolve(EndpointUrls.root(scope.endpoint().baseUrl()), "", path);
    }

    private static Step<Reading> body(Function<ByteBuffer, Reading> format) {
        return new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(format.apply(body)));
    }
}
