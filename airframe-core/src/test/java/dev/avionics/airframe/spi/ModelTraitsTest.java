package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class ModelTraitsTest {
    private static final ModelTraits TRAITS = ModelTraits.of(
            "{\"asOf\":\"2026-11-21\",\"rules\":[{\"models\":\"^claude-opus-5\",\"at\":[\"there\"],\"traits\":{\"sampling\":\"false\"}},"
                    + "{\"models\":\"^claude\",\"traits\":{\"sampling\":true,\"prefill\":\"yes\"}}]}");

    private static EndpointSpec endpoint(String... metadata) {
        EndpointSpec.Builder builder =
                EndpointSpec.builder("e", URI.create("http://localhost:1"), BackendKind.ANTHROPIC_MESSAGES);
        for (int i = 0; i < metadata.length; i += 2) {
            builder.metadata(metadata[i], metadata[i + 1]);
        }
        return builder.build();
    }

    @Test
    void rules_severalThatFit_theFirstHoldsAlone() {
        ModelTraits.Traits traits = TRAITS.of(endpoint(), "Claude-Opus-5-5", "there");

        assertThat(traits.is("sampling")).isFalse();
        assertThat(traits.text("prefill", "usual")).isEqualTo("usual");
    }

    @Test
    void rules_ofAnotherPlace_doNotHold() {
        ModelTraits.Traits traits = TRAITS.of(endpoint(), "claude-opus-5-5");

        assertThat(traits.is("sampling")).isTrue();
        assertThat(traits.text("prefill", "usual")).isEqualTo("yes");
    }

    @Test
    void rules_forAnUnknownModel_areNone() {
        assertThat(TRAITS.of(endpoint(), "other").ofRules()).isEmpty();
    }

    @Test
    void traits_setByTheEndpoint_winOverTheRules() {
        assertThat(TRAITS.of(endpoint("sampling", "false"), "claude-3").is("sampling"))
                .isFalse();
        assertThat(TRAITS.of(endpoint("model_hint", "claude-3"), "my-deployment")
                        .is("sampling"))
                .isTrue();
        String rules = "[{\"models\":\"^claude-3$\",\"traits\":{\"sampling\":\"never\"}}]";
        assertThat(TRAITS.of(endpoint("model_traits", rules), "claude-3").text("sampling", ""))
                .isEqualTo("never");
        assertThat(TRAITS.of(endpoint("model_traits", rules), "claude-4").is("sampling"))
                .isTrue();
    }

    @Test
    void rules_thatAreMalformed_areRefusedByName() {
        assertThatThrownBy(() -> TRAITS.of(endpoint("model_traits", "[{\"models\":\"(\",\"traits\":{}}]"), "m"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST))
                .hasMessageContaining("model_traits");
        assertThatThrownBy(() -> TRAITS.of(endpoint("model_traits", "[1]"), "m"))
                .hasMessageContaining("a rule is not an object");
        assertThatThrownBy(() -> ModelTraits.beside(ModelTraitsTest.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("model-traits.json");
    }
}
