package dev.avionics.llm.client;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.check.Preflight;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One model at one server that speaks OpenAI's chat completions, chunk by chunk as the server sends them: for programs that read the
 * wire's own JSON. Lines that are no JSON are left out, and told in the log; the stream fails if none can be read. Thread-safe.
 *
 * <p>Calls fail with {@link LLMConnectionException}, {@link LLMResponseException}, {@link LLMStreamException}, or their root {@link
 * LLMException}. A call that its reader gives up ends with {@link InferenceException} of category CANCELLED.
 */
public final class OpenAiClient {
    private final OpenAiClientConfig config;
    private final Airframe airframe;
    private final ProviderSettings settings;

    /** A client; the airframe stays its owner's. */
    public OpenAiClient(OpenAiClientConfig config, Airframe airframe) {
        this.config = requireNonNull(config, "config");
        this.airframe = requireNonNull(airframe, "airframe");
        settings = AvionicsSettings.builder()
                .set("openai.base-url", config.endpoint().toString())
                .build()
                .provider(ProviderId.OPENAI_COMPATIBLE)
                .toBuilder()
                .name("openai")
                .apiKey(config.apiKey())
                .model(config.model())
                .metadata("api_path", config.apiPath())
                .maxRetries(config.maxRetries())
                .timeouts(Timeouts.Override.total(config.timeout()))
                .build();
    }

    /**
     * Whether the server answers and has the model. Spends no tokens.
     *
     * @return as {@link Preflight#check}; fails with {@link LLMConnectionException} if the server is not reached, and with {@link
     *     LLMResponseException} if it refuses or has no such model. Cancelling it ends the check
     */
    public CompletableFuture<Preflight.Report> preflightCheck() {
        CompletableFuture<Preflight.Report> check = new Preflight(new BackendProvider(settings, airframe)).check(null);
        CompletableFuture<Preflight.Report> told = new CompletableFuture<>();
        check.whenComplete((report, error) -> {
            if (error == null) {
                told.complete(report);
            } else {
                told.completeExceptionally(error instanceof InferenceException why ? LLMException.of(why) : error);
            }
        });
        told.whenComplete((report, error) -> {
            if (told.isCancelled()) {
                check.cancel(false);
            }
        });
        return told;
    }

    /** The chunks of an answer; tried once. Fails as the class says. */
    public InferenceStream<Map<String, @Nullable Object>> streamChat(List<Message> messages, List<ToolSpec> tools) {
        return stream(messages, tools, RetryPolicy.NEVER);
    }

    /**
     * As {@link #streamChat}, tried again, before its first chunk, after failures that pass: waits grow from
     * {@link OpenAiClientConfig#retryBackoffBase} and have up to a second of chance in them.
     */
    public InferenceStream<Map<String, @Nullable Object>> streamChatWithRetry(
            List<Message> messages, List<ToolSpec> tools) {
        return stream(
                messages,
                tools,
                RetryPolicy.additiveJitter(config.maxRetries(), config.retryBackoffBase(), config.retryBackoffMax()));
    }

    private InferenceStream<Map<String, @Nullable Object>> stream(
            List<Message> messages, List<ToolSpec> tools, RetryPolicy retries) {
        InferenceRequest request = InferenceRequest.builder()
                .messages(messages)
                .tools(tools)
                .temperature(config.temperature())
                .maxTokens(config.maxTokens())
                .build();
        CallContext call = airframe.newCall().withRawFrames().withLenientFrames();
        Target target = new Target(settings.endpoint(), config.model());
        InferenceStream<InferenceEvent> answer = airframe.infer(target, request, call, retries);
        return InferenceStream.from(call, new TranslatedSource(answer)).map(OpenAiClient::chunk);
    }

    private static @Nullable Map<String, @Nullable Object> chunk(InferenceEvent event) {
        if (!(event instanceof InferenceEvent.RawFrame frame)
                || frame.data().strip().equals("[DONE]")) {
            return null;
        }
        try {
            return JsonValues.parseObject(frame.data());
        } catch (InferenceException malformed) {
            // Passed over: it has been logged where it was read.
            return null;
        }
    }
}
