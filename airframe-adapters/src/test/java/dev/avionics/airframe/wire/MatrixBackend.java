package dev.avionics.airframe.wire;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A backend of the matrix: where it is, and an answer in its own shape, kept in {@code matrix/ANSWER.json}, that holds all
 * it has: thinking, text, two tool calls and what only its vendor understands.
 *
 * @param name the name in the matrix
 * @param endpoint where it is
 * @param model one that takes as much as possible
 * @param answer the file of the answer
 */
record MatrixBackend(String name, EndpointSpec endpoint, String model, String answer) {
    /** All that speak over HTTP. */
    static final List<MatrixBackend> ALL = List.of(
            of("openai", "https://api.openai.com/v1", BackendKind.OPENAI_CHAT, "", "gpt-4.1", "openai"),
            of(
                    "responses",
                    "https://api.openai.com/v1",
                    new BackendKind("openai-responses"),
                    "",
                    "gpt-5.2",
                    "responses"),
            of("azure", "https://resource.openai.azure.com", BackendKind.AZURE_OPENAI, "", "my-deployment", "azure"),
            of(
                    "groq",
                    "https://api.groq.com/openai/v1",
                    BackendKind.OPENAI_CHAT,
                    "groq",
                    "openai/gpt-oss-120b",
                    "groq"),
            of(
                    "mistral",
                    "https://api.mistral.ai/v1",
                    BackendKind.OPENAI_CHAT,
                    "mistral",
                    "mistral-medium-latest",
                    "mistral"),
            of(
                    "nvidia-nim",
                    "https://integrate.api.nvidia.com/v1",
                    BackendKind.OPENAI_CHAT,
                    "nvidia-nim",
                    "meta/llama-3.1-8b-instruct",
                    "nvidia-nim"),
            of(
                    "anthropic",
                    "https://api.anthropic.com",
                    BackendKind.ANTHROPIC_MESSAGES,
                    "",
                    "claude-sonnet-4-6",
                    "anthropic"),
            of(
                    "gemini",
                    "https://generativelanguage.googleapis.com",
                    BackendKind.GOOGLE_GENAI,
                    "",
                    "gemini-3.1-pro-preview",
                    "gemini"),
            of("deepseek", "https://api.deepseek.com", BackendKind.OPENAI_CHAT, "", "deepseek-reasoner", "deepseek"),
            of(
                    "openrouter",
                    "https://openrouter.ai/api/v1",
                    BackendKind.OPENAI_CHAT,
                    "",
                    "anthropic/claude-sonnet-4.6",
                    "openrouter"),
            of("compatible", "http://localhost:8000/v1", BackendKind.OPENAI_CHAT, "", "some-model", "compatible"),
            of(
                    "cohere",
                    "https://api.cohere.com",
                    BackendKind.COHERE_CHAT,
                    "",
                    "command-a-reasoning-08-2025",
                    "cohere"),
            of("ollama", "http://localhost:11434", BackendKind.OLLAMA, "", "qwen3:8b", "ollama"),
            of(
                    "ollama-generate",
                    "http://localhost:11434",
                    BackendKind.OLLAMA,
                    "ollama-generate",
                    "qwen3:8b",
                    "ollama-generate"),
            of(
                    "llama-server-native",
                    "http://localhost:8080",
                    BackendKind.LLAMA_SERVER,
                    "native",
                    "",
                    "llama-server-native"),
            of(
                    "llama-server-openai",
                    "http://localhost:8080",
                    BackendKind.LLAMA_SERVER,
                    "openai",
                    "",
                    "llama-server-openai"));

    private static MatrixBackend of(
            String name, String url, BackendKind kind, String apiType, String model, String answer) {
        EndpointSpec endpoint = EndpointSpec.builder(name, URI.create(url), kind)
                .apiType(apiType)
                .build();
        return new MatrixBackend(name, endpoint, model, answer);
    }

    WireProtocol protocol() {
        return ServiceLoader.load(WireProtocol.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(protocol -> protocol.kind().equals(endpoint.kind()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + ": no protocol for " + endpoint.kind()));
    }

    /** The turn of the model that the adapter makes of the backend's answer. */
    Message turn() {
        InferenceRequest question = InferenceRequest.of("q").toBuilder()
                .thinking(dev.avionics.airframe.ThinkingOptions.of(dev.avionics.airframe.ThinkingOptions.Effort.LOW))
                .stream(false)
                .build();
        Dialogue<?> dialogue = Dialogue.of(protocol().inference(Dialogue.scope(endpoint, model), question));
        template(dialogue);
        Decoded decoded = dialogue.answer(200, "application/json", read()).decoded();
        if (decoded.failure() != null) {
            throw new AssertionError(name + ": its answer cannot be read", decoded.failure());
        }
        ResultAssembler assembler = new ResultAssembler();
        decoded.events().forEach(assembler::accept);
        return assembler.message();
    }

    private String read() {
        try {
            return Files.readString(Path.of("src/test/resources/matrix", answer + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is sent for a request, or that it is refused. */
    Sent send(InferenceRequest request) {
        InferenceException refusal =
                CapabilityCheck.refuse(protocol().capabilities(endpoint, model), request, new Target(endpoint, model));
        if (refusal != null) {
            return new Sent("", List.of(), refusal);
        }
        Exchange<InferenceResult> exchange;
        try {
            exchange = protocol().inference(Dialogue.scope(endpoint, model), request);
        } catch (InferenceException why) {
            return new Sent("", List.of(), why);
        }
        Dialogue<InferenceResult> dialogue = Dialogue.of(exchange);
        template(dialogue);
        List<String> bodies = new ArrayList<>();
        for (HttpCall call : dialogue.sent()) {
            bodies.add(new String(call.body(), StandardCharsets.UTF_8));
        }
        return new Sent(String.join("\n", bodies), exchange.adjustments(), null);
    }

    /** A server that first applies its template tells a prompt that shows nothing of the conversation. */
    private static void template(Dialogue<?> dialogue) {
        if (dialogue.sent().get(0).uri().getPath().endsWith("/apply-template")) {
            dialogue.answer(200, "application/json", "{\"prompt\":\"as the template wants it\"}");
        }
    }
}
