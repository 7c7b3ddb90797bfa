package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.llm.settings.AvionicsSettings;
import org.junit.jupiter.api.Test;

class EmbedExampleTest {
    private static final AvionicsSettings MOCK =
            AvionicsSettings.builder().set("llm.provider", "mock").build();

    @Test
    void program_withGuiceOrWithout_answers() {
        assertThat(EmbedExample.withGuice(MOCK)).isEqualTo("Why is the sky blue?");
        assertThat(EmbedExample.without(MOCK)).isEqualTo("Why is the sky blue?");
    }

    @Test
    void agents_haveTheirOwnProvider() {
        assertThat(EmbedExample.agents(MOCK)).isEqualTo("Is this plan any good?");
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("embedding-avionics.md", "EmbedExample"))
                .isEmpty();
    }
}
