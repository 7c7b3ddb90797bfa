package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestFieldsTest {
    private final List<Adjustment> adjustments = new ArrayList<>();

    private static RequestFields fields(Map<String, @Nullable Object> extra, String extraBody, String... learned) {
        EndpointSpec endpoint = EndpointSpec.builder("e", URI.create("http://localhost"), BackendKind.MOCK)
                .metadata(RequestFields.EXTRA_BODY, extraBody)
                .build();
        return RequestFields.of(
                new WireScope(endpoint, "m", "call", Instant.EPOCH, Set.of(learned)), extra, Set.of("fixed"));
    }

    private String end(RequestFields fields) {
        return new String(fields.end(adjustments), StandardCharsets.UTF_8);
    }

    @Test
    void object_thatNobodyElseSets_isWritten() {
        RequestFields fields = fields(Map.of(), "{}");
        fields.object("text", Map.of("format", "json"));
        fields.object("none", Map.of());

        assertThat(end(fields)).isEqualTo("{\"text\":{\"format\":\"json\"}}");
    }

    @Test
    void object_thatTheCallerSetsToo_isBothAndTheCallersHolds() {
        RequestFields fields = fields(Map.of("text", Map.of("verbosity", "low", "size", 1)), "{}");
        fields.object("text", Map.of("size", 2));

        assertThat(end(fields)).isEqualTo("{\"text\":{\"size\":1,\"verbosity\":\"low\"}}");
    }

    @Test
    void object_thatTheEndpointSetsToo_isBoth() {
        RequestFields fields = fields(Map.of(), "{\"text\":{\"verbosity\":\"low\"}}");
        fields.object("text", Map.of("size", 2));

        assertThat(end(fields)).isEqualTo("{\"text\":{\"size\":2,\"verbosity\":\"low\"}}");
    }

    @Test
    void object_thatTheCallerSetsToAnotherThing_isTheCallers() {
        RequestFields fields = fields(Map.of("text", "plain"), "{}");
        fields.object("text", Map.of("size", 2));

        assertThat(end(fields)).isEqualTo("{\"text\":\"plain\"}");
    }

    @Test
    void object_thatWasRefusedBefore_isLeftOutAndSaidSo() {
        RequestFields fields = fields(Map.of(), "{}", RefusedFields.fact("text"));
        fields.object("text", Map.of("size", 2));

        assertThat(end(fields)).isEqualTo("{}");
        assertThat(adjustments).extracting(Adjustment::what).containsExactly("text");
    }

    @Test
    void own_isWhatTheCallerSetsAndMay() {
        RequestFields fields = fields(Map.of("store", true, "fixed", 1), "{\"a\":2}");

        assertThat(fields.own("store")).isEqualTo(true);
        assertThat(fields.own("a")).isEqualTo(2L);
        assertThat(fields.own("fixed")).isNull();
        assertThat(fields.own("other")).isNull();
    }
}
