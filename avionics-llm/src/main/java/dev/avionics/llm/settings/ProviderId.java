package dev.avionics.llm.settings;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec.Billing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The providers that have settings. Whether a build can speak to one is told by the adapters that it has. */
public enum ProviderId {
    OLLAMA("ollama", BackendKind.OLLAMA, Billing.FREE),
    LLAMASERVER("llamaserver", BackendKind.LLAMA_SERVER, Billing.FREE, "llama-server"),
    LLAMACPP("llamacpp", BackendKind.LLAMA_CPP, Billing.FREE, "llama-cpp", "llama.cpp", "embedded"),
    OPENAI_COMPATIBLE("openai-compatible", BackendKind.OPENAI_CHAT, Billing.METERED, "openai", "openai-compat"),
    ANTHROPIC("anthropic", BackendKind.ANTHROPIC_MESSAGES, Billing.METERED, "claude"),
    GOOGLE("google", BackendKind.GOOGLE_GENAI, Billing.METERED, "gemini"),
    AZURE("azure", BackendKind.AZURE_OPENAI, Billing.METERED, "azure-openai"),
    GROQ("groq", "groq"),
    COHERE("cohere", BackendKind.COHERE_CHAT, Billing.METERED),
    MISTRAL("mistral", "mistral", "mistral-ai"),
    NVIDIA_NIM("nvidia-nim", "nvidia-nim", "nim", "nvidia"),
    MOCK("mock", BackendKind.MOCK, Billing.FREE);

    private final String id;
    private final BackendKind kind;
    private final Billing billing;
    private final String apiType;
    private final List<String> aliases;

    ProviderId(String id, BackendKind kind, Billing billing, String... aliases) {
        this.id = id;
        this.kind = kind;
        this.billing = billing;
        this.aliases = List.of(aliases);
        apiType = "";
    }

    /** A hosted provider that speaks like OpenAI, in a dialect of its own. */
    ProviderId(String id, String dialect, String... aliases) {
        this.id = id;
        this.aliases = List.of(aliases);
        kind = BackendKind.OPENAI_CHAT;
        billing = Billing.METERED;
        apiType = dialect;
    }

    /** The name in settings, such as {@code openai-compatible}. */
    public String id() {
        return id;
    }

    /** The other names that are understood. */
    public List<String> aliases() {
        return aliases;
    }

    /** The kind of endpoint that it is. */
    public BackendKind kind() {
        return kind;
    }

    /** The variant of the protocol that it speaks; empty for the protocol's own default. */
    public String apiType() {
        return apiType;
    }

    /** Whether its calls cost money unless the settings know better. */
    public Billing billing() {
        return billing;
    }

    /**
     * The provider of a name or alias; case, underscores and white space around it do not matter.
     *
     * @throws SettingsException if there is none; it lists the names, the nearest first
     */
    public static ProviderId of(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        List<String> names = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (ProviderId provider : values()) {
            if (provider.id.equals(wanted) || provider.aliases.contains(wanted)) {
                return provider;
            }
            names.add(provider.id);
            all.add(provider.id);
            all.addAll(provider.aliases);
        }
        // An alias may be what was nearly written: its provider goes to the front.
        String nearest = of(all, wanted).id;
        List<String> sorted = new ArrayList<>(NearestName.sorted(wanted, names));
        sorted.remove(nearest);
        sorted.add(0, nearest);
        throw new SettingsException(
                "provider: " + name.strip() + " (expected one of " + String.join(", ", sorted) + ")");
    }

    private static ProviderId of(List<String> all, String wanted) {
        return of(NearestName.sorted(wanted, all).get(0));
    }

    @Override
    public String toString() {
        return id;
    }
}
