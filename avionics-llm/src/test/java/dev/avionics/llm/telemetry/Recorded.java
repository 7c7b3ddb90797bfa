package dev.avionics.llm.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An OpenTelemetry that keeps all it is told. */
final class Recorded implements AutoCloseable {
    private final InMemorySpanExporter spanExporter = InMemorySpanExporter.create();
    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final InMemoryLogRecordExporter logExporter = InMemoryLogRecordExporter.create();
    final OpenTelemetrySdk sdk;

    Recorded() {
        this(Sampler.alwaysOn());
    }

    Recorded(Sampler sampler) {
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(spanExporter))
                        .build())
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(reader).build())
                .setLoggerProvider(SdkLoggerProvider.builder()
                        .addLogRecordProcessor(SimpleLogRecordProcessor.create(logExporter))
                        .build())
                .build();
    }

    List<SpanData> spans() {
        return spanExporter.getFinishedSpanItems();
    }

    SpanData span(String name) {
        return spans().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + spans()));
    }

    List<LogRecordData> events() {
        return logExporter.getFinishedLogRecordItems();
    }

    Map<String, MetricData> metrics() {
        Map<String, MetricData> all = new TreeMap<>();
        reader.collectAllMetrics().forEach(metric -> all.put(metric.getName(), metric));
        return all;
    }

    Collection<? extends PointData> points(String metric) {
        return metrics().get(metric).getData().getPoints();
    }

    static Map<String, Object> map(Attributes attributes) {
        Map<String, Object> map = new TreeMap<>();
        attributes.forEach((name, value) -> map.put(name.getKey(), value));
        return map;
    }

    @Override
    public void close() {
        sdk.close();
    }
}
