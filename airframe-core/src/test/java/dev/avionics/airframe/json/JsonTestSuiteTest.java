package dev.avionics.airframe.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.wire.WireFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The JSON parsing suite: y_ is read, n_ is refused, i_ is either, and nothing else is ever thrown. */
class JsonTestSuiteTest {
    @TestFactory
    List<DynamicTest> suite_everyFile_isReadOrRefusedAsItsNameSays() {
        return WireFolder.tests(
                "JSON parsing suite",
                wire -> files(wire.path("json-testsuite/test_parsing"))
                        .map(file -> DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> check(file))));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Throwable tree = catchThrowable(() -> read(bytes));
        Throwable skipped = catchThrowable(() -> {
            JsonReader reader = JsonReader.of(bytes);
            reader.skip();
            reader.finish();
        });
        Throwable walked = catchThrowable(() -> {
            JsonReader reader = JsonReader.of(bytes);
            reader.enterObject();
            reader.finish();
        });
        switch (file.getFileName().toString().charAt(0)) {
            case 'y' -> {
                assertThat(tree).isNull();
                assertThat(skipped).isNull();
                assertThat(walked).isNull();
                Object value = read(bytes);
                String again = JsonValues.write(value);
                assertThat(JsonValues.parse(again)).isEqualTo(value);
            }
            case 'n' -> {
                assertRefused(tree);
                assertRefused(skipped);
                assertRefused(walked);
            }
            default -> {
                for (Throwable thrown : new @Nullable Throwable[] {tree, skipped, walked}) {
                    if (thrown != null) {
                        assertRefused(thrown);
                    }
                }
                if (tree == null) {
                    assertThatCode(() -> JsonValues.write(read(bytes))).doesNotThrowAnyException();
                }
            }
        }
    }

    private static @Nullable Object read(byte[] bytes) {
        JsonReader reader = JsonReader.of(bytes);
        Object value = reader.tree();
        reader.finish();
        return value;
    }

    private static void assertRefused(@Nullable Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        refused -> assertThat(refused.category()).isEqualTo(ErrorCategory.PARSE));
    }
}
