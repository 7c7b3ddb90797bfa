package dev.avionics.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters stay small enough to be read at one sitting, and know models from data only. */
class SizesTest {
    private static final int MOST_LINES_OF_A_PACKAGE = 900;
    private static final int MOST_LINES_OF_A_METHOD = 60;

    /** The beginnings of model names, which belong into the data beside a protocol. */
    private static final Pattern MODEL_NAME =
            Pattern.compile("(?i)(?<![a-z0-9])((gpt|claude|gemini|mistral|command)-|o[134](?![a-z0-9]))");

    private static final Set<Module> ADAPTERS = Set.of(Module.AIRFRAME_ADAPTERS, Module.AIRFRAME_LLAMACPP);

    private static Sources adapters() throws IOException {
        return Sources.below(ADAPTERS.stream()
                .map(module -> Tree.project().resolve(module.artifact()).resolve("src/main/java"))
                .toList());
    }

    private static Stream<String> above(int most, Map<String, Integer> lines) {
        return lines.entrySet().stream()
                .filter(entry -> entry.getValue() > most)
                .map(entry -> entry.getKey() + ": " + entry.getValue() + " lines");
    }

    @Test
    void packages_ofAdapters_areWithinTheLimit() throws IOException {
        Map<String, Integer> lines = adapters().packages();

        System.out.println("Adapter packages: " + lines.size() + ", the largest "
                + lines.values().stream().max(Integer::compare).orElse(0) + " lines");
        assertThat(lines).hasSizeGreaterThan(10);
        assertThat(above(MOST_LINES_OF_A_PACKAGE, lines)).isEmpty();
    }

    @Test
    void methods_ofAdapters_areWithinTheLimit() throws IOException {
        Map<String, Integer> lines = adapters().methods();

        System.out.println("Adapter methods: " + lines.size() + ", the longest "
                + lines.values().stream().max(Integer::compare).orElse(0) + " lines");
        assertThat(lines).hasSizeGreaterThan(300);
        assertThat(above(MOST_LINES_OF_A_METHOD, lines)).isEmpty();
    }

    @Test
    void literals_ofAdapters_nameNoModels() throws IOException {
        assertThat(adapters().literals(MODEL_NAME))
                .as("names of models in code (expected: in a model-traits.json)")
                .isEmpty();
    }

    @Test
    void packages_ofAdapters_haveNoCycles() {
        cycles(Tree.ROOT).check(Tree.real());
    }

    private static ArchRule cycles(String root) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        String name = type.getPackageName();
                        boolean inside = name.startsWith(root + ".");
                        String relative = inside ? name.substring(root.length() + 1) : "";
                        return inside
                                        && Module.ofPackage(relative)
                                                .filter(ADAPTERS::contains)
                                                .isPresent()
                                ? SliceIdentifier.of(relative)
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages of adapters";
                    }
                })
                .should()
                .beFreeOfCycles();
    }

    // That the rules can fail

    @Test
    void cycles_wrongTree_areFound() {
        EvaluationResult result = cycles(Tree.WRONG_ROOT).evaluate(Tree.wrong());

        assertThat(result.getFailureReport().getDetails())
                .singleElement()
                .satisfies(
                        detail -> assertThat(detail).contains("Slice airframe.ollama", "Slice airframe.ollama.chat"));
    }

    @Test
    void packages_tooLong_areFoundByTheSumOfTheirFiles(@TempDir Path root) throws IOException {
        write(root, "a/One.java", "class One {\n" + "\n".repeat(448) + "}\n");
        write(root, "a/Two.java", "class Two {\n" + "\n".repeat(449) + "}\n");
        write(root, "b/Three.java", "class Three {\n" + "\n".repeat(898) + "}\n");

        assertThat(above(MOST_LINES_OF_A_PACKAGE, Sources.below(List.of(root)).packages()))
                .containsExactly(root.resolve("a") + ": 901 lines");
    }

    @Test
    void methods_tooLong_areFoundByName(@TempDir Path root) throws IOException {
        write(
                root,
                "A.java",
                "class A {\n" + method("A() {", 61) + method("void right() {", 60)
                        + "record B(int x) {\n" + method("@Override\npublic String toString() {", 61) + "}\nstatic {\n"
                        + "\n".repeat(59) + "}\n}\n");

        assertThat(above(MOST_LINES_OF_A_METHOD, Sources.below(List.of(root)).methods()))
                .containsExactly(
                        "A.java.A initializer at line 186: 61 lines",
                        "A.java.A.<init> at line 2: 61 lines",
                        "A.java.A.B.toString at line 124: 61 lines");
    }

    private static String method(String head, int lines) {
        int own = head.split("\n").length;
        return head + "\n" + "\n".repeat(lines - own - 1) + "}\n";
    }

    @Test
    void literals_thatNameModels_areFound(@TempDir Path root) throws IOException {
        write(root, "A.java", """
                /** Such as gpt-5 or claude-opus. */
                class A {
                    // gemini-3
                    boolean is(String name) {
                        return name.startsWith("gpt-") || name.equals("o3") || name.equals("models/gemini-3")
                                || name.equals("foo3") || name.equals("claude") || name.equals("subcommand-x");
                    }

                    String text = \"""
                            use Command-R
                            \""";
                }
                """);

        assertThat(Sources.below(List.of(root)).literals(MODEL_NAME))
                .containsExactly(
                        "A.java:5 \"gpt-\"",
                        "A.java:5 \"o3\"",
                        "A.java:5 \"models/gemini-3\"",
                        "A.java:9 \"use Command-R\n\"");
    }

    private static void write(Path root, String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
