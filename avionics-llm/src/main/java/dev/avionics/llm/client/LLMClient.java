package dev.avionics.llm.client;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.Embedding;
import dev.avionics.llm.Inference;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.LiveSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simple way to a model: a text in, a text out. Which provider answers is looked up at each call, so that a change of settings
 * takes effect at the next one; a stream that runs keeps its provider. Thread-safe.
 *
 * <p>What blocks here refuses to run on a transport thread, with {@link IllegalStateException}, and ends with category CANCELLED
 * when its thread is interrupted.
 */
public final class LLMClient {
    private static final Logger LOG = LoggerFactory.getLogger(LLMClient.class);
    private static final double COMPLETE_TEMPERATURE = 0.3;

    private final Supplier<? extends Inference> chats;
    private final Supplier<? extends Embedding> embeddings;
    private final Supplier<LLMProvider> named;

    /**
     * A client of the providers that a factory's settings name, for chats and for embeddings; the factory stays its owner's.
     */
    public LLMClient(LLMFactory factory) {
        this(requireNonNull(factory, "factory")::defaultProvider, factory::embeddingProvider);
    }

    /** A client of one provider; it stays its owner's. */
    public LLMClient(LLMProvider provider) {
        this(() -> provider, () -> provider);
        requireNonNull(provider, "provider");
    }

    /**
     * A client of whatever is there at each call.
     *
     * @param chats gives the provider of chats
     * @param embeddings gives the provider of embeddings
     */
    public LLMClient(Supplier<LLMProvider> chats, Supplier<LLMProvider> embeddings) {
        this(requireNonNull(chats, "chats"), requireNonNull(embeddings, "embeddings"), chats);
    }

    private LLMClient(
            Supplier<? extends Inference> chats,
            Supplier<? extends Embedding> embeddings,
            Supplier<LLMProvider> named) {
        this.chats = chats;
        this.embeddings = embeddings;
        this.named = named;
    }

    /**
     * A client whose calls go through something else than a provider, such as a gateway.
     *
     * @param named what {@link #provider()} and {@link #model()} tell of: the provider that calls begin with
     */
    public static LLMClient over(Inference chats, Embedding embeddings, Supplier<LLMProvider> named) {
        requireNonNull(chats, "chats");
        requireNonNull(embeddings, "embeddings");
        return new LLMClient(() -> chats, () -> embeddings, requireNonNull(named, "named"));
    }

    /**
     * The client that the whole program may share, of the environment, {@code .env} and {@code avionics.yaml}; made at the first
     * call, and never closed. Changes of the files take effect at the next call.
     *
     * @throws dev.avionics.llm.settings.SettingsException at the first call, if the settings are wrong then
     */
    public static LLMClient shared() {
        return Shared.CLIENT;
    }

    /** The same as {@link #shared()}, under the name that it had when there was one backend; whatever the provider is. */
    public static LLMClient ollama() {
        return shared();
    }

    private static final class Shared {
        static final LLMClient CLIENT = new LLMClient(
                new LLMFactory(new LiveSettings(AvionicsSettings.load()), Airframe.create(), new AgentRegistry()));
    }

    /** The answer to a conversation, piece by piece, with {@link ChatOptions#DEFAULT}. */
    public InferenceStream<String> streamChat(List<Message> messages, String systemPrompt) {
        return streamChat(messages, systemPrompt, ChatOptions.DEFAULT);
    }

    /**
     * The answer to a conversation, piece by piece. Nothing is sent before the stream is consumed.
     *
     * @param systemPrompt goes in front; empty for none
     */
    public InferenceStream<String> streamChat(List<Message> messages, String systemPrompt, ChatOptions options) {
        return events(messages, systemPrompt, options)
                .map(event -> event instanceof InferenceEvent.TextDelta piece ? piece.text() : null);
    }

    InferenceStream<InferenceEvent> events(List<Message> messages, String systemPrompt, ChatOptions options) {
        Inference inference = chats.get();
        return inference.infer(options.model(), request(messages, systemPrompt, options), inference.newCall());
    }

    private static InferenceRequest request(List<Message> messages, String systemPrompt, ChatOptions options) {
        List<Message> all = new ArrayList<>();
        if (!systemPrompt.isEmpty()) {
            all.add(Message.system(systemPrompt));
        }
        all.addAll(messages);
        InferenceRequest.Builder request = InferenceRequest.builder()
                .messages(all)
                .temperature(options.temperature())
                .maxTokens(options.numPredict());
        Integer context = options.numCtx();
        return context == null ? request.build() : request.context(context).build();
    }

    /** The answer to a prompt, at temperature 0.3; blocks. */
    public String complete(String prompt) {
        return complete(prompt, "");
    }

    /** The answer to a prompt, at temperature 0.3; blocks. */
    public String complete(String prompt, String system) {
        return complete(prompt, system, COMPLETE_TEMPERATURE);
    }

    /**
     * The answer to a prompt; blocks.
     *
     * @param system goes in front; empty for none
     * @throws InferenceException if there is no answer
     */
    public String complete(String prompt, String system, double temperature) {
        ChatOptions options = ChatOptions.DEFAULT.withTemperature(temperature);
        return chats.get()
                .answer(
                        null,
                        request(List.of(Message.user(prompt)), system, options).toBuilder().stream(false)
                                .build())
                .text();
    }

    /**
     * The vector of a text; blocks.
     *
     * @throws InferenceException if there is none
     */
    public float[] embed(String text) {
        return embedAll(List.of(text)).get(0);
    }

    /** The vectors of texts, in their order; blocks. */
    public List<float[]> embedAll(List<String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        Embedding embedding = embeddings.get();
        EmbeddingRequest request = new EmbeddingRequest(texts, null, null, Map.of());
        return embedding.vectors(null, request, embedding.newCall()).vectors();
    }

    /** The vector of a text; empty if there is none for whatever reason, which is told in the log. Blocks. */
    public float[] embedOrEmpty(String text) {
        try {
            return embed(text);
        } catch (InferenceException | IllegalArgumentException why) {
            // The text itself may be private.
            LOG.warn("embedding_unavailable: {}", why.getMessage());
            return new float[0];
        }
    }

    /** The name of the provider that calls begin with now. */
    public String provider() {
        return named.get().name();
    }

    /** The model that would answer now; empty where the backend serves a single one. */
    public String model() {
        return named.get().defaultModel();
    }

    /** A conversation with this client, which keeps what was said. */
    public Conversation conversation(String systemPrompt) {
        return new Conversation(this, systemPrompt, ChatOptions.DEFAULT);
    }
}
