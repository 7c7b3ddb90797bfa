package dev.avionics.contract;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Spans and metrics as lines of text, in an order that does not depend on chance. Times are left out; ids that are drawn by lot are
 * {@code *}, and ports are written as the name of the backend behind them.
 */
final class TelemetryText {
    private static final Set<String> DRAWN = Set.of(
            "avionics.request.id",
            "avionics.upstream.request_id",
            "gen_ai.response.id",
            "gen_ai.response.time_to_first_chunk");

    private final Map<Long, String> ports;

    /** @param ports the names of backends by their ports */
    TelemetryText(Map<Long, String> ports) {
        this.ports = Map.copyOf(ports);
    }

    /** All spans, each below its parent, attempts in their order. */
    String spans(Collection<SpanData> all) {
        StringBuilder text = new StringBuilder();
        spans(all, "0000000000000000", "", text);
        return text.toString();
    }

    private void spans(Collection<SpanData> all, String parent, String indent, StringBuilder text) {
        all.stream()
                .filter(span -> span.getParentSpanId().equals(parent))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .forEach(span -> {
                    text.append(indent)
                            .append("span ")
                            .append(span.getName())
                            .append(", ")
                            .append(word(span.getKind()))
                            .append(", ")
                            .append(word(span.getStatus().getStatusCode()))
                            .append(span.getStatus().getDescription().isEmpty() ? "" : ", described")
                            .append(span.getEvents().isEmpty() ? "" : ", with events")
                            .append('\n');
                    attributes(span.getAttributes(), indent + "  ", text);
                    spans(all, span.getSpanId(), indent + "  ", text);
                });
    }

    /** All metrics, by name and then by series. */
    String metrics(Collection<MetricData> all) {
        List<String> texts = new ArrayList<>();
        for (MetricData metric : all) {
            for (PointData point : metric.getData().getPoints()) {
                StringBuilder text = new StringBuilder("metric ")
                        .append(metric.getName())
                        .append(", ")
                        .append(word(metric.getType()))
                        .append(", ")
                        .append(metric.getUnit())
                        .append(", ")
                        .append(value(metric.getUnit(), point))
                        .append('\n');
                attributes(point.getAttributes(), "  ", text);
                texts.add(text.toString());
            }
        }
        texts.sort(Comparator.naturalOrder());
        return String.join("", texts);
    }

    private static String value(String unit, PointData point) {
        if (point instanceof HistogramPointData histogram) {
            // How long something took is another value each time.
            return "count " + histogram.getCount() + (unit.equals("s") ? "" : ", sum " + (long) histogram.getSum());
        }
        if (point instanceof LongPointData number) {
            return Long.toString(number.getValue());
        }
        throw new IllegalArgumentException("point: " + point + " (expected: a histogram or a whole number)");
    }

    private void attributes(Attributes attributes, String indent, StringBuilder text) {
        Map<String, Object> sorted = new TreeMap<>();
        attributes.forEach((key, value) -> sorted.put(key.getKey(), value));
        sorted.forEach((key, value) -> text.append(indent)
                .append(key)
                .append(" = ")
                .append(shown(key, value))
                .append('\n'));
    }

    private Object shown(String key, Object value) {
        if (DRAWN.contains(key)) {
            return "*";
        }
        return key.equals("server.port") ? ports.getOrDefault((Long) value, "of nobody") : value;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
