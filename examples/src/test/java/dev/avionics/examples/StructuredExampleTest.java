package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.llm.MockProvider;
import dev.avionics.llm.structured.StructuredOutput;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StructuredExampleTest {
    private static final String BILL =
            "{\"day\":\"2026-01-31\",\"items\":[{\"name\":\"tea\",\"count\":2,\"price\":2.5}]}";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void read_bill_isAnObjectAfterARepair() {
        try (MockProvider provider = MockProvider.builder()
                .reply("{\"day\":\"today\"}")
                .reply("```json\n" + BILL + "\n```")
                .build()) {
            StructuredExample.read(provider, "2 tea 2.50", out);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).strip()).isEqualTo("2026-01-31: 5.0 (2 answers)");
    }

    @Test
    void bySchema_stillWrong_printsThePath() {
        try (MockProvider provider = MockProvider.builder()
                .reply("{\"hex\":\"blue\"}")
                .reply("{\"hex\":\"blue\"}")
                .build()) {
            StructuredExample.bySchema(provider, out);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("$.hex: does not match the regex pattern");
    }

    @Test
    void whileItComes_textIsPrinted() {
        try (MockProvider provider = MockProvider.builder().reply(BILL).build()) {
            assertThat(StructuredExample.whileItComes(
                                    StructuredOutput.builder(provider, StructuredExample.Bill.class)
                                            .build(),
                                    out)
                            .items())
                    .hasSize(1);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(BILL);
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("structured.md", "StructuredExample"))
                .isEmpty();
    }
}
