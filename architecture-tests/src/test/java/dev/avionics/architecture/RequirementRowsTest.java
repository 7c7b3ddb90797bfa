package dev.avionics.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every requirement of avionics-llm, avionics-gateway and avionics-cost has a test that bears the number of its row. */
class RequirementRowsTest {
    private static final int FIRST = 81;
    private static final int LAST = 162;

    /** Rows without a test. One that gets a test has to go from here. */
    private static final Set<Integer> TO_COME = Set.of();

    private static final Pattern TAG = Pattern.compile("row-([0-9]+)");

    /** The folders of test sources below a folder, those of modules inside modules too. */
    private static List<Path> testSources(Path root) throws IOException {
        try (Stream<Path> folders =
                Files.find(root, 5, (path, attributes) -> attributes.isDirectory() && path.endsWith("src/test/java"))) {
            return folders.filter(folder -> !folder.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
    }

    /** The rows of the range that no test below the folder bears. */
    private static SortedSet<Integer> rowsWithoutATest(Path root) throws IOException {
        SortedSet<Integer> rows = new TreeSet<>();
        for (int row = FIRST; row <= LAST; row++) {
            rows.add(row);
        }
        for (String tag : Sources.below(testSources(root)).tags().keySet()) {
            Matcher row = TAG.matcher(tag);
            if (row.matches()) {
                rows.remove(Integer.parseInt(row.group(1)));
            }
        }
        return rows;
    }

    @Test
    void rows_ofTheRange_haveATestEach() throws IOException {
        assertThat(rowsWithoutATest(Tree.project()))
                .as("rows %s to %s that no test bears as @Tag(\"row-…\")", FIRST, LAST)
                .containsExactlyInAnyOrderElementsOf(TO_COME);
    }

    @Test
    void tags_areNumbersOfRowsOrOfFaults() throws IOException {
        Set<String> tags = Sources.below(testSources(Tree.project())).tags().keySet();

        assertThat(tags).hasSizeGreaterThan(50).allMatch(tag -> tag.matches("(row|fault)-[0-9]+"));
    }

    // That the rule can fail

    @Test
    void rows_withoutATest_areFound(@TempDir Path root) throws IOException {
        StringBuilder tests = new StringBuilder("class RowsTest {\n");
        for (int row = FIRST; row < LAST - 3; row++) {
            tests.append("@Test @Tag(\"row-")
                    .append(row)
                    .append("\") void row")
                    .append(row)
                    .append("() {}\n");
        }
        Path folder = Files.createDirectories(root.resolve("module/src/test/java/a"));
        Files.writeString(folder.resolve("RowsTest.java"), tests.append("}\n"));
        Files.writeString(folder.resolve("MoreTest.java"), """
                @Tag("row-159") class MoreTest {
                    // @Test @Tag("row-160") void gone() {}
                    @Tag("row-161") void helper() {}
                    @ParameterizedTest void one() {}
                }
                @Tag("row-162") class Nothing {}
                """);

        assertThat(rowsWithoutATest(root)).containsExactly(160, 161, 162);
    }
}
