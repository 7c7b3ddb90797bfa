package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A conversation that one backend began goes on at another, for every pair of backends: each part of it is carried, changed or
 * dropped with an adjustment that names it, or refused before anything is sent. The outcomes, read from the bodies of the
 * requests, are the committed ones in {@code src/test/resources/matrix/conversations.tsv}.
 *
 * <p>What no table may say fails in any case: a part that is lost silently, data of one vendor that reach another, data that
 * their own vendor does not get back as it gave them.
 */
class ConversationMatrixTest {
    private static final Map<String, Message> TURNS = MatrixBackend.ALL.stream()
            .collect(Collectors.toMap(MatrixBackend::name, MatrixBackend::turn, (one, two) -> one, LinkedHashMap::new));

    @TestFactory
    @Tag("row-3")
    @Tag("row-5")
    List<DynamicTest> conversation_continuedElsewhere_losesNothingSilently() throws IOException {
        List<String> head = new ArrayList<>(List.of("from", "to"));
        MatrixPart.ALL.forEach(part -> head.add(part.name()));
        CommittedTable table = new CommittedTable("conversations.tsv", 2, head);
        for (MatrixBackend from : MatrixBackend.ALL) {
            for (MatrixBackend to : MatrixBackend.ALL) {
                List<String> cells = new ArrayList<>(List.of(from.name(), to.name()));
                List<String> faults = new ArrayList<>();
                for (MatrixPart part : MatrixPart.ALL) {
                    cells.add(cell(from, to, part, faults));
                }
                table.row(cells, faults);
            }
        }
        return table.tests();
    }

    /** The check sees what it has to see. */
    @Test
    void turns_ofTheBackends_holdWhatTheirAnswersHold() {
        assertThat(TURNS).allSatisfy((name, turn) -> assertThat(turn.text()).contains("ASSISTANTTEXT"));
        assertThat(TURNS.values().stream().filter(turn -> !turn.thinking().isEmpty()))
                .hasSizeGreaterThan(TURNS.size() / 2);
        assertThat(TURNS.values().stream()
                        .filter(turn -> turn.toolCalls().size() == 2
                                && turn.toolCalls().get(0).argumentsJson().contains("ARGONE")
                                && turn.toolCalls().get(1).argumentsJson().contains("ARGTWO")))
                .hasSizeGreaterThan(TURNS.size() / 2);
    }

    private static String cell(MatrixBackend from, MatrixBackend to, MatrixPart part, List<String> faults) {
        Message turn = TURNS.get(from.name());
        if (!part.isIn(turn)) {
            return "-";
        }
        Sent sent = to.send(part.with().apply(turn));
        boolean own = !Collections.disjoint(VendorBlobs.vendors(turn), VendorBlobs.vendors(TURNS.get(to.name())));
        if (!own && sent.body().contains(VendorBlobs.MARK)) {
            faults.add(part.name() + ": data of vendors " + VendorBlobs.vendors(turn) + " are sent on: " + sent.body());
        }
        Sent plain = to.send(part.without().apply(turn));
        List<String> words = part.words().apply(turn);
        if (part.name().equals(MatrixPart.VENDOR_DATA) && sent.refusal() == null) {
            VendorBlobs.in(sent.body()).forEach(words::remove);
            if (words.isEmpty() || !from.equals(to)) {
                return words.isEmpty() ? "carried" : "withheld";
            }
        }
        return sent.outcome(part.name(), plain, part.adjusted(), words, faults);
    }
}
