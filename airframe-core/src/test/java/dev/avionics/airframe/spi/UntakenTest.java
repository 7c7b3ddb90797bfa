package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UntakenTest {
    private final List<Adjustment> adjustments = new ArrayList<>();

    private List<String> told() {
        assertThat(adjustments).allSatisfy(one -> {
            assertThat(one.action()).isEqualTo(Adjustment.Action.DROPPED);
            assertThat(one.why()).startsWith("the oracle ");
        });
        return adjustments.stream().map(Adjustment::what).toList();
    }

    @Test
    void options_thatAreSetAndNotTaken_areTold() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .sampling(new Sampling(0.0, 0.5, 5, 0.1, 10, List.of("x"), 1L, 0.2, 0.3, 1.1))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .parallelToolCalls(false)
                .context(4096)
                .user("u")
                .build();

        Untaken.options(request, Set.of("temperature", "stop"), "the oracle", adjustments);

        assertThat(told())
                .containsExactlyInAnyOrder(
                        "topP",
                        "topK",
                        "minP",
                        "maxTokens",
                        "seed",
                        "presencePenalty",
                        "frequencyPenalty",
                        "repeatPenalty",
                        "thinking",
                        "parallelToolCalls",
                        "context",
                        "user");
    }

    @Test
    void options_thatAreNotSet_areNotTold() {
        Untaken.options(InferenceRequest.of("q"), Set.of(), "the oracle", adjustments);

        assertThat(adjustments).isEmpty();
    }

    @Test
    void parts_ofOtherKinds_andNames_areTold() {
        List<Message> messages = List.of(
                new Message(Role.USER, List.of(Part.text("q")), "Ann", null),
                Message.assistant(new Part.Thinking("hm"), Part.text("a")));

        Untaken.parts(messages, Set.of(Part.Text.class), "the oracle", adjustments);

        assertThat(told()).containsExactly("message.name", "thinking");
    }
}
