package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.structured.StructuredOutput;
import dev.avionics.llm.structured.StructuredResult;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Structured answers through the real adapters. */
@Timeout(120)
class StructuredOnTheWireTest {
    enum Sky {
        BLUE,
        GREY
    }

    record Place(String city, int number) {}

    record Weather(Place place, Sky sky, boolean dry, List<Place> near) {}

    private static final Weather WEATHER = new Weather(new Place("Paris", 1), Sky.BLUE, true, List.of());

    private static String content(String text) {
        return JsonValues.write(
                Map.of("choices", List.of(Map.of("finish_reason", "stop", "message", Map.of("content", text)))));
    }

    private static InferenceRequest question() {
        return InferenceRequest.of("What is the weather?").toBuilder()
                .temperature(0.0)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mistral", "ollama", "cohere", "llamaserver"})
    void ask_backendWithSchemas_isHeldToIt(String name) {
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Scenario.create().otherwise(ToolsOnTheWireTest.face(name)));
                Airframe airframe = Airframe.create();
                LLMProvider provider = ToolsOnTheWireTest.provider(name, backend, airframe)) {
            assertThat(provider.capabilities(null).of(Feature.JSON_SCHEMA)).isEqualTo(Support.YES);

            StructuredResult<Weather> result =
                    StructuredOutput.builder(provider, Weather.class).build().ask(question());

            assertThat(result.value()).isEqualTo(WEATHER);
            assertThat(result.answers()).isEqualTo(1);
            assertThat(result.usage().isPresent()).isTrue();
            assertThat(backend.requests().get(backend.requests().size() - 1).bodyText())
                    .contains("additionalProperties");
        }
    }

    /** The model that is simulated knows no schema that it is told in words: its answers show how that ends. */
    @Test
    void ask_backendForSomeJson_isToldTheSchemaAndWhatIsMissing() {
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Scenario.create().otherwise(ToolsOnTheWireTest.face("groq")));
                Airframe airframe = Airframe.create();
                LLMProvider provider = ToolsOnTheWireTest.provider("groq", backend, airframe)) {
            assertThatThrownBy(() -> StructuredOutput.builder(provider, Place.class)
                            .build()
                            .ask(question()))
                    .isInstanceOf(JsonMismatchException.class)
                    .hasMessageContaining("$: required property 'city' not found");

            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.request(0).bodyText()).contains("json_object").contains("JSON Schema");
            assertThat(backend.request(1).bodyText()).contains("- $: required property 'city' not found");
        }
    }

    @Test
    void ask_fencesAndARepair_throughAnAdapter() {
        try (SimulatedBackend backend = SimulatedBackend.start(
                        Reply.json(content("```json\n{\"city\":\"Bern\",\"number\":\"two\"}\n```")),
                        Reply.json(content("Sorry!\n```json\n{\"city\":\"Bern\",\"number\":2}\n```")));
                Airframe airframe = Airframe.create();
                LLMProvider provider = ToolsOnTheWireTest.provider("openai", backend, airframe)) {
            StructuredResult<Place> result = StructuredOutput.builder(provider, Place.class)
                    .build()
                    .ask(question().toBuilder().stream(false).build());

            assertThat(result.value()).isEqualTo(new Place("Bern", 2));
            assertThat(result.json()).isEqualTo("{\"city\":\"Bern\",\"number\":2}");
            assertThat(backend.request(1).bodyText()).contains("- $.number: string found, integer expected");
        }
    }

    @Test
    void start_deliveryOfTheTransport_validatesElsewhere() {
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Scenario.create().otherwise(ToolsOnTheWireTest.face("ollama")));
                Airframe airframe =
                        Airframe.builder().delivery(Delivery.TRANSPORT).build();
                LLMProvider provider = ToolsOnTheWireTest.provider("ollama", backend, airframe)) {
            assertThat(StructuredOutput.builder(provider, Weather.class)
                            .build()
                            .start(question())
                            .thenApply(result -> TransportThread.isCurrent())
                            .join())
                    .isFalse();
        }
    }
}
