package dev.avionics.server.telemetry;

import java.util.Locale;

/** What is exported, each by an exporter of its own. */
enum Signal {
    TRACES("span"),
    METRICS("metric"),
    LOGS("log");

    private final String item;

    Signal(String item) {
        this.item = item;
    }

    /** One of it, as {@code avionics.telemetry.dropped} counts it. */
    String item() {
        return item;
    }

    /** The property that names its exporter. */
    String exporter() {
        return "otel." + word() + ".exporter";
    }

    /** The property of OTLP that holds for it alone, such as {@code endpoint}. */
    String otlp(String property) {
        return "otel.exporter.otlp." + word() + "." + property;
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
