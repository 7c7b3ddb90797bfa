package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.ScenarioModels;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.record.Recorder;
import dev.avionics.testkit.record.Recording;
import dev.avionics.testkit.record.Replay;
import dev.avionics.testkit.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on testing shows, as it is shown there. */
class TestingPageTest {
    private static final Path PAGE = Path.of("../docs/testing.md");
    private static final Path HERE = Path.of("src/test/java/dev/avionics/contract/TestingPageTest.java");

    private static Target target(URI uri, BackendKind kind, String model) {
        return new Target(
                EndpointSpec.builder("simulated", uri, kind)
                        .credentials(CredentialSource.key(Secret.of("key")))
                        .build(),
                model);
    }

    @Test
    void page_everyBlockOfCode_isInThisClass() throws IOException {
        String here = Files.readString(HERE).replaceAll("\\s+", "");
        Matcher block = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(PAGE));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            assertThat(here).contains(block.group(1).replaceAll("\\s+", ""));
        }
        assertThat(blocks).isGreaterThanOrEqualTo(4);
    }

    @Test
    void providerWithoutAModel_answersAsTold() {
        LLMProvider provider = MockProvider.builder().reply("It is noon.").build();

        assertThat(provider.generate(null, "What time is it?", Map.of())).isEqualTo("It is noon.");
    }

    @Test
    void backendThatIsSimulated_takesFaultsByTheNameOfTheModel() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create()
                        .otherwise(ScenarioModels.of(
                                SimulatedModel.of("simulated-1", 8192), model -> AnthropicFace.of(model, "key"))));
                Airframe airframe =
                        Airframe.builder().retryPolicy(RetryPolicy.NEVER).build()) {
            Target target = target(backend.uri(), BackendKind.ANTHROPIC_MESSAGES, "cut-mid-stream");

            assertThatThrownBy(() -> airframe.infer(target, InferenceRequest.of("Hello"), airframe.newCall())
                            .collect()
                            .join())
                    .hasCauseInstanceOf(InferenceException.class);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void waits_ofRetries_passInVirtualTime() throws Exception {
        VirtualTime time = VirtualTime.create();
        Reply limited = Reply.json(429, "{\"error\":\"slow down\"}").header("Retry-After", "30");
        Reply answer = Reply.json("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");
        try (SimulatedBackend backend = SimulatedBackend.start(limited, answer);
                Airframe airframe = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build()) {
            Target target = target(backend.uri(), BackendKind.OPENAI_CHAT, "m");
            InferenceRequest hello =
                    InferenceRequest.of("Hello").toBuilder().stream(false).build();

            CompletableFuture<String> text =
                    airframe.infer(target, hello, airframe.newCall()).collect().thenApply(result -> result.text());
            while (!text.isDone()) {
                time.untilNext().filter(Duration.ofSeconds(30)::equals).ifPresent(time::advance);
            }
            assertThat(text.join()).isEqualTo("Hi");
        }
    }

    @Test
    void trafficThatWasRecorded_playsAgain(@TempDir Path folder) {
        Path file = folder.resolve("hello.jsonl");
        InferenceRequest hello =
                InferenceRequest.of("Hello").toBuilder().temperature(0.0).build();
        try (SimulatedBackend backend = SimulatedBackend.start(
                Scenario.create().otherwise(OpenAiFace.of(SimulatedModel.of("simulated-1", 8192), "key")))) {
            Target target = target(backend.uri(), BackendKind.OPENAI_CHAT, "simulated-1");

            Recorder recorder = Recorder.create();
            try (Airframe airframe =
                    Airframe.builder().transportAround(recorder::around).build()) {
                airframe.infer(target, hello, airframe.newCall()).collect().join();
            }
            recorder.recording().write(file);
        }

        try (Replay replay = Replay.of(Recording.read(file));
                SimulatedBackend backend = SimulatedBackend.start(replay.scenario());
                Airframe airframe = Airframe.create()) {
            Target target = target(backend.uri(), BackendKind.OPENAI_CHAT, "simulated-1");

            String text = airframe.infer(target, hello, airframe.newCall())
                    .collect()
                    .join()
                    .text();

            assertThat(text).startsWith("You asked: Hello");
        }
    }

    @Test
    void page_listsEveryFace() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(List.of(
                        "OpenAiFace",
                        "ResponsesFace",
                        "AnthropicFace",
                        "GeminiFace",
                        "CohereFace",
                        "OllamaFace",
                        "LlamaServerFace"))
                .allSatisfy(face -> assertThat(page).contains("`" + face + "`"));
    }
}
