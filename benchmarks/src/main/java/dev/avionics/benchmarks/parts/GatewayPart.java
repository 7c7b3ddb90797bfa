package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.benchmarks.Answers;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** {@link CallPart}'s calls through a gateway with its usual layers: what these add, and what telemetry adds to them. */
@State(Scope.Thread)
public class GatewayPart {
    private final OpenTelemetrySdk sdk = DeafSdk.of(Sampler.alwaysOn());
    private final Airframe whole = airframe(Material.JSON, List.of(Answers.whole()));
    private final Airframe streamed = airframe(Material.EVENTS, Material.streamedReads());
    private final LLMGateway untold = gateway(whole, LLMTelemetry.off());
    private final LLMGateway told = gateway(whole, LLMTelemetry.of(sdk));
    private final LLMGateway untoldStreams = gateway(streamed, LLMTelemetry.off());
    private final LLMGateway toldStreams = gateway(streamed, LLMTelemetry.of(sdk));
    private final GatewayRequest wholeRequest = request(false);
    private final GatewayRequest streamedRequest = request(true);

    private static Airframe airframe(String contentType, List<byte[]> reads) {
        return Airframe.builder()
                .transport(new MemoryTransport(contentType, reads))
                .delivery(Delivery.TRANSPORT)
                .build();
    }

    private static LLMGateway gateway(Airframe airframe, LLMTelemetry telemetry) {
        EndpointSpec endpoint = Material.TARGET.endpoint();
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OPENAI_COMPATIBLE)
                .baseUrl(endpoint.baseUrl())
                .apiKey(Secret.of("key-of-the-benchmark"))
                .model(Material.TARGET.model())
                .build();
        return LLMGateway.builder(ProviderLookup.of(new BackendProvider(settings, airframe)), airframe)
                .telemetry(telemetry)
                .build();
    }

    private static GatewayRequest request(boolean stream) {
        InferenceRequest request = Material.request(stream);
        return GatewayRequest.of(request);
    }

    private static InferenceResult collect(LLMGateway gateway, GatewayRequest request) {
        return gateway.infer(request, gateway.newCall()).collect().join();
    }

    /** A whole answer of which nobody is told. */
    @Benchmark
    public InferenceResult gatewayWhole() {
        return collect(untold, wholeRequest);
    }

    /** A whole answer of which an SDK is told. */
    @Benchmark
    public InferenceResult gatewayWholeTold() {
        return collect(told, wholeRequest);
    }

    /** A streamed answer of 200 chunks of which nobody is told. */
    @Benchmark
    public void gatewayStream(Blackhole events) {
        untoldStreams.infer(streamedRequest, untoldStreams.newCall()).subscribe(new StreamPart.Reader(events));
    }

    /** A streamed answer of 200 chunks of which an SDK is told. */
    @Benchmark
    public void gatewayStreamTold(Blackhole events) {
        toldStreams.infer(streamedRequest, toldStreams.newCall()).subscribe(new StreamPart.Reader(events));
    }

    /** Ends callbacks, timers and readers. */
    @TearDown
    public void close() {
        List.of(untold, told, untoldStreams, toldStreams).forEach(LLMGateway::close);
        whole.close();
        streamed.close();
        sdk.close();
    }
}
