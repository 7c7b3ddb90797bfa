package dev.avionics.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The footprint is a promise: the library with all it needs at run time, without the in-process model. */
class LibrarySizeTest {
    private static final long LIMIT = 14_000_000;

    @Test
    void library_withItsDependencies_staysUnderTheLimit() throws IOException {
        List<Path> parts = libraryClassPath();
        long total = parts.stream().mapToLong(LibrarySizeTest::bytes).sum();

        System.out.printf(
                Locale.ROOT, "Library set: %d parts, %.2f MB of %.2f MB%n", parts.size(), total / 1e6, LIMIT / 1e6);
        assertThat(total).as("bytes of %s", parts).isLessThan(LIMIT);
    }

    @Test
    void libraryClassPath_holdsTheLibraryAndNothingElse() throws IOException {
        List<String> names = libraryClassPath().stream().map(Path::toString).toList();

        for (String part : List.of(
                "airframe-core",
                "airframe-adapters",
                "avionics-cost",
                "avionics-llm",
                "avionics-gateway",
                "netty-codec-http")) {
            assertThat(names).as(part).anyMatch(name -> name.contains(part));
        }
        assertThat(names)
                .noneMatch(name -> name.contains("/llama") || name.contains("guice") || name.contains("junit"));
    }

    @Test
    void bytes_folder_isTheSumOfItsFiles(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("a"), new byte[3]);
        Files.write(Files.createDirectory(folder.resolve("b")).resolve("c"), new byte[4]);

        assertThat(bytes(folder)).isEqualTo(7);
        assertThat(bytes(folder.resolve("a"))).isEqualTo(3);
    }

    private static List<Path> libraryClassPath() throws IOException {
        String text = Files.readString(Path.of(Tree.property("avionics.library-class-path")));
        return Arrays.stream(text.strip().split(":")).map(Path::of).toList();
    }

    /** A module is a folder of classes when the build stops before its jar is made. */
    private static long bytes(Path part) {
        try (Stream<Path> files = Files.walk(part)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(LibrarySizeTest::size)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
