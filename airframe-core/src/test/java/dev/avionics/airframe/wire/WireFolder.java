package dev.avionics.airframe.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The folder with recorded answers that the system property {@code avionics.wire} names. A clone without it has no such
 * tests; with {@code CI=true} in the environment its absence is a failure.
 */
public final class WireFolder {
    private final Path root;

    private WireFolder(Path root) {
        this.root = root;
    }

    /** The tests that a function makes from the folder; none where there is no folder. Prints how many there are. */
    public static List<DynamicTest> tests(String what, Function<WireFolder, Stream<DynamicTest>> make) {
        String name = System.getProperty("avionics.wire", "../../shared/wire");
        Path root = Path.of(name);
        if (!Files.isDirectory(root)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("avionics.wire: " + name + " is not there, and CI=true needs it");
            }
            System.out.println(what + ": 0 tests, for want of the folder of recorded answers (-Davionics.wire=...)");
            return List.of();
        }
        List<DynamicTest> tests = make.apply(new WireFolder(root)).toList();
        System.out.println(what + ": " + tests.size() + " tests from recorded answers");
        if (tests.isEmpty()) {
            throw new AssertionError(what + ": the folder of recorded answers holds nothing for it");
        }
        return tests;
    }

    /** A file or folder in it. */
    public Path path(String relative) {
        return root.resolve(relative);
    }

    /** A file's bytes. */
    public byte[] bytes(String relative) {
        try {
            return Files.readAllBytes(path(relative));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's text. */
    public String text(String relative) {
        try {
            return Files.readString(path(relative));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of the manifest: each a body file with its columns. */
    public List<Row> rows() {
        return text("MANIFEST.tsv").lines().skip(1).map(Row::of).toList();
    }

    /** A body file. */
    public record Row(String path, String provider, String api, String kind, String framing, int status) {
        private static Row of(String line) {
            String[] columns = line.split("\t", -1);
            return new Row(
                    columns[0],
                    columns[4],
                    columns[5],
                    columns[6],
                    columns[7],
                    columns[8].matches("[0-9]+") ? Integer.parseInt(columns[8]) : 0);
        }

        /** The path of a file beside the body: {@code expect} or {@code meta}. */
        public String beside(String what) {
            String stem = path.endsWith(".body") ? path.substring(0, path.length() - ".body".length()) : path;
            return stem + "." + what + ".json";
        }
    }
}
