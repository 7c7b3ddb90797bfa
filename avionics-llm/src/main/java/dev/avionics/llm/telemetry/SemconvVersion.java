package dev.avionics.llm.telemetry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which names and instruments of the conventions for generative AI are used. They are still in development. */
public enum SemconvVersion {
    /** Version 1.41.0, the last one that was published with the general conventions; what most back-ends read. */
    V1_41("https://opentelemetry.io/schemas/1.41.0"),
    /** The newest text, which still changes. It has other instruments too, not only other names. */
    LATEST("https://opentelemetry.io/schemas/gen-ai/1.42.0");

    /** The member of {@code OTEL_SEMCONV_STABILITY_OPT_IN} that asks for {@link #LATEST}. */
    public static final String OPT_IN = "gen_ai_latest_experimental";

    private final String schemaUrl;

    SemconvVersion(String schemaUrl) {
        this.schemaUrl = schemaUrl;
    }

    String schemaUrl() {
        return schemaUrl;
    }

    /**
     * What a value of {@code OTEL_SEMCONV_STABILITY_OPT_IN} asks for.
     *
     * @param value a list parted by commas, shared by many areas: members that are not ours are ignored; null is empty
     */
    public static SemconvVersion ofOptIn(@Nullable String value) {
        boolean latest = value != null
                && Arrays.stream(value.split(",")).map(String::strip).anyMatch(OPT_IN::equals);
        return latest ? LATEST : V1_41;
    }
}
