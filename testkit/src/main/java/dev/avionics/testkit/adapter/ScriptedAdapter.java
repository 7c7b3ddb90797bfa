package dev.avionics.testkit.adapter;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An adapter that plays answers. They are used up in the order in which they were added; the last of a kind is repeated.
 * Without any, an attempt fails with UNSUPPORTED. Thread-safe.
 *
 * <p>Events come on the thread that asks for them, as many as it asks for.
 */
public final class ScriptedAdapter implements BackendAdapter {
    private final Queue<ScriptedAnswer> answers = new ArrayDeque<>();
    private final List<Seen> seen = new ArrayList<>();
    private final List<EmbeddingRequest> embedded = new ArrayList<>();
    private final List<ScriptedSource> sources = new ArrayList<>();
    private Capabilities capabilities = Capabilities.unknown();
    private HealthState health = new HealthState(HealthState.Status.HEALTHY, Instant.EPOCH, "scripted");
    private List<ModelInfo> models = List.of();
    private @Nullable BiFunction<Target, EmbeddingRequest, EmbeddingResult> embeddings;
    private @Nullable BiFunction<Target, RerankRequest, RerankResult> ranking;
    private boolean closed;

    /**
     * An attempt that was made.
     *
     * @param target where it went
     * @param request what was asked
     * @param context the call it belongs to
     */
    public record Seen(Target target, InferenceRequest request, CallContext context) {}

    /** The next attempt is answered with this text in one piece, some usage and STOP. */
    public ScriptedAdapter text(String text) {
        return events(new InferenceEvent.TextDelta(text), completed(FinishReason.STOP, text.length() / 4 + 1));
    }

    /** A good end with a known number of output tokens, and ten tokens of input. */
    public static InferenceEvent.Completed completed(FinishReason finish, long outputTokens) {
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(10))
                .output(TokenCount.known(outputTokens))
                .build();
        return new InferenceEvent.Completed(finish, null, usage, "scripted", null);
    }

    /**
     * The next attempt is answered with these events, after a {@link InferenceEvent.Started} that is made for them. If the
     * last one is no {@link InferenceEvent.Completed} the answer stays open.
     */
    public ScriptedAdapter events(InferenceEvent... events) {
        return answer(new ScriptedAnswer(List.of(events), null));
    }

    /** The next attempt fails, after these events. */
    public ScriptedAdapter fails(InferenceException why, InferenceEvent... before) {
        return answer(new ScriptedAnswer(List.of(before), requireNonNull(why, "why")));
    }

    private synchronized ScriptedAdapter answer(ScriptedAnswer answer) {
        answers.add(answer);
        return this;
    }

    /** What every model can do. */
    public synchronized ScriptedAdapter capabilities(Capabilities value) {
        capabilities = requireNonNull(value, "value");
        return this;
    }

    /** What {@link #health(Target, CallContext)} gives. */
    public synchronized ScriptedAdapter health(HealthState value) {
        health = requireNonNull(value, "value");
        return this;
    }

    /** What {@link #models(Target, CallContext)} gives. */
    public synchronized ScriptedAdapter models(ModelInfo... value) {
        models = List.of(value);
        return this;
    }

    /** How embeddings are made; what the function throws fails the attempt. */
    public synchronized ScriptedAdapter embeddings(BiFunction<Target, EmbeddingRequest, EmbeddingResult> makes) {
        embeddings = requireNonNull(makes, "makes");
        return this;
    }

    /** How documents are ranked; what the function throws fails the attempt. */
    public synchronized ScriptedAdapter ranking(BiFunction<Target, RerankRequest, RerankResult> ranks) {
        ranking = requireNonNull(ranks, "ranks");
        return this;
    }

    /** Every attempt at an answer whose stream was consumed, in order. */
    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Every request for embeddings, in order. */
    public synchronized List<EmbeddingRequest> embedded() {
        return List.copyOf(embedded);
    }

    /** How many attempts were cancelled before their end. */
    public synchronized int cancelled() {
        return (int) sources.stream().filter(ScriptedSource::isCancelled).count();
    }

    /** Whether {@link #close} was called. */
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized Capabilities capabilities(Target target) {
        return capabilities;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        ScriptedSource source = new ScriptedSource(began -> begin(began, new Seen(target, request, context)));
        return InferenceStream.from(context, source);
    }

    private synchronized ScriptedAnswer begin(ScriptedSource source, Seen attempt) {
        seen.add(attempt);
        sources.add(source);
        ScriptedAnswer answer = answers.size() > 1 ? answers.poll() : answers.peek();
        if (closed) {
            return new ScriptedAnswer(
                    List.of(), InferenceException.of(ErrorCategory.REJECTED, "the adapter is closed"));
        }
        if (answer == null) {
            return new ScriptedAnswer(List.of(), unsupported("answers"));
        }
        List<InferenceEvent> all = new ArrayList<>();
        all.add(new InferenceEvent.Started(attempt.target(), 1, RateLimitInfo.none(), List.of()));
        all.addAll(answer.events());
        return new ScriptedAnswer(all, answer.failure());
    }

    private static InferenceException unsupported(String what) {
        return InferenceException.builder(ErrorCategory.UNSUPPORTED, "no " + what + " are scripted")
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    @Override
    public synchronized CompletableFuture<HealthState> health(Target target, CallContext context) {
        return CompletableFuture.completedFuture(health);
    }

    @Override
    public synchronized CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        return CompletableFuture.completedFuture(models);
    }

    @Override
    public synchronized CompletableFuture<EmbeddingResult> embed(
            Target target, EmbeddingRequest request, CallContext context) {
        embedded.add(request);
        return value(target, request, embeddings, "embeddings");
    }

    @Override
    public synchronized CompletableFuture<RerankResult> rerank(
            Target target, RerankRequest request, CallContext context) {
        return value(target, request, ranking, "rankings");
    }

    private static <Q, R> CompletableFuture<R> value(
            Target target, Q request, @Nullable BiFunction<Target, Q, R> makes, String what) {
        if (makes == null) {
            return CompletableFuture.failedFuture(unsupported(what));
        }
        try {
            return CompletableFuture.completedFuture(makes.apply(target, request));
        } catch (InferenceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
