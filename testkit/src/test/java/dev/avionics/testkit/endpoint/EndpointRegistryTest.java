package dev.avionics.testkit.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.endpoint.EndpointListReader;
import dev.avionics.airframe.endpoint.EndpointRegistry;
import dev.avionics.airframe.endpoint.FileEndpointRegistry;
import dev.avionics.airframe.endpoint.HealthProbe;
import dev.avionics.airframe.endpoint.StaticEndpointRegistry;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoint registries on virtual time. */
@Tag("row-41")
class EndpointRegistryTest {
    private static final Duration LOOK = Duration.ofSeconds(15);
    private static final Duration ASK = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final VirtualTime time = VirtualTime.create();
    private final EndpointListReader reader = new EndpointListReader(List.of("ollama"), name -> null);
    private final List<String> told = new ArrayList<>();
    private final Map<String, CompletableFuture<HealthState>> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final HealthProbe probe = endpoint -> {
        asked.add(endpoint.name());
        CompletableFuture<HealthState> answer = answers.get(endpoint.name());
        return answer != null ? answer : is(Status.HEALTHY);
    };
    private final EndpointRegistry.Listener listener = new EndpointRegistry.Listener() {
        @Override
        public void endpointsChanged(List<EndpointSpec> now) {
            told.add("list " + now.stream().map(EndpointSpec::name).toList());
        }

        @Override
        public void healthChanged(EndpointSpec endpoint, HealthState now) {
            told.add(endpoint.name() + " " + now.status());
        }
    };
    private Path file;

    @BeforeEach
    void givenAFile() throws IOException {
        file = folder.resolve("endpoints.json");
        write("a", "b");
    }

    private CompletableFuture<HealthState> is(Status status) {
        return CompletableFuture.completedFuture(new HealthState(status, time.instant(), "scripted"));
    }

    private static EndpointSpec endpoint(String name) {
        return EndpointSpec.builder(name, URI.create("http://" + name + ".test"), BackendKind.OLLAMA)
                .build();
    }

    private void write(String... names) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String name : names) {
            entries.add("{\"name\":\"" + name + "\",\"baseUrl\":\"http://" + name + ".test\",\"kind\":\"ollama\"}");
        }
        Files.writeString(file, entries.toString());
    }

    private FileEndpointRegistry.Builder builder() {
        return FileEndpointRegistry.builder(file, reader, time)
                .executor(Runnable::run)
                .clock(time.clock());
    }

    private FileEndpointRegistry open() throws IOException {
        FileEndpointRegistry registry = builder().open();
        registry.watch(listener);
        return registry;
    }

    private static List<String> names(EndpointRegistry registry) {
        return registry.list().stream().map(EndpointSpec::name).toList();
    }

    @Test
    void file_changed_notifiesOnce_andKeepsWhatIsTheSame() throws IOException {
        FileEndpointRegistry registry = open();
        EndpointSpec before = registry.find("b").orElseThrow();
        write("b", "c");
        assertThat(names(registry)).containsExactly("a", "b");

        time.advance(LOOK);
        time.advance(LOOK.multipliedBy(10));

        assertThat(told).containsExactly("list [b, c]");
        assertThat(names(registry)).containsExactly("b", "c");
        assertThat(registry.find("b").orElseThrow()).isSameAs(before);
        assertThat(registry.find("a")).isEmpty();
        assertThat(registry.lastError()).isEmpty();
    }

    @Test
    void file_writtenDifferently_notifiesNobody() throws IOException {
        FileEndpointRegistry registry = open();
        Files.writeString(file, Files.readString(file).replace(",", " ,\n"));
        time.advance(LOOK);
        assertThat(told).isEmpty();
        assertThat(registry.lastError()).isEmpty();
    }

    @Test
    void file_wrong_keepsTheOldList_andSetsLastError() throws IOException {
        FileEndpointRegistry registry = open();
        List<EndpointSpec> before = registry.list();
        for (String bad : List.of(
                "[{", "{}", "", "[{\"name\":\"x\",\"baseUrl\":\"http://x\",\"kind\":\"lama\"}]", "x".repeat(1 << 21))) {
            Files.writeString(file, bad);
            time.advance(LOOK);
            assertThat(registry.list()).isSameAs(before);
            assertThat(registry.lastError()).get().asString().startsWith(file + ": ");
        }
        Files.writeString(file, "[{\"name\":\"x\",\"baseUrl\":\"http://x\",\"kind\":\"lama\"}]");
        time.advance(LOOK);
        assertThat(registry.lastError())
                .hasValue(file + ": endpoints[0] x: kind: lama is unknown (expected one of: ollama)");
        time.advance(LOOK);
        assertThat(registry.lastError()).as("as long as it is wrong").isPresent();

        write("a", "b");
        time.advance(LOOK);
        assertThat(registry.lastError()).isEmpty();
        assertThat(told).isEmpty();
        write("c");
        time.advance(LOOK);
        assertThat(told).containsExactly("list [c]");
    }

    @Test
    void file_wrong_isLoggedOnce() throws IOException {
        try (LogCapture log = LogCapture.start()) {
            open();
            Files.writeString(file, "[");
            time.advance(LOOK.multipliedBy(5));
            assertThat(log.text().split("endpoint_file_error", -1)).hasSize(2);
        }
    }

    @Test
    void file_gone_keepsTheOldList_untilItIsBack() throws IOException {
        FileEndpointRegistry registry = open();
        String text = Files.readString(file);
        Files.delete(file);
        time.advance(LOOK);
        assertThat(names(registry)).containsExactly("a", "b");
        assertThat(registry.lastError()).get().asString().contains("cannot be read", "NoSuchFile");
        Files.writeString(file, text);
        time.advance(LOOK);
        assertThat(registry.lastError()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void open_withoutAGoodFile_fails() throws IOException {
        Files.writeString(file, "[7]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().open())
                .withMessage(file + ": endpoints[0] (expected: an object)");
        Files.delete(file);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> builder().open());
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void close_stopsEverything() throws IOException {
        CompletableFuture<HealthState> never = new CompletableFuture<>();
        answers.put("a", never);
        FileEndpointRegistry registry = builder().health(probe, ASK).open();
        registry.watch(listener);
        time.advance(Duration.ZERO);
        assertThat(asked).containsExactly("a", "b");
        assertThat(told).containsExactly("b HEALTHY");

        registry.close();
        write("c");
        time.advance(Duration.ofHours(1));

        assertThat(time.pendingTasks()).isZero();
        assertThat(never).isCancelled();
        assertThat(asked).hasSize(2);
        assertThat(told).hasSize(1);
        registry.watch(listener);
        assertThat(names(registry)).containsExactly("a", "b");
    }

    @Test
    void executor_thatRefuses_isAskedAgainLater() throws IOException {
        List<Runnable> calls = new ArrayList<>();
        FileEndpointRegistry registry = builder()
                .executor(task -> {
                    calls.add(task);
                    if (calls.size() == 1) {
                        throw new RejectedExecutionException("busy");
                    }
                    task.run();
                })
                .open();
        write("c");
        time.advance(LOOK);
        assertThat(names(registry)).containsExactly("a", "b");
        time.advance(LOOK);
        assertThat(names(registry)).containsExactly("c");
    }

    @Test
    void health_isAskedAtOnceAndAtTheInterval_andChangesAreTold() {
        EndpointRegistry registry =
                StaticEndpointRegistry.watched(List.of(endpoint("a"), endpoint("b")), probe, ASK, time, time.clock());
        registry.watch(listener);
        assertThat(registry.health("a").status()).isEqualTo(Status.UNKNOWN);
        time.advance(Duration.ZERO);
        assertThat(told).containsExactly("a HEALTHY", "b HEALTHY");

        answers.put("a", is(Status.UNHEALTHY));
        time.advance(ASK.multipliedBy(3));

        assertThat(asked).hasSize(8);
        assertThat(told).containsExactly("a HEALTHY", "b HEALTHY", "a UNHEALTHY");
        assertThat(registry.health("a").status()).isEqualTo(Status.UNHEALTHY);
        assertThat(registry.health("b").checkedAt()).isEqualTo(time.instant());
        registry.close();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void health_notAnsweredYet_isNotAskedTwice() {
        CompletableFuture<HealthState> late = new CompletableFuture<>();
        answers.put("a", late);
        EndpointRegistry registry =
                StaticEndpointRegistry.watched(List.of(endpoint("a")), probe, ASK, time, time.clock());
        time.advance(ASK.multipliedBy(4));
        assertThat(asked).containsExactly("a");
        assertThat(registry.health("a").detail()).isEqualTo("not asked yet");
        late.complete(is(Status.DEGRADED).join());
        assertThat(registry.health("a").status()).isEqualTo(Status.DEGRADED);
        time.advance(ASK);
        assertThat(asked).containsExactly("a", "a");
    }

    @Test
    void health_ofABrokenProbe_isUnknown_andTheOthersGoOn() {
        HealthProbe broken = endpoint -> {
            if (endpoint.name().equals("a")) {
                throw new IllegalStateException("broken");
            }
            return CompletableFuture.failedFuture(new IOException("broken too"));
        };
        EndpointRegistry registry =
                StaticEndpointRegistry.watched(List.of(endpoint("a"), endpoint("b")), broken, ASK, time, time.clock());
        time.advance(ASK);
        assertThat(registry.health("a").status()).isEqualTo(Status.UNKNOWN);
        assertThat(registry.health("a").detail()).contains("IllegalStateException: broken");
        assertThat(registry.health("b").detail()).contains("broken too");
        assertThat(registry.health("nobody").detail()).isEqualTo("no endpoint of this name");
    }

    @Test
    void health_ofAnEndpointThatLeft_isForgotten() throws IOException {
        CompletableFuture<HealthState> never = new CompletableFuture<>();
        answers.put("a", never);
        FileEndpointRegistry registry = builder().health(probe, ASK).open();
        registry.watch(listener);
        time.advance(Duration.ZERO);
        write("b");
        time.advance(LOOK);
        assertThat(never).isCancelled();
        assertThat(registry.health("a").detail()).isEqualTo("no endpoint of this name");
        assertThat(registry.health("b").status()).isEqualTo(Status.HEALTHY);
        assertThat(told).containsExactly("b HEALTHY", "list [b]");
    }

    @Test
    void listener_thatThrows_keepsNobodyFromBeingTold_andWatchesEnd() throws IOException {
        FileEndpointRegistry registry = builder().open();
        registry.watch(new EndpointRegistry.Listener() {
            @Override
            public void endpointsChanged(List<EndpointSpec> now) {
                throw new IllegalStateException("mine");
            }
        });
        EndpointRegistry.Watch watch = registry.watch(listener);
        write("c");
        time.advance(LOOK);
        assertThat(told).containsExactly("list [c]");
        watch.close();
        watch.close();
        write("d");
        time.advance(LOOK);
        assertThat(told).hasSize(1);
        assertThat(names(registry)).containsExactly("d");
    }

    @Test
    void staticList_isFixed_andNamesAreUnique() {
        List<EndpointSpec> given = new ArrayList<>(List.of(endpoint("a")));
        EndpointRegistry registry = StaticEndpointRegistry.of(given);
        given.clear();
        assertThat(names(registry)).containsExactly("a");
        assertThat(registry.health("a").status()).isEqualTo(Status.UNKNOWN);
        registry.close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaticEndpointRegistry.of(List.of(endpoint("a"), endpoint("a"))))
                .withMessage("endpoints: a twice (expected: unique names)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaticEndpointRegistry.watched(List.of(), probe, Duration.ZERO, time, time.clock()))
                .withMessage("interval: PT0S (expected: > 0)");
    }
}
