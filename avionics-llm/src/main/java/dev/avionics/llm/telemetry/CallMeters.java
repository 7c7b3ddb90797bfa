package dev.avionics.llm.telemetry;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import dev.avionics.llm.telemetry.GenAiSemconv.Cell;
import dev.avionics.llm.telemetry.GenAiSemconv.Instrument;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The instruments of calls, as one version of the conventions has them. Thread-safe. */
final class CallMeters {
    private static final double NANOS = 1e9;

    private final SemconvVersion version;
    private final Map<Instrument, DoubleHistogram> seconds = new EnumMap<>(Instrument.class);
    private final Map<Instrument, LongHistogram> sizes = new EnumMap<>(Instrument.class);
    private final Map<Instrument, LongCounter> sums = new EnumMap<>(Instrument.class);
    private final LongCounter usageMissing;

    CallMeters(Meter meter, SemconvVersion version) {
        this.version = version;
        for (Instrument each : Instrument.values()) {
            Cell cell = each.cell(version);
            if (cell != null) {
                make(meter, each, cell);
            }
        }
        usageMissing = meter.counterBuilder(GatewayMeters.USAGE_MISSING)
                .setUnit("{call}")
                .setDescription("Answers whose backend told no usage")
                .build();
    }

    private void make(Meter meter, Instrument instrument, Cell cell) {
        if (cell.shape() == GenAiSemconv.Shape.COUNTER) {
            sums.put(
                    instrument,
                    meter.counterBuilder(cell.name())
                            .setUnit(instrument.unit())
                            .setDescription(instrument.description())
                            .build());
        } else if (instrument.unit().equals("s")) {
            seconds.put(
                    instrument,
                    meter.histogramBuilder(cell.name())
                            .setUnit("s")
                            .setDescription(instrument.description())
                            .setExplicitBucketBoundariesAdvice(instrument.buckets())
                            .build());
        } else {
            sizes.put(
                    instrument,
                    meter.histogramBuilder(cell.name())
                            .ofLongs()
                            .setUnit(instrument.unit())
                            .setDescription(instrument.description())
                            .setExplicitBucketBoundariesAdvice(instrument.buckets().stream()
                                    .map(Double::longValue)
                                    .toList())
                            .build());
        }
    }

    void time(Instrument instrument, long nanos, Attributes series) {
        DoubleHistogram histogram = seconds.get(instrument);
        if (histogram != null) {
            histogram.record(nanos / NANOS, series);
        }
    }

    void usageMissing(Attributes series) {
        usageMissing.add(1, series);
    }

    /**
     * The tokens of one call, of which at least one side is known.
     *
     * @param modality what the tokens are, audio apart
     */
    void tokens(Usage usage, boolean estimates, String modality, Attributes series) {
        TokenCount input = usage.inputTotal();
        TokenCount output = usage.outputTotal();
        if (version == SemconvVersion.V1_41) {
            size(Instrument.TOKEN_USAGE, input, estimates, with(series, Attribute.TOKEN_TYPE, "input"));
            size(Instrument.TOKEN_USAGE, output, estimates, with(series, Attribute.TOKEN_TYPE, "output"));
            return;
        }
        Attributes text = with(series, Attribute.TOKEN_MODALITY, modality);
        Attributes audio = with(series, Attribute.TOKEN_MODALITY, "audio");
        sum(Instrument.INPUT_TOKENS, input.minus(usage.audioInput()), estimates, text);
        sum(Instrument.INPUT_TOKENS, usage.audioInput(), estimates, audio);
        sum(Instrument.OUTPUT_TOKENS, output.minus(usage.audioOutput()), estimates, text);
        sum(Instrument.OUTPUT_TOKENS, usage.audioOutput(), estimates, audio);
        sum(Instrument.CACHE_READ_TOKENS, usage.cacheRead(), estimates, text);
        sum(Instrument.CACHE_WRITE_TOKENS, usage.cacheWrite(), estimates, text);
        sum(Instrument.REASONING_TOKENS, usage.reasoning(), estimates, text);
        size(Instrument.OPERATION_INPUT_TOKENS, input, estimates, series);
        size(Instrument.OPERATION_OUTPUT_TOKENS, output, estimates, series);
    }

    /** The newest conventions count 0 where nobody knows. */
    void noTokens(Attributes series) {
        if (version == SemconvVersion.LATEST) {
            Attributes unknown = with(series, Attribute.TOKEN_MODALITY, "unknown");
            counter(Instrument.INPUT_TOKENS, 0, unknown);
            counter(Instrument.OUTPUT_TOKENS, 0, unknown);
        }
    }

    private void size(Instrument instrument, TokenCount count, boolean estimates, Attributes series) {
        LongHistogram histogram = sizes.get(instrument);
        if (histogram != null && UsageFacts.isTold(count, estimates)) {
            histogram.record(count.value(), series);
        }
    }

    private void sum(Instrument instrument, TokenCount count, boolean estimates, Attributes series) {
        if (UsageFacts.isTold(count, estimates)) {
            counter(instrument, count.value(), series);
        }
    }

    private void counter(Instrument instrument, long value, Attributes series) {
        LongCounter counter = sums.get(instrument);
        if (counter != null) {
            counter.add(value, series);
        }
    }

    private Attributes with(Attributes series, Attribute attribute, String value) {
        @Nullable AttributeKey<String> key = key(attribute);
        return key == null ? series : series.toBuilder().put(key, value).build();
    }

    @SuppressWarnings("unchecked")
    private @Nullable AttributeKey<String> key(Attribute attribute) {
        var keys = attribute.keys(version);
        return keys.isEmpty() ? null : (AttributeKey<String>) keys.get(0);
    }
}
