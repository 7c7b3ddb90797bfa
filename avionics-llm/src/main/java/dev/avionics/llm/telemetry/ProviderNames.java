package dev.avionics.llm.telemetry;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the conventions call a backend: {@code gen_ai.provider.name}. */
final class ProviderNames {
    /** By kind, where the address says nothing else. */
    private static final Map<BackendKind, String> BY_KIND = Map.of(
            BackendKind.OPENAI_CHAT,
            "openai",
            new BackendKind("openai-responses"),
            "openai",
            BackendKind.ANTHROPIC_MESSAGES,
            "anthropic",
            BackendKind.GOOGLE_GENAI,
            "gcp.gemini",
            BackendKind.AZURE_OPENAI,
            "azure.ai.openai",
            BackendKind.COHERE_CHAT,
            "cohere",
            BackendKind.OLLAMA,
            "ollama",
            BackendKind.LLAMA_SERVER,
            "llama_cpp",
            BackendKind.LLAMA_CPP,
            "llama_cpp",
            BackendKind.MOCK,
            "mock");

    /** By the variant of the OpenAI protocol. */
    private static final Map<String, String> BY_API_TYPE = Map.ofEntries(
            Map.entry("openai", "openai"),
            Map.entry("azure", "azure.ai.openai"),
            Map.entry("groq", "groq"),
            Map.entry("mistral", "mistral_ai"),
            Map.entry("nvidia-nim", "nvidia_nim"),
            Map.entry("openrouter", "openrouter"),
            Map.entry("deepseek", "deepseek"),
            Map.entry("xai", "x_ai"),
            Map.entry("together", "together_ai"),
            Map.entry("fireworks", "fireworks_ai"),
            Map.entry("cerebras", "cerebras"),
            Map.entry("perplexity", "perplexity"),
            Map.entry("zai", "z_ai"),
            Map.entry("qwen", "alibaba_cloud"),
            Map.entry("moonshot", "moonshot_ai"),
            Map.entry("huggingface", "huggingface"),
            Map.entry("voyage", "voyage_ai"),
            Map.entry("vllm", "vllm"),
            Map.entry("sglang", "sglang"),
            Map.entry("lmstudio", "lmstudio"),
            Map.entry("localai", "localai"),
            Map.entry("tgi", "tgi"));

    /** By the end of the host's name; the first that fits. */
    private static final List<Map.Entry<String, String>> BY_HOST = List.of(
            Map.entry("aiplatform.googleapis.com", "gcp.vertex_ai"),
            Map.entry("generativelanguage.googleapis.com", "gcp.gemini"),
            Map.entry("models.ai.azure.com", "azure.ai.inference"),
            Map.entry("openai.azure.com", "azure.ai.openai"),
            Map.entry("cognitiveservices.azure.com", "azure.ai.openai"),
            Map.entry("services.ai.azure.com", "azure.ai.openai"),
            Map.entry("api.openai.com", "openai"),
            Map.entry("api.anthropic.com", "anthropic"),
            Map.entry("api.groq.com", "groq"),
            Map.entry("mistral.ai", "mistral_ai"),
            Map.entry("api.nvidia.com", "nvidia_nim"),
            Map.entry("openrouter.ai", "openrouter"),
            Map.entry("deepseek.com", "deepseek"),
            Map.entry("x.ai", "x_ai"),
            Map.entry("together.xyz", "together_ai"),
            Map.entry("together.ai", "together_ai"),
            Map.entry("fireworks.ai", "fireworks_ai"),
            Map.entry("cerebras.ai", "cerebras"),
            Map.entry("perplexity.ai", "perplexity"),
            Map.entry("z.ai", "z_ai"),
            Map.entry("bigmodel.cn", "z_ai"),
            Map.entry("aliyuncs.com", "alibaba_cloud"),
            Map.entry("moonshot.ai", "moonshot_ai"),
            Map.entry("moonshot.cn", "moonshot_ai"),
            Map.entry("huggingface.co", "huggingface"),
            Map.entry("voyageai.com", "voyage_ai"),
            Map.entry("cohere.com", "cohere"),
            Map.entry("ml.cloud.ibm.com", "ibm.watsonx.ai"));

    private ProviderNames() {}

    /** The name of an endpoint: by what is said of its variant, else by its host, else by its kind. */
    static String of(EndpointSpec endpoint) {
        String byType = BY_API_TYPE.get(endpoint.apiType());
        boolean openAi = endpoint.kind().equals(BackendKind.OPENAI_CHAT);
        if (openAi && byType != null) {
            return byType;
        }
        String host = endpoint.baseUrl().getHost();
        if (host != null) {
            String lower = host.toLowerCase(Locale.ROOT);
            for (Map.Entry<String, String> each : BY_HOST) {
                String end = each.getKey();
                if (lower.endsWith(end)
                        && (lower.length() == end.length()
                                || isPart(lower.charAt(lower.length() - end.length() - 1)))) {
                    return each.getValue();
                }
            }
        }
        // Kinds of others: their own name is the best there is.
        return BY_KIND.getOrDefault(endpoint.kind(), endpoint.kind().id().replace('-', '_'));
    }

    /** Vertex AI puts the region before the name with a dash. */
    private static boolean isPart(char before) {
        return before == '.' || before == '-';
    }
}
