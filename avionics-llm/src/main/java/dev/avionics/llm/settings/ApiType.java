package dev.avionics.llm.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The wire format that a backend at a general address speaks. */
public enum ApiType {
    /** Not known: to be found out. */
    AUTO("auto", ProviderId.OLLAMA),
    /** Ollama's {@code /api/chat}. */
    OLLAMA_CHAT("ollama-chat", ProviderId.OLLAMA),
    /** Ollama's {@code /api/generate}. */
    OLLAMA_GENERATE("ollama-generate", ProviderId.OLLAMA),
    /** OpenAI's {@code /v1/chat/completions}, as many others speak it. */
    OPENAI("openai", ProviderId.OPENAI_COMPATIBLE),
    /** What llama-server speaks besides OpenAI's format. */
    NATIVE("native", ProviderId.LLAMASERVER);

    private static final List<String> NAMES =
            Arrays.stream(values()).map(ApiType::id).toList();

    private final String id;
    private final ProviderId provider;

    ApiType(String id, ProviderId provider) {
        this.id = id;
        this.provider = provider;
    }

    /** The name in settings, such as {@code ollama-chat}. */
    public String id() {
        return id;
    }

    /** The provider that speaks it; Ollama for {@link #AUTO}. */
    public ProviderId provider() {
        return provider;
    }

    /** All names in settings. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The type of a name; case, underscores and white space around it do not matter, and {@code chat}, {@code openai-compat}
     * and {@code openai-compatible} are {@link #OPENAI}.
     *
     * @throws SettingsException if there is none; it lists the names, the nearest first
     */
    public static ApiType of(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        switch (wanted) {
            case "openai-compat", "openai-compatible", "chat" -> {
                return OPENAI;
            }
            default -> {}
        }
        for (ApiType type : values()) {
            if (type.id.equals(wanted)) {
                return type;
            }
        }
        throw new SettingsException("api type: " + name.strip() + " (expected: one of "
                + String.join(", ", NearestName.sorted(wanted, NAMES)) + ")");
    }

    @Override
    public String toString() {
        return id;
    }
}
