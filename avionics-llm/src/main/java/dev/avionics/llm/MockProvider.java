package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.DeliveryExecutors;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An {@link LLMProvider} without a model: for tests, and for trying a program out. Deterministic and thread-safe.
 *
 * <p>An answer is the next one of the script; when that is used up, the first rule that fits; else the default, which
 * repeats the last user message. Text comes in several chunks. Faults are told as they are, nothing is tried again.
 */
public final class MockProvider implements LLMProvider {
    private static final int CHUNK = 8;
    private static final int DIMENSIONS = 8;

    private final String model;
    private final EndpointSpec endpoint;
    private final Scheduler scheduler;
    private final @Nullable SystemScheduler ownScheduler;
    private final Delivery delivery;
    private final @Nullable ExecutorService ownExecutor;
    private final Clock clock;
    private final Queue<MockReply> script;
    private final List<Rule> rules;
    private final Function<InferenceRequest, MockReply> otherwise;
    private final HealthState.Status health;
    private final List<Call> calls = new ArrayList<>();
    private final List<EmbeddingRequest> embeddings = new ArrayList<>();
    private volatile boolean closed;

    private record Rule(Predicate<InferenceRequest> fits, MockReply reply) {}

    /** An inference that was asked for. */
    public record Call(String model, InferenceRequest request) {
        /** The text of the last user message; empty if there is none. */
        public String prompt() {
            return lastUserText(request);
        }
    }

    private MockProvider(Builder builder) {
        model = builder.model;
        endpoint = EndpointSpec.builder("mock", URI.create("local:mock"), BackendKind.MOCK)
                .billing(EndpointSpec.Billing.FREE)
                .build();
        clock = builder.clock;
        if (builder.scheduler == null) {
            ownScheduler = new SystemScheduler();
            scheduler = ownScheduler;
        } else {
            ownScheduler = null;
            scheduler = builder.scheduler;
        }
        if (builder.delivery == null) {
            ownExecutor = DeliveryExecutors.create();
            delivery = Delivery.on(ownExecutor);
        } else {
            ownExecutor = null;
            delivery = builder.delivery;
        }
        script = new ArrayDeque<>(builder.script);
        rules = List.copyOf(builder.rules);
        otherwise = builder.otherwise;
        health = builder.health;
    }

    /** A provider that repeats what it is told. */
    public static MockProvider create() {
        return builder().build();
    }

    /** A builder with an empty script and no rules. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many inferences were asked for: streams that nobody consumed do not count. */
    public int callCount() {
        synchronized (calls) {
            return calls.size();
        }
    }

    /** The inferences that were asked for, in order. */
    public List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    /** The embeddings that were asked for, in order. */
    public List<EmbeddingRequest> embeddingCalls() {
        synchronized (embeddings) {
            return List.copyOf(embeddings);
        }
    }

    @Override
    public String name() {
        return "mock";
    }

    @Override
    public String defaultModel() {
        return model;
    }

    @Override
    public String defaultEmbeddingModel() {
        return model;
    }

    @Override
    public EndpointSpec endpoint() {
        return endpoint;
    }

    @Override
    public CallContext newCall() {
        return CallContext.create(delivery);
    }

    @Override
    public Capabilities capabilities(@Nullable String ignored) {
        return Capabilities.unknown()
                .yes(
                        Feature.CHAT,
                        Feature.STREAM,
                        Feature.TOOLS,
                        Feature.THINKING,
                        Feature.EMBEDDINGS,
                        Feature.MODELS,
                        Feature.HEALTH,
                        Feature.USAGE_IN_STREAM);
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(CallContext context) {
        return CompletableFuture.completedFuture(List.of(ModelInfo.of(model)));
    }

    @Override
    public CompletableFuture<HealthState> health(CallContext context) {
        return CompletableFuture.completedFuture(new HealthState(health, clock.instant(), "scripted"));
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            @Nullable String wanted, InferenceRequest request, CallContext context) {
        String asked = wanted == null ? model : wanted;
        Target target = new Target(endpoint, asked);
        // What is answered is decided when the stream is consumed, as it is with a real backend.
        return InferenceStream.deferred(context, () -> {
            if (closed) {
                return CompletableFuture.failedFuture(Waiting.closed(name()));
            }
            MockReply reply = reply(new Call(asked, request));
            return CompletableFuture.completedFuture(InferenceStream.from(
                    context, new ScriptedSource(steps(target, request, reply), scheduler, () -> {})));
        });
    }

    private MockReply reply(Call call) {
        synchronized (calls) {
            calls.add(call);
            MockReply scripted = script.poll();
            if (scripted != null) {
                return scripted;
            }
        }
        for (Rule rule : rules) {
            if (rule.fits.test(call.request())) {
                return rule.reply;
            }
        }
        return otherwise.apply(call.request());
    }

    private static List<ScriptedSource.Step> steps(Target target, InferenceRequest request, MockReply reply) {
        List<InferenceEvent> events = new ArrayList<>();
        events.add(new InferenceEvent.Started(target, 1, RateLimitInfo.none(), List.of()));
        pieces(reply.thinking()).forEach(piece -> events.add(new InferenceEvent.ThinkingDelta(piece)));
        pieces(reply.text()).forEach(piece -> events.add(new InferenceEvent.TextDelta(piece)));
        for (int i = 0; i < reply.toolCalls().size(); i++) {
            events.add(new InferenceEvent.ToolCallReady(i, reply.toolCalls().get(i)));
        }
        InferenceException failure = reply.failure();
        if (failure == null) {
            Usage usage = reply.usage();
            events.add(new InferenceEvent.Completed(
                    reply.finish(), null, usage == null ? estimate(request, reply) : usage, null, target.model()));
        } else if (events.size() == 1) {
            // A real backend that fails at once gives nothing before.
            events.clear();
        }
        List<ScriptedSource.Step> steps = new ArrayList<>();
        for (InferenceEvent event : events) {
            steps.add(new ScriptedSource.Step(wait(steps, reply), event, null));
        }
        if (failure != null) {
            steps.add(new ScriptedSource.Step(wait(steps, reply), null, failure));
        }
        return steps;
    }

    private static Duration wait(List<ScriptedSource.Step> before, MockReply reply) {
        // Started belongs to the first content.
        return switch (before.size()) {
            case 0 -> reply.delay();
            case 1 -> Duration.ZERO;
            default -> reply.pace();
        };
    }

    private static List<String> pieces(String text) {
        int[] points = text.codePoints().toArray();
        int size = Math.max(1, Math.min(CHUNK, (points.length + 1) / 2));
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < points.length; from += size) {
            pieces.add(new String(points, from, Math.min(size, points.length - from)));
        }
        return pieces;
    }

    private static Usage estimate(InferenceRequest request, MockReply reply) {
        long asked = request.messages().stream()
                .mapToLong(message -> message.text().length())
                .sum();
        return Usage.estimated(
                asked / 4, (reply.text().length() + reply.thinking().length()) / 4);
    }

    /** Vectors of length 1 with 8 dimensions, or as many as wanted; the same text gives the same vector. */
    @Override
    public CompletableFuture<EmbeddingResult> embed(
            @Nullable String wanted, EmbeddingRequest request, CallContext context) {
        if (closed) {
            return CompletableFuture.failedFuture(Waiting.closed(name()));
        }
        synchronized (embeddings) {
            embeddings.add(request);
        }
        Integer dimensions = request.dimensions();
        List<float[]> vectors = request.inputs().stream()
                .map(text -> vector(text, dimensions == null ? DIMENSIONS : dimensions))
                .toList();
        long characters = request.inputs().stream().mapToLong(String::length).sum();
        String asked = wanted == null ? model : wanted;
        return CompletableFuture.completedFuture(
                new EmbeddingResult(vectors, Usage.estimated(characters / 4, 0), new Target(endpoint, asked), asked));
    }

    private static float[] vector(String text, int dimensions) {
        SplittableRandom numbers = new SplittableRandom(text.hashCode());
        double[] raw = new double[dimensions];
        double square = 0;
        for (int i = 0; i < dimensions; i++) {
            raw[i] = numbers.nextDouble(-1, 1);
            square += raw[i] * raw[i];
        }
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (raw[i] / Math.sqrt(square));
        }
        return vector;
    }

    @Override
    public InferenceStream<TokenChunk> generateStream(@Nullable String wanted, String prompt, Map<String, ?> options) {
        return infer(wanted, GenerationOptions.toRequest(prompt, options), newCall())
                .map(new ChunkView(false));
    }

    @Override
    public boolean supportsStreaming() {
        return true;
    }

    @Override
    public Map<String, Object> stats() {
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("provider", name());
        stats.put("backend", endpoint.kind().id());
        stats.put("model", model);
        stats.put("requests", (long) callCount());
        return stats;
    }

    /** Takes no new calls. A scheduler and threads of its own end too, and with them answers that still wait. */
    @Override
    public void close() {
        closed = true;
        if (ownScheduler != null) {
            ownScheduler.close();
        }
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }

    private static String lastUserText(InferenceRequest request) {
        List<Message> messages = request.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return messages.get(i).text();
            }
        }
        return "";
    }

    /** Builds a {@link MockProvider}; not thread-safe. */
    public static final class Builder {
        private String model = "mock";
        private @Nullable Scheduler scheduler;
        private @Nullable Delivery delivery;
        private Clock clock = Clock.systemUTC();
        private final List<MockReply> script = new ArrayList<>();
        private final List<Rule> rules = new ArrayList<>();
        private Function<InferenceRequest, MockReply> otherwise = request -> MockReply.text(lastUserText(request));
        private HealthState.Status health = HealthState.Status.HEALTHY;

        private Builder() {}

        /** The model's name; default {@code mock}. */
        public Builder model(String value) {
            model = requireNonNull(value, "value");
            return this;
        }

        /** Runs the waits; stays its owner's. Default one of its own. */
        public Builder scheduler(Scheduler value) {
            scheduler = requireNonNull(value, "value");
            return this;
        }

        /** Where events are delivered; default threads of its own. */
        public Builder delivery(Delivery value) {
            delivery = requireNonNull(value, "value");
            return this;
        }

        /** Dates the health checks; default the system's. */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
            return this;
        }

        /** Adds an answer to the script; each is given once, in order. */
        public Builder reply(MockReply reply) {
            script.add(requireNonNull(reply, "reply"));
            return this;
        }

        /** Adds a text to the script. */
        public Builder reply(String text) {
            return reply(MockReply.text(text));
        }

        /** Adds a rule, for when the script is used up; the first one that fits counts. */
        public Builder when(Predicate<InferenceRequest> fits, MockReply reply) {
            rules.add(new Rule(requireNonNull(fits, "fits"), requireNonNull(reply, "reply")));
            return this;
        }

        /** Adds a rule for prompts that hold a text. */
        public Builder whenPromptContains(String part, MockReply reply) {
            requireNonNull(part, "part");
            return when(request -> lastUserText(request).contains(part), reply);
        }

        /** What is answered when neither script nor rules do; default the last user message. */
        public Builder otherwise(Function<InferenceRequest, MockReply> value) {
            otherwise = requireNonNull(value, "value");
            return this;
        }

        /** What health checks say; default HEALTHY. */
        public Builder health(HealthState.Status value) {
            health = requireNonNull(value, "value");
            return this;
        }

        public MockProvider build() {
            return new MockProvider(this);
        }
    }
}
