package dev.avionics.contract;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** A row of the page of providers: a backend in one of its variants, with the model that its cells are told for. */
enum ProviderRow {
    OLLAMA("Ollama", BackendKind.OLLAMA, "", "http://localhost:11434", "qwen3:8b"),
    OLLAMA_GENERATE("Ollama, generate", BackendKind.OLLAMA, "ollama-generate", "http://localhost:11434", "qwen3:8b"),
    LLAMA_SERVER_NATIVE("llama-server", BackendKind.LLAMA_SERVER, "native", "http://localhost:8080", ""),
    LLAMA_SERVER_OPENAI("llama-server, OpenAI", BackendKind.LLAMA_SERVER, "openai", "http://localhost:8080", ""),
    LLAMA_CPP("model in the process", BackendKind.LLAMA_CPP, "", "local:/model", "model.gguf"),
    OLLAMA_PLAIN("Ollama, a plain model", BackendKind.OLLAMA, "", "http://localhost:11434", "qwen2.5:7b"),
    ANTHROPIC("Anthropic", BackendKind.ANTHROPIC_MESSAGES, "", "https://api.anthropic.com", "claude-sonnet-4-6"),
    GEMINI(
            "Google Gemini",
            BackendKind.GOOGLE_GENAI,
            "",
            "https://generativelanguage.googleapis.com",
            "gemini-3.1-pro-preview",
            "gemini-embedding-001"),
    COHERE(
            "Cohere",
            BackendKind.COHERE_CHAT,
            "",
            "https://api.cohere.com",
            "command-a-03-2025",
            "embed-v4.0",
            "rerank-v3.5"),
    RESPONSES(
            "OpenAI, Responses",
            new BackendKind("openai-responses"),
            "openai-responses",
            "https://api.openai.com/v1",
            "gpt-5.2"),
    OPENAI("OpenAI", BackendKind.OPENAI_CHAT, "", "https://api.openai.com/v1", "gpt-4.1"),
    AZURE("Azure OpenAI", BackendKind.AZURE_OPENAI, "", "https://resource.openai.azure.com", "gpt-4.1"),
    GROQ("Groq", BackendKind.OPENAI_CHAT, "groq", "https://api.groq.com/openai/v1", "openai/gpt-oss-120b"),
    MISTRAL("Mistral", BackendKind.OPENAI_CHAT, "mistral", "https://api.mistral.ai/v1", "mistral-large-latest"),
    NVIDIA_NIM(
            "NVIDIA NIM",
            BackendKind.OPENAI_CHAT,
            "nvidia-nim",
            "https://integrate.api.nvidia.com/v1",
            "meta/llama-3.1-8b-instruct"),
    COMPATIBLE("OpenAI-compatible", BackendKind.OPENAI_CHAT, "generic", "http://localhost:8000/v1", "some-model");

    private final String title;
    private final BackendKind kind;
    private final String apiType;
    private final URI url;
    private final List<String> models;

    ProviderRow(String title, BackendKind kind, String apiType, String url, String... models) {
        this.title = title;
        this.kind = kind;
        this.apiType = apiType;
        this.url = URI.create(url);
        this.models = List.of(models);
    }

    /** What the page calls it. */
    String title() {
        return title;
    }

    /** The wire protocol. */
    BackendKind kind() {
        return kind;
    }

    /** The variant of the protocol; empty for its own default. */
    String apiType() {
        return apiType;
    }

    /** The models, that for conversations first; an empty name where the backend serves a single one. */
    List<String> models() {
        return models;
    }

    /** Of the models, the first that is known to have a feature; that for conversations if none is. */
    String model(Capabilities.Feature feature, Airframe airframe) {
        return models.stream()
                .filter(model -> airframe.adapters()
                                .adapter(kind)
                                .capabilities(target(model))
                                .of(feature)
                        == Capabilities.Support.YES)
                .findFirst()
                .orElse(models.get(0));
    }

    /** What is told of a feature. */
    Capabilities.Support support(Capabilities.Feature feature, Airframe airframe) {
        return airframe.adapters()
                .adapter(kind)
                .capabilities(target(model(feature, airframe)))
                .of(feature);
    }

    /** Where the cells are asked for; nothing is sent there. */
    private Target target(String model) {
        EndpointSpec endpoint = EndpointSpec.builder(name().toLowerCase(Locale.ROOT), url, kind)
                .apiType(apiType)
                .build();
        return new Target(endpoint, model);
    }
}
