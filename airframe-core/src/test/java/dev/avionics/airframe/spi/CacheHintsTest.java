package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.VendorData;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheHintsTest {
    private static final Part HINTED = new Part.Text("a", VendorData.none(), CacheHint.SHORT);

    private static List<Adjustment> dropped(Message... messages) {
        List<Adjustment> adjustments = new ArrayList<>();
        CacheHints.drop(List.of(messages), "because", adjustments);
        return adjustments;
    }

    @Test
    void hints_severalOfThem_areToldOnce() {
        assertThat(dropped(Message.user(HINTED), Message.user(HINTED)))
                .containsExactly(Adjustment.dropped("cache hint", "because"));
    }

    @Test
    void hint_insideAToolResult_isSeen() {
        Part.ToolResult result = new Part.ToolResult("c", null, List.of(HINTED), false, VendorData.none(), null);

        assertThat(dropped(new Message(Role.TOOL, List.of(result)))).hasSize(1);
    }

    @Test
    void conversation_withoutHints_tellsNothing() {
        assertThat(dropped(Message.user("a"), Message.toolResult("c", "t", "b")))
                .isEmpty();
    }
}
