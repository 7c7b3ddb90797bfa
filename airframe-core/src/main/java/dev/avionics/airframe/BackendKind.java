package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * A way of speaking: which wire protocol an endpoint understands. Open to kinds of others.
 *
 * @param id lower-case letters, digits and dashes
 */
public record BackendKind(String id) {
    /** OpenAI chat completions, and all servers that speak like it. */
    public static final BackendKind OPENAI_CHAT = new BackendKind("openai-chat");
    /** llama.cpp's own server. */
    public static final BackendKind LLAMA_SERVER = new BackendKind("llama-server");
    /** Ollama's own API. */
    public static final BackendKind OLLAMA = new BackendKind("ollama");
    /** Anthropic Messages. */
    public static final BackendKind ANTHROPIC_MESSAGES = new BackendKind("anthropic-messages");
    /** Google generateContent. */
    public static final BackendKind GOOGLE_GENAI = new BackendKind("google-genai");
    /** Cohere v2. */
    public static final BackendKind COHERE_CHAT = new BackendKind("cohere-chat");
    /** Azure OpenAI. */
    public static final BackendKind AZURE_OPENAI = new BackendKind("azure-openai");
    /** A GGUF model in this process. */
    public static final BackendKind LLAMA_CPP = new BackendKind("llama-cpp");
    /** A scripted backend for tests. */
    public static final BackendKind MOCK = new BackendKind("mock");

    public BackendKind {
        if (!requireNonNull(id, "id").matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("id: " + id + " (expected: lower-case letters, digits and dashes)");
        }
    }

    /** A kind by its name; case and underscores do not matter. */
    public static BackendKind of(String name) {
        return new BackendKind(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @Override
    public String toString() {
        return id;
    }
}
