package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.CohereFace;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import dev.avionics.testkit.model.ResponsesFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A backend as the simulated model plays it, and its name in the conventions. */
enum TelemetryFace {
    OPENAI(BackendKind.OPENAI_CHAT, "openai", "openai", (m, k) -> OpenAiFace.strict(OpenAiVendor.OPENAI, m, k)),
    COMPATIBLE(BackendKind.OPENAI_CHAT, "generic", "openai", (m, k) -> OpenAiFace.of(m, k)),
    RESPONSES(new BackendKind("openai-responses"), "openai-responses", "openai", (m, k) -> ResponsesFace.of(m, k)),
    AZURE(BackendKind.AZURE_OPENAI, "", "azure.ai.openai", (m, k) -> OpenAiFace.strict(OpenAiVendor.AZURE, m, k)),
    GROQ(BackendKind.OPENAI_CHAT, "groq", "groq", (m, k) -> OpenAiFace.strict(OpenAiVendor.GROQ, m, k)),
    MISTRAL(BackendKind.OPENAI_CHAT, "mistral", "mistral_ai", (m, k) -> OpenAiFace.strict(OpenAiVendor.MISTRAL, m, k)),
    NVIDIA_NIM(
            BackendKind.OPENAI_CHAT,
            "nvidia-nim",
            "nvidia_nim",
            (m, k) -> OpenAiFace.strict(OpenAiVendor.NVIDIA_NIM, m, k)),
    ANTHROPIC(BackendKind.ANTHROPIC_MESSAGES, "", "anthropic", (m, k) -> AnthropicFace.of(m, k)),
    GEMINI(BackendKind.GOOGLE_GENAI, "", "gcp.gemini", (m, k) -> GeminiFace.of(m, k)),
    COHERE(BackendKind.COHERE_CHAT, "", "cohere", (m, k) -> CohereFace.of(m, k)),
    OLLAMA(BackendKind.OLLAMA, "", "ollama", (m, k) -> OllamaFace.of(m)),
    OLLAMA_GENERATE(BackendKind.OLLAMA, "ollama-generate", "ollama", (m, k) -> OllamaFace.of(m)),
    LLAMA_SERVER(BackendKind.LLAMA_SERVER, "native", "llama_cpp", (m, k) -> LlamaServerFace.of(m, k)),
    LLAMA_SERVER_OPENAI(BackendKind.LLAMA_SERVER, "openai", "llama_cpp", (m, k) -> LlamaServerFace.of(m, k));

    /** Who answers behind each face. */
    static final SimulatedModel MODEL = SimulatedModel.of("simulated-1", 4096);

    final BackendKind kind;
    final String apiType;
    final String provider;
    private final BiFunction<SimulatedModel, String, Function<SeenRequest, Reply>> face;

    TelemetryFace(
            BackendKind kind,
            String apiType,
            String provider,
            BiFunction<SimulatedModel, String, Function<SeenRequest, Reply>> face) {
        this.kind = kind;
        this.apiType = apiType;
        this.provider = provider;
        this.face = face;
    }

    /** Answers to requests that come with the key. */
    Function<SeenRequest, Reply> answers(String key) {
        return face.apply(MODEL, key);
    }
}
