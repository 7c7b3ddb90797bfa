package dev.avionics.server.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Takes OTLP over HTTP, and reads the protobuf that it is sent. */
final class Collector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Reply THANKS = Reply.of("application/x-protobuf", "");

    private final SimulatedBackend backend;

    private Collector(Function<SeenRequest, Reply> answers) {
        backend = SimulatedBackend.start(Scenario.create().otherwise(answers));
    }

    /** Takes everything. */
    static Collector start() {
        return new Collector(request -> THANKS);
    }

    /** Takes everything but what is sent to that path, which it refuses. */
    static Collector refusing(String path) {
        return new Collector(request -> request.path().equals(path) ? Reply.status(400) : THANKS);
    }

    /** Takes connections and requests, and never answers. */
    static Collector hanging() {
        return new Collector(request -> Reply.silence());
    }

    String address() {
        return backend.uri().toString();
    }

    /** Waits until that many requests were made. */
    void awaitRequests(int count) {
        backend.awaitRequests(count, PATIENCE);
    }

    int requests() {
        return backend.requests().size();
    }

    List<String> paths() {
        return backend.requests().stream().map(SeenRequest::path).distinct().toList();
    }

    private Stream<byte[]> bodies(String path) {
        return backend.requests().stream()
                .filter(request -> request.isComplete() && request.path().equals(path))
                .map(SeenRequest::body);
    }

    /** What is read from bytes. */
    private interface Parser<T> {
        T parse(byte[] body) throws InvalidProtocolBufferException;
    }

    private static <T> Function<byte[], T> read(Parser<T> parser) {
        return body -> {
            try {
                return parser.parse(body);
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    List<Span> spans() {
        return bodies("/v1/traces")
                .map(read(ExportTraceServiceRequest::parseFrom))
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    List<Metric> metrics() {
        return bodies("/v1/metrics")
                .map(read(ExportMetricsServiceRequest::parseFrom))
                .flatMap(request -> request.getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .toList();
    }

    List<LogRecord> logs() {
        return bodies("/v1/logs")
                .map(read(ExportLogsServiceRequest::parseFrom))
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    /** The name of the service, as spans and metrics say. */
    List<String> services() {
        Stream<Resource> ofSpans = bodies("/v1/traces")
                .map(read(ExportTraceServiceRequest::parseFrom))
                .flatMap(request -> request.getResourceSpansList().stream())
                .map(one -> one.getResource());
        Stream<Resource> ofMetrics = bodies("/v1/metrics")
                .map(read(ExportMetricsServiceRequest::parseFrom))
                .flatMap(request -> request.getResourceMetricsList().stream())
                .map(one -> one.getResource());
        return Stream.concat(ofSpans, ofMetrics)
                .flatMap(resource -> resource.getAttributesList().stream())
                .filter(attribute -> attribute.getKey().equals("service.name"))
                .map(attribute -> attribute.getValue().getStringValue())
                .distinct()
                .toList();
    }

    /** Waits until a metric that fits was sent; each export looks again. */
    Metric awaitMetric(Predicate<Metric> wanted) {
        while (true) {
            int seen = requests();
            List<Metric> found = metrics().stream().filter(wanted).toList();
            if (!found.isEmpty()) {
                return found.get(0);
            }
            awaitRequests(seen + 1);
        }
    }

    @Override
    public void close() {
        backend.close();
    }
}
