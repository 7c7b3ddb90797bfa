package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.telemetry.CallTelemetry;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryCall;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to tell of one call with one attempt: two spans and three points of metrics; without the call itself. */
@State(Scope.Thread)
public class TelemetryPart {
    private final OpenTelemetrySdk all = sdk(Sampler.alwaysOn());
    private final OpenTelemetrySdk none = sdk(Sampler.alwaysOff());
    private final LLMTelemetry sampled = LLMTelemetry.of(all);
    private final LLMTelemetry unsampled = LLMTelemetry.of(none);
    private final InferenceRequest request = Material.request(false);
    private final CallContext context = CallContext.create(Delivery.TRANSPORT);
    private final Outcome outcome = new Outcome.Done(new InferenceEvent.Completed(
            FinishReason.STOP,
            "stop",
            Usage.builder()
                    .inputUncached(TokenCount.known(20))
                    .output(TokenCount.known(100))
                    .build(),
            "r-1",
            "m"));

    private static OpenTelemetrySdk sdk(Sampler sampler) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(new NoSpans()))
                        .build())
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(PeriodicMetricReader.create(new NoMetrics()))
                        .build())
                .build();
    }

    /** Exporters are measured elsewhere. */
    private static final class NoSpans implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private static final class NoMetrics implements MetricExporter {
        @Override
        public CompletableResultCode export(Collection<MetricData> metrics) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }
    }

    private CallContext tell(LLMTelemetry telemetry) {
        CallTelemetry told = telemetry.isOn()
                ? telemetry.start(TelemetryCall.chat("openai", Material.TARGET, request, context))
                : CallTelemetry.NONE;
        told.attemptStarted(1, Material.TARGET);
        CallContext attempt = told.attempt(context);
        told.answered(200, "r");
        told.ended(outcome);
        return attempt;
    }

    /** Somebody listens to every call. */
    @Benchmark
    public CallContext tellSampled() {
        return tell(sampled);
    }

    /** Metrics only: the sampler takes no span. */
    @Benchmark
    public CallContext tellUnsampled() {
        return tell(unsampled);
    }

    /** Nobody listens: allocates nothing. */
    @Benchmark
    public CallContext tellNobody() {
        return tell(LLMTelemetry.off());
    }

    /** Ends the readers. */
    @TearDown
    public void close() {
        all.close();
        none.close();
    }
}
