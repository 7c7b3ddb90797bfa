package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.check.ConnectionReport;
import dev.avionics.llm.check.Diagnosis;
import dev.avionics.llm.check.DiagnosticReport;
import dev.avionics.llm.service.BusEvent.AmbientSpeechDetected;
import dev.avionics.llm.service.BusEvent.ErrorOccurred;
import dev.avionics.llm.service.BusEvent.ResponseGenerated;
import dev.avionics.llm.service.BusEvent.ResponseGenerating;
import dev.avionics.llm.service.BusEvent.SpeechDetected;
import dev.avionics.llm.service.BusEvent.SystemStopped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers prompts, those of callers and those that an {@link EventBus} tells of. Thread-safe.
 *
 * <p>Runs over a provider, a gateway, or an address of which it finds out what it speaks. So many calls run at once, three by
 * default; the others wait, and those that came first go first. If a model is not there, is too small for the conversation, or
 * fails, the fallback models are asked; once an answer has begun there is no other model.
 *
 * <p>What blocks here refuses to run on a transport thread, with {@link IllegalStateException}, and ends with category
 * CANCELLED when its thread is interrupted.
 */
public final class LLMService implements AutoCloseable {
    private static final String NAME = "llm_service";
    private static final String GENERATE = "generate_async";

    private final LLMServiceConfig config;
    private final Backend backend;
    private final Calls calls;
    private final List<String> fallbackModels;
    private final Function<AmbientSpeechDetected, Optional<String>> ambient;
    private final @Nullable Airframe airframe;
    private final @Nullable Airframe ownAirframe;
    private final Clock clock;
    private final Ticker ticker;

    // Guarded by this.
    private final List<EventBus.Subscription> subscriptions = new ArrayList<>();
    private @Nullable EventBus bus;
    private boolean closed;

    LLMService(LLMServiceBuilder builder) {
        config = builder.config();
        fallbackModels = List.copyOf(builder.fallbackModels);
        ambient = builder.ambient;
        clock = builder.clock;
        ticker = builder.ticker;
        boolean own = builder.airframe == null && builder.inference == null;
        ownAirframe = own ? Airframe.create() : null;
        airframe = own ? ownAirframe : builder.airframe;
        backend = builder.inference != null
                ? Backend.of(builder.inference)
                : Backend.at(config, requireNonNull(airframe, "airframe"));
        calls = new Calls(backend.inference(), builder.maxConcurrent);
    }

    /** A builder with all defaults. */
    public static LLMServiceBuilder builder() {
        return new LLMServiceBuilder();
    }

    /**
     * Answers from now on what the bus tells of: speech, and ambient speech as its policy says. When the system stops, calls
     * that run or wait are cancelled and the subscriptions end; the service may be started again. Starting twice is harmless.
     *
     * @throws IllegalStateException if the service is closed, or was started on another bus
     */
    public synchronized void start(EventBus on) {
        requireNonNull(on, "on");
        if (closed) {
            throw new IllegalStateException("the service is closed");
        }
        EventBus current = bus;
        if (current != null) {
            if (!current.equals(on)) {
                throw new IllegalStateException("the service was started on another bus");
            }
            return;
        }
        bus = on;
        subscriptions.add(on.subscription(SpeechDetected.class)
                .named(NAME)
                .handle(event -> answer(event.text(), event.correlationId())));
        subscriptions.add(on.subscription(AmbientSpeechDetected.class)
                .named(NAME)
                .handle(event -> ambient.apply(event).ifPresent(prompt -> answer(prompt, event.correlationId()))));
        subscriptions.add(on.subscription(SystemStopped.class).named(NAME).handle(event -> stop()));
    }

    private void answer(String prompt, String correlationId) {
        if (!prompt.isBlank()) {
            // What becomes of it is told by events.
            CompletableFuture<String> unused = generateAsync(
                    prompt, CallOptions.builder().correlationId(correlationId).build());
        }
    }

    private void stop() {
        List<EventBus.Subscription> ended;
        synchronized (this) {
            ended = List.copyOf(subscriptions);
            subscriptions.clear();
            bus = null;
        }
        ended.forEach(EventBus.Subscription::close);
        calls.cancelAll();
    }

    /** Whether it answers what a bus tells of. */
    public synchronized boolean isStarted() {
        return bus != null;
    }

    /** How many calls run or wait for their turn. */
    public int running() {
        return calls.running();
    }

    /** As {@link #generateAsync(String, CallOptions)}, with everything as the service has it. */
    public CompletableFuture<String> generateAsync(String prompt) {
        return generateAsync(prompt, CallOptions.NONE);
    }

    /**
     * The text of an answer. If the service is started, the bus is told {@link ResponseGenerating}, then {@link
     * ResponseGenerated} or {@link ErrorOccurred}, all with the same correlation id. Never blocks.
     *
     * @return completes where the inference delivers; fails with {@link InferenceException}. Cancelling it, or completing it
     *     from outside, ends the call, which is an {@link ErrorOccurred} of category CANCELLED
     */
    public CompletableFuture<String> generateAsync(String prompt, CallOptions options) {
        InferenceRequest request = request(prompt, options, false);
        List<String> models = models(options);
        CallContext call = call();
        String given = options.correlationId();
        String id = given == null ? call.callId() : given;
        EventBus told;
        synchronized (this) {
            told = bus;
        }
        long begun = ticker.nanoTime();
        tell(told, new ResponseGenerating(prompt, models.get(0), clock.instant(), id));
        InferenceStream<InferenceEvent> stream = calls.infer(models, request, call);
        CompletableFuture<String> answer = new CompletableFuture<>();
        stream.collect().whenComplete((result, error) -> {
            if (error == null) {
                tell(told, generated(result, Duration.ofNanos(ticker.nanoTime() - begun), id));
                answer.complete(result.text());
            } else {
                InferenceException why = known(error);
                tell(told, new ErrorOccurred(why, NAME, GENERATE, id));
                answer.completeExceptionally(why);
            }
        });
        answer.whenComplete((text, error) -> stream.cancel(CancelReason.CALLER));
        return answer;
    }

    private static void tell(@Nullable EventBus bus, BusEvent event) {
        if (bus != null) {
            bus.publish(event);
        }
    }

    private static ResponseGenerated generated(InferenceResult result, Duration elapsed, String id) {
        String text = result.text();
        String model = result.model();
        int words = text.isBlank() ? 0 : text.strip().split("\\s+").length;
        return new ResponseGenerated(
                text,
                model == null ? result.target().model() : model,
                elapsed,
                words,
                result.usage().outputTotal(),
                id);
    }

    private static InferenceException known(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof InferenceException known
                ? known
                : InferenceException.builder(ErrorCategory.REJECTED, "the call broke: " + cause)
                        .cause(cause)
                        .build();
    }

    /** As {@link #sendRequest(String, CallOptions)}, with everything as the service has it. */
    public String sendRequest(String prompt) {
        return sendRequest(prompt, CallOptions.NONE);
    }

    /**
     * The text of an answer; blocks, and tells no events.
     *
     * @throws InferenceException if there is no answer
     */
    public String sendRequest(String prompt, CallOptions options) {
        ResultAssembler assembler = new ResultAssembler();
        InferenceStream<InferenceEvent> stream = calls.infer(models(options), request(prompt, options, false), call());
        try (EventCursor<InferenceEvent> events = stream.open()) {
            while (events.hasNext()) {
                assembler.accept(events.next());
            }
        }
        return assembler.result().text();
    }

    /** As {@link #chat(String, String, String)}, with everything as the service has it. */
    public String chat(String message) {
        return sendRequest(message, CallOptions.NONE);
    }

    /**
     * As {@link #sendRequest(String, CallOptions)}.
     *
     * @param model the model's name, or null for the default one
     * @param system the system message, or null for the service's own; empty for none
     */
    public String chat(String message, @Nullable String model, @Nullable String system) {
        return sendRequest(
                message, CallOptions.builder().model(model).system(system).build());
    }

    /** As {@link #streamResponse(String, CallOptions)}, with everything as the service has it. */
    public InferenceStream<String> streamResponse(String prompt) {
        return streamResponse(prompt, CallOptions.NONE);
    }

    /** The text of an answer piece by piece, as the backend sends it; tells no events. A stream waits for its turn too. */
    public InferenceStream<String> streamResponse(String prompt, CallOptions options) {
        return calls.infer(models(options), request(prompt, options, true), call())
                .map(event -> event instanceof InferenceEvent.TextDelta text ? text.text() : null);
    }

    private CallContext call() {
        CallContext call = backend.inference().newCall();
        Duration timeout = config.timeout();
        return timeout == null ? call : call.withTotal(timeout);
    }

    /** The model that is wanted, then the fallbacks; an empty name means the inference's own default. */
    private List<String> models(CallOptions options) {
        String wanted = options.model() == null ? config.defaultModel() : options.model();
        LLMProvider provider = backend.provider();
        if (wanted == null) {
            wanted = provider == null ? "" : provider.defaultModel();
        }
        Set<String> models = new LinkedHashSet<>();
        models.add(wanted);
        models.addAll(fallbackModels);
        return List.copyOf(models);
    }

    private InferenceRequest request(String prompt, CallOptions options, boolean streamed) {
        requireNonNull(prompt, "prompt");
        InferenceRequest.Builder request = InferenceRequest.builder();
        String system = options.system() == null ? config.systemPrompt() : options.system();
        if (system != null && !system.isBlank()) {
            request.message(Message.system(system));
        }
        Boolean wanted = options.stream() == null ? config.stream() : options.stream();
        return request
                .message(Message.user(prompt))
                .temperature(options.temperature() == null ? config.temperature() : options.temperature())
                .maxTokens(options.maxTokens() == null ? config.maxTokens() : options.maxTokens())
                .stream(streamed || Boolean.TRUE.equals(wanted))
                .build();
    }

    /**
     * Whether the backend can be reached, and which models it has; blocks for at most 10 seconds, spends no tokens. Over a
     * gateway there is no single address to ask, and the report says so.
     */
    public ConnectionReport checkConnection() {
        EndpointSpec endpoint = backend.endpoint();
        if (endpoint != null && airframe != null) {
            return await(new Diagnosis(airframe, endpoint).connection(backend.apiType()));
        }
        LLMProvider provider = backend.provider();
        if (provider == null) {
            return new ConnectionReport(
                    false, 0, "the gateway", List.of(), List.of("There is no single address to ask."));
        }
        String address = provider.endpoint().address();
        return await(provider.models(provider.newCall().withTotal(Duration.ofSeconds(10)))
                .<ConnectionReport>handle((models, error) -> error == null
                        ? new ConnectionReport(true, 0, address, ids(models), List.of())
                        : failed(address, known(error))));
    }

    private static List<String> ids(List<ModelInfo> models) {
        return models.stream().map(ModelInfo::id).toList();
    }

    private static ConnectionReport failed(String address, InferenceException why) {
        return new ConnectionReport(
                false, why.status().orElse(0), address, List.of(), List.of(String.valueOf(why.getMessage())));
    }

    /**
     * How every path of the backend answers; blocks for at most 5 seconds, spends no tokens. Without an address, or without an
     * airframe to ask it with, the report has no probes.
     */
    public DiagnosticReport diagnose() {
        EndpointSpec endpoint = backend.endpoint();
        if (endpoint == null || airframe == null) {
            String address = backend.provider() == null
                    ? "the gateway"
                    : backend.provider().endpoint().address();
            return new DiagnosticReport(address, "", List.of());
        }
        return await(new Diagnosis(airframe, endpoint).run());
    }

    private static <R> R await(CompletableFuture<R> answer) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException("a transport thread must not wait for an answer");
        }
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(false);
            throw InferenceException.of(ErrorCategory.CANCELLED, "interrupted while waiting for an answer");
        } catch (ExecutionException e) {
            throw known(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Ends the subscriptions, cancels calls that run or wait, and takes no new ones: they fail with REJECTED. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        stop();
        calls.close();
        if (ownAirframe != null) {
            ownAirframe.close();
        }
    }

    @Override
    public String toString() {
        return "LLMService[" + config + "]";
    }
}
