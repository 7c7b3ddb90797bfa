package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import dev.avionics.llm.client.LLMClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MemoryExampleTest {
    @Test
    @Tag("row-137")
    void facts_areExtracted_heldAgainstEachOther_andFoundAgain() {
        try (MockProvider provider = MockProvider.builder()
                .whenPromptContains(
                        "Extract", MockReply.text("[\"The user prefers dark mode.\", \"The user lives in Bern.\"]"))
                .whenPromptContains("lives in Bern. 2. The user lives in Basel.", MockReply.text("No."))
                .whenPromptContains("Can both be true?", MockReply.text("Yes."))
                .build()) {
            MemoryExample memory = new MemoryExample(new LLMClient(provider));

            for (String fact : memory.extractFacts("user: I live in Bern and want dark mode.")) {
                assertThat(memory.contradiction(fact)).isEmpty();
                assertThat(memory.remember(fact)).isTrue();
            }

            assertThat(memory.size()).isEqualTo(2);
            assertThat(memory.contradiction("The user lives in Basel.")).contains("The user lives in Bern.");
            assertThat(memory.recall("The user prefers dark mode.", 1)).containsExactly("The user prefers dark mode.");
        }
    }

    @Test
    @Tag("row-137")
    void fact_withoutAVector_isNotKept() {
        MockProvider closed = MockProvider.create();
        closed.close();
        MemoryExample memory = new MemoryExample(new LLMClient(closed));

        assertThat(memory.remember("The user prefers dark mode.")).isFalse();
        assertThat(memory.size()).isZero();
        assertThat(memory.recall("anything", 3)).isEmpty();
    }

    @Test
    void answer_thatIsNoList_isNoFact() {
        try (MockProvider provider =
                MockProvider.builder().reply("Sure! Here they are.").build()) {
            assertThat(new MemoryExample(new LLMClient(provider)).extractFacts("hi"))
                    .isEmpty();
        }
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("memory.md", "MemoryExample")).isEmpty();
    }
}
