package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;

/**
 * A table of outcomes that is committed, tabs between its cells, in {@code src/test/resources/matrix}. Written anew with
 * {@code -Davionics.matrix.update=true}: then read the difference before it is committed.
 */
final class CommittedTable {
    private final Path file;
    private final boolean update = Boolean.getBoolean("avionics.matrix.update");
    private final Map<String, String> committed = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<DynamicTest> tests = new ArrayList<>();
    private final int keys;

    /** A table whose first columns, as many as {@code keys}, tell its rows apart. */
    CommittedTable(String name, int keys, List<String> head) throws IOException {
        this.keys = keys;
        file = Path.of("src/test/resources/matrix", name);
        if (!update) {
            for (String line : Files.readAllLines(file)) {
                committed.put(key(List.of(line.split("\t", -1))), line);
            }
        }
        row(head, List.of());
    }

    /** A test that the row is the committed one, and that nothing came up that no table may say. */
    void row(List<String> cells, List<String> faults) {
        String line = String.join("\t", cells);
        String expected = update ? line : committed.remove(key(cells));
        lines.add(line);
        tests.add(DynamicTest.dynamicTest(key(cells), () -> {
            assertThat(faults).isEmpty();
            assertThat(line).isEqualTo(expected);
        }));
    }

    /** All tests, and one that the table has no other rows. */
    List<DynamicTest> tests() throws IOException {
        if (update) {
            Files.write(file, lines);
        }
        tests.add(DynamicTest.dynamicTest(
                "no other rows", () -> assertThat(committed).isEmpty()));
        return tests;
    }

    private String key(List<String> cells) {
        return String.join(" to ", cells.subList(0, keys));
    }
}
