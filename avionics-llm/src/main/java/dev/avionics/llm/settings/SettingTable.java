package dev.avionics.llm.settings;

import static dev.avionics.llm.settings.SettingKey.Form.API_TYPE;
import static dev.avionics.llm.settings.SettingKey.Form.BOOLEAN;
import static dev.avionics.llm.settings.SettingKey.Form.DEPLOYMENT_MODE;
import static dev.avionics.llm.settings.SettingKey.Form.LLAMASERVER_API;
import static dev.avionics.llm.settings.SettingKey.Form.NOT_NEGATIVE;
import static dev.avionics.llm.settings.SettingKey.Form.POSITIVE;
import static dev.avionics.llm.settings.SettingKey.Form.PROVIDER;
import static dev.avionics.llm.settings.SettingKey.Form.RETRIES;
import static dev.avionics.llm.settings.SettingKey.Form.SECONDS;
import static dev.avionics.llm.settings.SettingKey.Form.SECRET;
import static dev.avionics.llm.settings.SettingKey.Form.TEMPERATURE;
import static dev.avionics.llm.settings.SettingKey.Form.TEXT;
import static dev.avionics.llm.settings.SettingKey.Form.URL;
import static dev.avionics.llm.settings.SettingKey.Form.WAIT;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every setting that there is. */
final class SettingTable {
    private static final Map<String, SettingKey> BY_KEY = new LinkedHashMap<>();
    private static final Map<String, SettingKey> BY_VARIABLE = new LinkedHashMap<>();

    static final SettingKey PROVIDER_NAME = add("llm.provider", PROVIDER, null, "LLM_PROVIDER");
    static final SettingKey BASE_URL = add("llm.base-url", URL, null, "LLM_BASE_URL");
    static final SettingKey API_KEY = add("llm.api-key", SECRET, null, "LLM_API_KEY");
    static final SettingKey LLM_API_TYPE = add("llm.api-type", API_TYPE, null, "LLM_API_TYPE");
    static final SettingKey MODEL = add("llm.model", TEXT, null, "LLM_DEFAULT_MODEL", "LLM_MODEL", "DEFAULT_MODEL");
    static final SettingKey EMBEDDING_PROVIDER = add("llm.embedding-provider", PROVIDER, null, "EMBEDDING_PROVIDER");
    static final SettingKey TEMPERATURE_KEY =
            add("llm.temperature", TEMPERATURE, null, "LLM_TEMPERATURE", "DEFAULT_TEMPERATURE");
    static final SettingKey DISABLE_TEMPERATURE =
            add("llm.disable-temperature", BOOLEAN, "false", "DISABLE_TEMPERATURE");
    static final SettingKey MAX_TOKENS = add("llm.max-tokens", POSITIVE, null, "LLM_MAX_TOKENS");
    static final SettingKey TIMEOUT = add("llm.timeout", SECONDS, null, "LLM_TIMEOUT", "LLM_TIMEOUT_SECONDS");
    static final SettingKey SYSTEM_PROMPT = add("llm.system-prompt", TEXT, null, "LLM_SYSTEM_PROMPT");
    static final SettingKey STREAM = add("llm.stream", BOOLEAN, null, "LLM_STREAM");
    static final SettingKey MAX_RETRIES = add("llm.max-retries", RETRIES, "3", "LLM_MAX_RETRIES");
    static final SettingKey API_PATH = add("llm.api-path", TEXT, null, "LLM_API_PATH");
    static final SettingKey BACKOFF_BASE = add("llm.retry-backoff-base", WAIT, null, "LLM_RETRY_BACKOFF_BASE");
    static final SettingKey BACKOFF_MAX = add("llm.retry-backoff-max", WAIT, null, "LLM_RETRY_BACKOFF_MAX");
    static final SettingKey MOCK = add("llm.mock", BOOLEAN, "false", "MOCK_LLM_ENABLED");
    static final SettingKey DEPLOYMENT = add("deployment.mode", DEPLOYMENT_MODE, "single-node", "DEPLOYMENT_MODE");
    static final SettingKey MODEL_DIR = add("model.dir", TEXT, null, "AVIONICS_MODEL_DIR");

    static final SettingKey LLAMASERVER_API_TYPE;
    static final SettingKey LLAMACPP_MODEL_PATH;
    static final SettingKey LLAMACPP_CONTEXT;
    static final SettingKey LLAMACPP_GPU_LAYERS;
    static final SettingKey LLAMACPP_THREADS;
    static final SettingKey OPENAI_ORGANIZATION;
    static final SettingKey OPENAI_PROJECT;
    static final SettingKey AZURE_API_VERSION;
    static final SettingKey AZURE_MODEL_HINT;
    static final SettingKey ANTHROPIC_MAX_TOKENS_STREAM;
    static final SettingKey ANTHROPIC_MAX_TOKENS_COMPLETE;
    static final SettingKey ANTHROPIC_VERSION;

    static {
        add("ollama.base-url", URL, "http://localhost:11434", "OLLAMA_BASE_URL", "OLLAMA_HOST");
        add("ollama.model", TEXT, "qwen2.5:7b", "OLLAMA_MODEL");
        add("ollama.embedding-model", TEXT, "nomic-embed-text", "OLLAMA_EMBED_MODEL");
        add("ollama.api-key", SECRET, null, "OLLAMA_API_KEY");

        add("llamaserver.base-url", URL, "http://localhost:8080", "LLAMASERVER_HOST", "LLAMASERVER_BASE_URL");
        LLAMASERVER_API_TYPE = add("llamaserver.api-type", LLAMASERVER_API, "native", "LLAMASERVER_API_TYPE");
        add("llamaserver.model", TEXT, null, "LLAMASERVER_MODEL");
        add("llamaserver.embedding-model", TEXT, null, "LLAMASERVER_EMBED_MODEL");
        add("llamaserver.api-key", SECRET, null, "LLAMASERVER_API_KEY", "LLAMA_API_KEY");

        LLAMACPP_MODEL_PATH = add("llamacpp.model-path", TEXT, null, "LLAMACPP_MODEL_PATH");
        LLAMACPP_CONTEXT = add("llamacpp.context", POSITIVE, "4096", "LLAMACPP_N_CTX");
        LLAMACPP_GPU_LAYERS = add("llamacpp.gpu-layers", NOT_NEGATIVE, "0", "LLAMACPP_N_GPU_LAYERS");
        LLAMACPP_THREADS = add("llamacpp.threads", POSITIVE, null, "LLAMACPP_N_THREADS");

        add("openai.base-url", URL, "https://api.openai.com/v1", "OPENAI_BASE_URL");
        add("openai.api-key", SECRET, null, "OPENAI_API_KEY");
        add("openai.model", TEXT, "gpt-4o-mini", "OPENAI_MODEL");
        add("openai.embedding-model", TEXT, "text-embedding-3-small", "OPENAI_EMBED_MODEL");
        OPENAI_ORGANIZATION = add("openai.organization", TEXT, null, "OPENAI_ORG_ID");
        OPENAI_PROJECT = add("openai.project", TEXT, null, "OPENAI_PROJECT_ID");

        add("anthropic.base-url", URL, "https://api.anthropic.com", "ANTHROPIC_BASE_URL");
        add("anthropic.api-key", SECRET, null, "ANTHROPIC_API_KEY");
        add("anthropic.bearer-token", SECRET, null, "ANTHROPIC_AUTH_TOKEN");
        add("anthropic.model", TEXT, "claude-sonnet-4-6", "ANTHROPIC_MODEL");
        ANTHROPIC_MAX_TOKENS_STREAM =
                add("anthropic.max-tokens.stream", POSITIVE, "8192", "ANTHROPIC_MAX_TOKENS_STREAM");
        ANTHROPIC_MAX_TOKENS_COMPLETE =
                add("anthropic.max-tokens.complete", POSITIVE, "4096", "ANTHROPIC_MAX_TOKENS_COMPLETE");
        ANTHROPIC_VERSION = add("anthropic.version", TEXT, null, "ANTHROPIC_VERSION");

        add("google.base-url", URL, "https://generativelanguage.googleapis.com", "GOOGLE_BASE_URL");
        add("google.api-key", SECRET, null, "GOOGLE_API_KEY", "GEMINI_API_KEY");
        add("google.model", TEXT, "gemini-2.0-flash", "GOOGLE_MODEL");
        add("google.embedding-model", TEXT, "gemini-embedding-001", "GOOGLE_EMBED_MODEL");

        add("azure.base-url", URL, null, "AZURE_ENDPOINT", "AZURE_OPENAI_ENDPOINT");
        add("azure.api-key", SECRET, null, "AZURE_API_KEY", "AZURE_OPENAI_API_KEY");
        add("azure.bearer-token", SECRET, null, "AZURE_OPENAI_AD_TOKEN");
        add("azure.model", TEXT, null, "AZURE_DEPLOYMENT_NAME", "AZURE_OPENAI_DEPLOYMENT");
        add("azure.embedding-model", TEXT, null, "AZURE_EMBED_DEPLOYMENT_NAME");
        AZURE_MODEL_HINT = add("azure.model-hint", TEXT, null, "AZURE_MODEL_HINT");
        AZURE_API_VERSION = add("azure.api-version", TEXT, "2024-02-01", "AZURE_API_VERSION", "OPENAI_API_VERSION");

        add("groq.base-url", URL, "https://api.groq.com/openai/v1", "GROQ_BASE_URL");
        add("groq.api-key", SECRET, null, "GROQ_API_KEY");
        add("groq.model", TEXT, "llama-3.3-70b-versatile", "GROQ_MODEL");

        add("cohere.base-url", URL, "https://api.cohere.com", "COHERE_BASE_URL");
        add("cohere.api-key", SECRET, null, "COHERE_API_KEY", "CO_API_KEY");
        add("cohere.model", TEXT, "command-r-plus", "COHERE_MODEL");
        add("cohere.embedding-model", TEXT, "embed-v4.0", "COHERE_EMBED_MODEL");

        add("mistral.base-url", URL, "https://api.mistral.ai/v1", "MISTRAL_BASE_URL");
        add("mistral.api-key", SECRET, null, "MISTRAL_API_KEY");
        add("mistral.model", TEXT, "mistral-large-latest", "MISTRAL_MODEL");
        add("mistral.embedding-model", TEXT, "mistral-embed", "MISTRAL_EMBED_MODEL");

        add("nvidia-nim.base-url", URL, "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_BASE_URL");
        add("nvidia-nim.api-key", SECRET, null, "NVIDIA_NIM_API_KEY", "NVIDIA_API_KEY");
        add("nvidia-nim.model", TEXT, "meta/llama-3.1-8b-instruct", "NVIDIA_NIM_MODEL");
        add("nvidia-nim.embedding-model", TEXT, null, "NVIDIA_NIM_EMBED_MODEL");

        add("mock.model", TEXT, null);

        add("node-health.probe-interval", WAIT, "0.5", "NODE_PROBE_INTERVAL");
        add("node-health.probe-limit", WAIT, "0.4", "NODE_PROBE_LIMIT");
        add("node-health.load", BOOLEAN, "true", "NODE_LOAD");
    }

    private SettingTable() {}

    private static SettingKey add(String name, SettingKey.Form form, @Nullable String byDefault, String... variables) {
        SettingKey key = new SettingKey(name, List.of(variables), form, byDefault);
        BY_KEY.put(name, key);
        for (String variable : variables) {
            BY_VARIABLE.put(variable, key);
        }
        return key;
    }

    static List<SettingKey> all() {
        return List.copyOf(BY_KEY.values());
    }

    static List<String> keys() {
        return List.copyOf(BY_KEY.keySet());
    }

    static List<String> variables() {
        return List.copyOf(BY_VARIABLE.keySet());
    }

    /** The setting of a key or of a variable's name, however it is written. */
    static Optional<SettingKey> find(String name) {
        SettingKey key = BY_KEY.get(name.toLowerCase(Locale.ROOT));
        return Optional.ofNullable(key != null ? key : BY_VARIABLE.get(name.toUpperCase(Locale.ROOT)));
    }

    /**
     * The setting of a key or of a variable's name.
     *
     * @throws SettingsException if there is none; it names the nearest
     */
    static SettingKey require(String name) {
        return find(name).orElseThrow(() -> {
            List<String> names = new ArrayList<>(keys());
            names.addAll(variables());
            return new SettingsException(name + ": no such setting" + NearestName.hint(name, names));
        });
    }

    /** What the keys of a provider's own settings begin with. */
    static String section(ProviderId provider) {
        return provider == ProviderId.OPENAI_COMPATIBLE ? "openai" : provider.id();
    }

    /** A provider's own setting, such as its model; null where it has none. */
    static @Nullable SettingKey of(ProviderId provider, String what) {
        return BY_KEY.get(section(provider) + "." + what);
    }

    /** Every setting of a provider's own. */
    static List<SettingKey> of(ProviderId provider) {
        String section = section(provider) + ".";
        return BY_KEY.values().stream()
                .filter(key -> key.name().startsWith(section))
                .toList();
    }
}
