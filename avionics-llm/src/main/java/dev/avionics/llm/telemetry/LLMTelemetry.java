package dev.avionics.llm.telemetry;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.cost.CostCalculator;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import java.util.OptionalLong;
import org.slf4j.LoggerFactory;

/**
 * Tells an OpenTelemetry of calls: spans, metrics, and events if they are wanted. One for a program. Thread-safe.
 *
 * <p>Over {@link OpenTelemetry#noop()} it is off, and calls pay nothing for it, unless there is a {@link ContentHook}.
 */
public final class LLMTelemetry {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LLMTelemetry.class);
    private static final LLMTelemetry OFF = builder(OpenTelemetry.noop()).build();

    private final OpenTelemetry openTelemetry;
    private final TelemetryOptions options;
    private final Ticker ticker;
    private final UsageCost cost;
    private final boolean on;
    private final Tracer tracer;
    private final Logger logger;
    private final CallMeters callMeters;
    private final GatewayMeters gatewayMeters;
    private final ModelNames models;
    private final ContentRecorder content;

    private LLMTelemetry(Builder builder) {
        openTelemetry = builder.openTelemetry;
        options = builder.options;
        ticker = builder.ticker;
        cost = builder.cost;
        on = openTelemetry != OpenTelemetry.noop() || options.hook() != null;
        String schema = options.semconv().schemaUrl();
        tracer = openTelemetry
                .getTracerProvider()
                .tracerBuilder(Names.SCOPE)
                .setSchemaUrl(schema)
                .build();
        logger = openTelemetry
                .getLogsBridge()
                .loggerBuilder(Names.SCOPE)
                .setSchemaUrl(schema)
                .build();
        Meter meter = openTelemetry
                .getMeterProvider()
                .meterBuilder(Names.SCOPE)
                .setSchemaUrl(schema)
                .build();
        callMeters = new CallMeters(meter, options.semconv());
        gatewayMeters = new GatewayMeters(meter);
        content = new ContentRecorder(options);
        models = new ModelNames(options.modelLimit(), options.knownModels());
    }

    /** Tells nobody. */
    public static LLMTelemetry off() {
        return OFF;
    }

    /** Tells this OpenTelemetry, with all defaults. */
    public static LLMTelemetry of(OpenTelemetry openTelemetry) {
        return builder(openTelemetry).build();
    }

    /** A builder with all defaults. */
    public static Builder builder(OpenTelemetry openTelemetry) {
        return new Builder(openTelemetry);
    }

    /** Whether anybody is told anything. */
    public boolean isOn() {
        return on;
    }

    /** How calls are told of. */
    public TelemetryOptions options() {
        return options;
    }

    /** Tells of one call; {@link CallTelemetry#NONE} if nobody listens. */
    public CallTelemetry start(TelemetryCall call) {
        return on ? new RunningCall(this, requireNonNull(call, "call")) : CallTelemetry.NONE;
    }

    /**
     * What tokens cost, in millionths of a US dollar; empty if there are none, or no price is known.
     *
     * @param target who answered, and the model that it was asked for
     */
    public OptionalLong cost(Target target, Usage usage) {
        if (cost == UsageCost.UNKNOWN || !usage.isPresent()) {
            return OptionalLong.empty();
        }
        try {
            return cost.usdMicros(target, usage);
        } catch (RuntimeException e) {
            LOG.warn(
                    "cost_error: the price of a call of {} {} is not known",
                    target.endpoint().name(),
                    target.model(),
                    e);
            return OptionalLong.empty();
        }
    }

    /** Metrics tell this model apart from now on, such as one of the settings; empty names, and what is over 1000, are ignored. */
    public void knowModel(String name) {
        if (on && !name.isEmpty()) {
            models.know(name);
        }
    }

    /** What a gateway measures besides its calls. */
    public GatewayMeters gateway() {
        return gatewayMeters;
    }

    OpenTelemetry openTelemetry() {
        return openTelemetry;
    }

    Ticker ticker() {
        return ticker;
    }

    Tracer tracer() {
        return tracer;
    }

    Logger logger() {
        return logger;
    }

    CallMeters callMeters() {
        return callMeters;
    }

    ContentRecorder content() {
        return content;
    }

    ModelNames models() {
        return models;
    }

    /** Builds an {@link LLMTelemetry}; not thread-safe. */
    public static final class Builder {
        private final OpenTelemetry openTelemetry;
        private TelemetryOptions options = TelemetryOptions.DEFAULT;
        private Ticker ticker = Ticker.system();
        private UsageCost cost = UsageCost.of(CostCalculator.shared());

        private Builder(OpenTelemetry openTelemetry) {
            this.openTelemetry = requireNonNull(openTelemetry, "openTelemetry");
        }

        /** Default {@link TelemetryOptions#DEFAULT}. */
        public Builder options(TelemetryOptions value) {
            options = requireNonNull(value, "value");
            return this;
        }

        /** Measures what calls take; default the JVM's own. */
        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "value");
            return this;
        }

        /** Knows prices; default those of {@link CostCalculator#shared}. */
        public Builder cost(UsageCost value) {
            cost = requireNonNull(value, "value");
            return this;
        }

        public LLMTelemetry build() {
            return new LLMTelemetry(this);
        }
    }
}
