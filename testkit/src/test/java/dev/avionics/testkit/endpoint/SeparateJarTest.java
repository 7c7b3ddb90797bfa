package dev.avionics.testkit.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedTransport;
import dev.avionics.testkit.time.VirtualTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A protocol that the program's own class path does not have: it comes in a jar with one line in META-INF/services. */
@Tag("row-19")
@Tag("row-23")
class SeparateJarTest {
    private static final String PROTOCOL = """
            package elsewhere;
            import dev.avionics.airframe.*;
            import dev.avionics.airframe.http.*;
            import dev.avionics.airframe.spi.*;
            import dev.avionics.airframe.spi.EventDecoder.Progress;
            import java.net.URI;
            import java.util.List;
            public final class Parrot implements WireProtocol {
                public BackendKind kind() { return BackendKind.of("parrot"); }
                public Capabilities capabilities(EndpointSpec endpoint, String model) { return Capabilities.unknown(); }
                public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
                    byte[] body = ("say " + request.messages().get(0).text()).getBytes();
                    HttpCall call = HttpCall.postJson(URI.create(scope.endpoint().baseUrl() + "/say"), body, true);
                    return new Exchange<>(List.of(), new Step.Send<>(call, head -> new Step.Decode<>(Sse.decoder(
                            (frame, out) -> {
                                out.text(frame.text());
                                out.finish(FinishReason.STOP, "said");
                                return Progress.END;
                            }))));
                }
                public Exchange<HealthState> health(WireScope scope) { throw new UnsupportedOperationException(); }
                public Exchange<List<ModelInfo>> models(WireScope scope) { throw new UnsupportedOperationException(); }
            }
            """;

    @TempDir
    Path folder;

    private final VirtualTime time = VirtualTime.create();
    private final ScriptedTransport transport = new ScriptedTransport(time);

    private Airframe airframe() {
        return Airframe.builder()
                .transport(transport)
                .scheduler(time)
                .ticker(time)
                .clock(time.clock())
                .delivery(Delivery.TRANSPORT)
                .build();
    }

    private static Target target(String kind) {
        return new Target(
                EndpointSpec.builder("far", URI.create("http://far.test"), BackendKind.of(kind))
                        .build(),
                "polly");
    }

    private Path jar() throws IOException {
        Path source = Files.createDirectories(folder.resolve("src/elsewhere")).resolve("Parrot.java");
        Files.writeString(source, PROTOCOL);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString());
        assertThat(failed).isZero();
        Path jar = folder.resolve("parrot.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("elsewhere/Parrot.class"));
            entries.write(Files.readAllBytes(classes.resolve("elsewhere/Parrot.class")));
            entries.putNextEntry(new JarEntry("META-INF/services/" + WireProtocol.class.getName()));
            entries.write("elsewhere.Parrot\n".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    @Test
    void protocolInASeparateJar_isFound_andAnswers() throws IOException {
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {jar().toUri().toURL()}, getClass().getClassLoader());
                Airframe airframe = airframe()) {
            assertThat(airframe.adapters().kinds()).doesNotContain("parrot");

            airframe.adapters().discover(loader);
            assertThat(airframe.adapters().kinds()).contains("parrot");

            transport.then(Script.answer(200, "data: Hello!\n\n"));
            CompletableFuture<InferenceResult> result = airframe.infer(
                            target("parrot"), InferenceRequest.of("Hello!"), airframe.newCall())
                    .collect();
            time.advance(Duration.ofSeconds(3));

            assertThat(result.join().text()).isEqualTo("Hello!");
            assertThat(result.join().finish()).isEqualTo(FinishReason.STOP);
            assertThat(new String(transport.exchange(0).call().body(), StandardCharsets.UTF_8))
                    .isEqualTo("say Hello!");
        }
    }

    @Test
    void kindThatNobodyKnows_endsTheStreamWithTheKnownOnes() {
        try (Airframe airframe = airframe()) {
            airframe.adapters().register(BackendKind.of("one"), new ScriptedAdapter());
            airframe.adapters().register(BackendKind.of("two"), new ScriptedAdapter());
            String known = String.join(", ", airframe.adapters().kinds());
            assertThat(known).contains("one", "two");

            InferenceStream<InferenceEvent> stream =
                    airframe.infer(target("three"), InferenceRequest.of("Hello!"), airframe.newCall());
            CompletionException thrown = catchThrowableOfType(CompletionException.class, stream.collect()::join);

            InferenceException why = (InferenceException) thrown.getCause();
            assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
            assertThat(why.origin()).isEqualTo(ErrorOrigin.CALLER);
            assertThat(why).hasMessageContaining("no adapter for backend kind three; known: " + known);
            assertThat(stream.outcome().toCompletableFuture().join()).isInstanceOf(Outcome.Failed.class);
            assertThat(transport.exchanges()).isEmpty();
        }
    }
}
