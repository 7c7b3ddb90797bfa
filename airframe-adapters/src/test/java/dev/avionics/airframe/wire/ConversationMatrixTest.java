package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * requests, are the committed ones in {@code src/test/resources/matrix/matrix.tsv}, written anew with
 * {@code -Davionics.matrix.update=true}: then read the difference before it is committed.
 *
 * <p>What no table may say fails in any case: a part that is lost silently, data of one vendor that reach another, data that
 * their own vendor does not get back as it gave them.
 */
class ConversationMatrixTest {
    private static final Path TABLE = Path.of("src/test/resources/matrix/matrix.tsv");
    private static final Map<String, Message> TURNS = MatrixBackend.ALL.stream()
            .collect(Collectors.toMap(MatrixBackend::name, MatrixBackend::turn, (one, two) -> one, LinkedHashMap::new));

    @TestFactory
    @Tag("row-3")
    @Tag("row-5")
    List<DynamicTest> conversation_continuedElsewhere_losesNothingSilently() throws IOException {
        boolean update = Boolean.getBoolean("avionics.matrix.update");
        List<String> lines = new ArrayList<>();
        lines.add("from\tto\t" + MatrixPart.ALL.stream().map(MatrixPart::name).collect(Collectors.joining("\t")));
        Map<String, String> committed = new LinkedHashMap<>();
        for (String line : Files.exists(TABLE) ? Files.readAllLines(TABLE) : List.<String>of()) {
            String[] cells = line.split("\t", 3);
            committed.put(cells[0] + " to " + cells[1], line);
        }
        String head = committed.remove("from to to");
        List<DynamicTest> tests = new ArrayList<>();
        for (MatrixBackend from : MatrixBackend.ALL) {
            for (MatrixBackend to : MatrixBackend.ALL) {
                String pair = from.name() + " to " + to.name();
                List<String> faults = new ArrayList<>();
                String line = row(from, to, faults);
                lines.add(line);
                String expected = update ? line : committed.get(pair);
                committed.remove(pair);
                tests.add(DynamicTest.dynamicTest(pair, () -> {
                    assertThat(faults).isEmpty();
                    assertThat(line).isEqualTo(expected);
                }));
            }
        }
        if (update) {
            Files.createDirectories(TABLE.getParent());
            Files.write(TABLE, lines);
        } else {
            tests.add(DynamicTest.dynamicTest("the table has these rows and columns", () -> {
                assertThat(head).isEqualTo(lines.get(0));
                assertThat(committed).isEmpty();
            }));
        }
        return tests;
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

    private static String row(MatrixBackend from, MatrixBackend to, List<String> faults) {
        List<String> cells = new ArrayList<>(List.of(from.name(), to.name()));
        Message turn = TURNS.get(from.name());
        for (MatrixPart part : MatrixPart.ALL) {
            cells.add(cell(turn, from, to, part, faults));
        }
        return String.join("\t", cells);
    }

    private static String cell(
            Message turn, MatrixBackend from, MatrixBackend to, MatrixPart part, List<String> faults) {
        if (!part.isIn(turn)) {
            return "-";
        }
        Sent sent = to.send(part.with().apply(turn));
        boolean own = !Collections.disjoint(VendorBlobs.vendors(turn), VendorBlobs.vendors(TURNS.get(to.name())));
        if (!own && sent.body().contains(VendorBlobs.MARK)) {
            faults.add(part.name() + ": data of vendors " + VendorBlobs.vendors(turn) + " are sent on: " + sent.body());
        }
        InferenceException refusal = sent.refusal();
        if (refusal != null) {
            if (refusal.category() != ErrorCategory.UNSUPPORTED) {
                faults.add(part.name() + ": " + refusal);
            }
            return "refused";
        }
        if (part.name().equals(MatrixPart.VENDOR_DATA)) {
            return vendorData(turn, own && from.equals(to), sent, faults);
        }
        Sent plain = to.send(part.without().apply(turn));
        List<String> words = part.words().apply(turn);
        boolean there = words.isEmpty() ? !sent.body().equals(plain.body()) : sent.holds(words);
        List<Adjustment> told = sent.newer(plain, part.adjusted());
        if (there && told.isEmpty()) {
            return "carried";
        }
        if (told.isEmpty()) {
            faults.add(part.name() + ": lost silently; sent " + sent.body() + ", adjusted " + sent.adjustments());
            return "lost";
        }
        boolean changed = there || told.stream().anyMatch(one -> one.action() == Adjustment.Action.CHANGED);
        return changed ? "changed" : "dropped";
    }

    private static String vendorData(Message turn, boolean back, Sent sent, List<String> faults) {
        if (!back) {
            return "withheld";
        }
        List<String> missing = new ArrayList<>(VendorBlobs.of(turn));
        VendorBlobs.in(sent.body()).forEach(missing::remove);
        if (missing.isEmpty()) {
            return "carried";
        }
        if (sent.adjustments().isEmpty()) {
            faults.add("vendor-data: " + missing + " do not come back to their vendor; sent " + sent.body());
        }
        return "dropped";
    }
}
