package dev.avionics.airframe.llamacpp.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptTextTest {
    private static InferenceRequest of(Message... turns) {
        return InferenceRequest.builder().messages(List.of(turns)).build();
    }

    @Test
    void conversation_thatEndsWithABeginningOfTheAnswer_isTaken() {
        assertThat(PromptText.of(of(Message.user("Why?"), Message.assistant("Because")))
                        .adjustments())
                .isEmpty();
    }

    @Test
    void conversation_withoutAUsersWordBeforeTheAnswer_isRefused() {
        for (InferenceRequest request : List.of(
                of(Message.assistant("Because")),
                of(Message.user("Why?"), Message.assistant("Because"), Message.assistant("of")))) {
            assertThatThrownBy(() -> PromptText.of(request))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("must end with a user message");
        }
    }
}
