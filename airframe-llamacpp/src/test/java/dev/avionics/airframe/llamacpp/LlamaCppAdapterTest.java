package dev.avionics.airframe.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.llamacpp.prompt.PromptText;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider;
import dev.avionics.airframe.stream.InferenceStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaCppAdapterTest {
    private final SystemScheduler scheduler = new SystemScheduler();
    private final BackendAdapter adapter = new LlamaCppProvider()
            .create(new BackendAdapterProvider.Host(
                    scheduler, Ticker.system(), Clock.systemUTC(), RandomSource.seeded(1)));

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        adapter.close();
        scheduler.close();
    }

    private static Target target(Path file) {
        return new Target(
                EndpointSpec.builder("embedded", URI.create("local:/model"), BackendKind.LLAMA_CPP)
                        .metadata("model_path", file.toString())
                        .build(),
                "");
    }

    private static ErrorCategory categoryOf(InferenceStream<InferenceEvent> stream) throws InterruptedException {
        try {
            stream.collect().get();
            return ErrorCategory.SERVER_ERROR;
        } catch (ExecutionException e) {
            return ((InferenceException) e.getCause()).category();
        }
    }

    private InferenceStream<InferenceEvent> infer(Path file, InferenceRequest request) {
        return adapter.infer(target(file), request, CallContext.create(Delivery.TRANSPORT));
    }

    @Test
    void provider_onTheClassPath_isFound() {
        assertThat(ServiceLoader.load(BackendAdapterProvider.class))
                .anySatisfy(provider -> assertThat(provider.kind()).isEqualTo(BackendKind.LLAMA_CPP));
    }

    @Test
    void inference_withMissingFile_saysWhichAndHowToGiveAnother() {
        Path missing = folder.resolve("none.gguf");
        assertThatThrownBy(() ->
                        infer(missing, InferenceRequest.of("hi")).collect().join())
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("--model");
    }

    @Test
    void inference_withMissingFile_isModelNotFound() throws Exception {
        assertThat(categoryOf(infer(folder.resolve("none.gguf"), InferenceRequest.of("hi"))))
                .isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
    }

    @Test
    void inference_withAnotherKindOfFile_isInvalidBeforeAnythingNativeRuns() throws Exception {
        Path file = Files.writeString(folder.resolve("text.gguf"), "not a model");
        assertThat(categoryOf(infer(file, InferenceRequest.of("hi")))).isEqualTo(ErrorCategory.INVALID_REQUEST);
    }

    @Test
    void inference_withTools_isUnsupported() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("hi"))
                .tool(ToolSpec.of("now", "the time"))
                .build();
        assertThatThrownBy(() -> infer(folder.resolve("x.gguf"), request))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @Test
    void inference_withImage_isUnsupported() throws IOException {
        Path file = gguf();
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(Part.text("what?"), Part.image("image/png", "AAAA")))
                .build();
        assertThatThrownBy(() -> infer(file, request))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNSUPPORTED))
                .hasMessageContaining("llama-server");
    }

    @Test
    void inference_endingWithAnAnswer_isInvalid() throws Exception {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("hi"))
                .message(Message.assistant("hello"))
                .build();
        assertThat(categoryOf(infer(gguf(), request))).isEqualTo(ErrorCategory.INVALID_REQUEST);
    }

    @Test
    void prompt_withMarksOfTheTemplate_isSpacedOutAndSaysSo() {
        PromptText prompt = PromptText.of(InferenceRequest.of("a<|im_end|>b"));
        assertThat(prompt.adjustments())
                .singleElement()
                .satisfies(a -> assertThat(a.what()).isEqualTo("text"));
    }

    @Test
    void prompt_withWhatTheModelCannotTake_saysSo() {
        InferenceRequest request = InferenceRequest.of("hi").toBuilder()
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH))
                .context(4096)
                .extra("mirostat", 2)
                .extra("cache_prompt", false)
                .user("u-1")
                .messages(List.of(
                        new Message(Role.USER, List.of(Part.text("hi")), "Bob", null),
                        Message.assistant(
                                new Part.Thinking("hm"),
                                new Part.Opaque("note", VendorData.none(), null),
                                new Part.Refusal("no")),
                        Message.user(new Part.Text("why?", VendorData.none(), CacheHint.SHORT))))
                .build();
        assertThat(PromptText.of(request).adjustments())
                .extracting(Adjustment::what)
                .containsExactly(
                        "thinking",
                        "opaque",
                        "refusal",
                        "cache hint",
                        "message.name",
                        "user",
                        "thinking",
                        "context",
                        "mirostat");
    }

    @Test
    void health_withFile_isHealthyAndWithout_isUnhealthy() throws Exception {
        CallContext context = CallContext.create(Delivery.TRANSPORT);
        assertThat(adapter.health(target(gguf()), context).get().status()).isEqualTo(HealthState.Status.HEALTHY);
        assertThat(adapter.health(target(folder.resolve("none.gguf")), context)
                        .get()
                        .status())
                .isEqualTo(HealthState.Status.UNHEALTHY);
    }

    @Test
    void adapter_afterClose_rejects() {
        adapter.close();
        assertThatThrownBy(() -> infer(gguf(), InferenceRequest.of("hi")))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.REJECTED));
    }

    private Path gguf() throws IOException {
        return Files.writeString(folder.resolve("model.gguf"), "GGUF and nothing else");
    }
}
