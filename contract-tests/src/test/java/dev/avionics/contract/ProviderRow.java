package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import java.net.URI;
import java.util.Locale;

/** A row of the page of providers: a backend in one of its variants, with the model that its cells are told for. */
enum ProviderRow {
    OLLAMA("Ollama", BackendKind.OLLAMA, "", "http://localhost:11434", "qwen3:8b"),
    OLLAMA_GENERATE("Ollama, generate", BackendKind.OLLAMA, "ollama-generate", "http://localhost:11434", "qwen3:8b"),
    LLAMA_SERVER_NATIVE("llama-server", BackendKind.LLAMA_SERVER, "native", "http://localhost:8080", ""),
    LLAMA_SERVER_OPENAI("llama-server, OpenAI", BackendKind.LLAMA_SERVER, "openai", "http://localhost:8080", ""),
    LLAMA_CPP("model in the process", BackendKind.LLAMA_CPP, "", "local:/model", "model.gguf"),
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
    private final String model;

    ProviderRow(String title, BackendKind kind, String apiType, String url, String model) {
        this.title = title;
        this.kind = kind;
        this.apiType = apiType;
        this.url = URI.create(url);
        this.model = model;
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

    /** The model; empty where the backend serves a single one. */
    String model() {
        return model;
    }

    /** Where the cells are asked for; nothing is sent there. */
    Target target() {
        EndpointSpec endpoint = EndpointSpec.builder(name().toLowerCase(Locale.ROOT), url, kind)
                .apiType(apiType)
                .build();
        return new Target(endpoint, model);
    }
}
