package dev.avionics.llm.telemetry;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.RetryDenial;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import dev.avionics.llm.telemetry.GenAiSemconv.Instrument;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call that is told of. What an observer is told comes serially, but for the end, which may cross it; hence the lock. Nothing
 * that a caller or a backend wrote, but names of models and ids, gets into a span here.
 */
final class RunningCall implements CallTelemetry {
    private static final String OWN = "avionics.";

    private final LLMTelemetry owner;
    private final TelemetryOptions options;
    private final SemconvVersion version;
    private final TelemetryCall call;
    private final @Nullable ContentRecorder content;

    // Of the attempt's thread.
    private @Nullable Attributes chunkSeries;
    private boolean chunkSeen;
    private long lastChunk;

    // Guarded by this.
    private final Map<String, Object> early = new LinkedHashMap<>(4);
    private boolean begun;
    private boolean over;
    private long start;
    private Span span = Span.getInvalid();
    private Context context;
    private @Nullable ResultAssembler answer;
    private @Nullable AttemptSpan attempt;
    private @Nullable AttemptSpan lastAttempt;
    private Target target;
    private int attempts;
    private long firstChunkNanos = -1;
    private @Nullable RetryDenial denial;
    private @Nullable EmbeddingResult vectors;

    RunningCall(LLMTelemetry owner, TelemetryCall call) {
        this.owner = owner;
        this.call = call;
        options = owner.options();
        version = options.semconv();
        context = call.parent();
        target = call.target();
        ContentRecorder recorder = owner.content();
        content = recorder.isOn() && call.chat() != null ? recorder : null;
    }

    @Override
    public synchronized void begin() {
        if (begun) {
            return;
        }
        begun = true;
        start = owner.ticker().nanoTime();
        if (options.ownSpan()) {
            span = startSpan();
            context = call.parent().with(span);
        }
        early.forEach(this::put);
        early.clear();
    }

    private Span startSpan() {
        String model = call.model();
        SpanBuilder builder = owner.tracer()
                .spanBuilder(model.isEmpty() ? call.operation() : call.operation() + " " + model)
                .setParent(call.parent())
                .setSpanKind(isRemote(target) ? SpanKind.CLIENT : SpanKind.INTERNAL);
        // Samplers see these.
        GenAiSemconv.Sink sink = builder::setAttribute;
        Attribute.OPERATION_NAME.put(version, sink, call.operation());
        putProvider(sink);
        if (!model.isEmpty()) {
            Attribute.REQUEST_MODEL.put(version, sink, model);
        }
        server(sink, target);
        Span started = builder.startSpan();
        if (started.isRecording()) {
            asked(started::setAttribute);
        }
        return started;
    }

    private void putProvider(GenAiSemconv.Sink sink) {
        String name = ProviderNames.of(target.endpoint());
        Attribute.PROVIDER_NAME.put(version, sink, name);
        if (options.genAiSystem()) {
            sink.set(GenAiSemconv.OLD_SYSTEM, name);
        }
    }

    private static boolean isRemote(Target target) {
        return target.endpoint().baseUrl().getHost() != null;
    }

    static void server(GenAiSemconv.Sink sink, Target target) {
        String host = target.endpoint().baseUrl().getHost();
        if (host != null) {
            sink.set(Names.SERVER_ADDRESS, host);
            sink.set(Names.SERVER_PORT, port(target));
        }
    }

    private static long port(Target target) {
        int port = target.endpoint().baseUrl().getPort();
        if (port >= 0) {
            return port;
        }
        return "http".equalsIgnoreCase(target.endpoint().baseUrl().getScheme()) ? 80 : 443;
    }

    /** What was asked for. */
    private void asked(GenAiSemconv.Sink sink) {
        sink.set(Names.PROVIDER, call.provider());
        sink.set(Names.REQUEST_ID, call.requestId());
        if (call.agent() != null) {
            sink.set(Names.AGENT, call.agent());
        }
        Attribute.CONVERSATION_ID.put(version, sink, call.conversation());
        InferenceRequest chat = call.chat();
        if (chat != null) {
            RequestFacts.put(version, sink, chat);
        }
        EmbeddingRequest embeddings = call.embeddings();
        if (embeddings != null) {
            Attribute.EMBEDDINGS_DIMENSIONS.put(version, sink, embeddings.dimensions());
        }
    }

    @Override
    public synchronized void attemptStarted(int number, Target to) {
        if (over) {
            return;
        }
        begin();
        endAttempt(null);
        // A call that comes back to a target it has left is no resend of the last request.
        AttemptSpan before = lastAttempt;
        int resends = before != null && before.target().equals(to) ? before.resends() + 1 : 0;
        target = to;
        attempts = number;
        lastAttempt = AttemptSpan.start(owner, context, to, number, resends);
        attempt = lastAttempt;
        answer = content == null ? null : new ResultAssembler();
        chunkSeen = false;
    }

    private void endAttempt(@Nullable String errorType) {
        AttemptSpan running = attempt;
        attempt = null;
        if (running != null) {
            running.end(errorType);
        }
    }

    @Override
    public synchronized void answered(int status, @Nullable String requestId) {
        AttemptSpan running = attempt;
        if (running != null) {
            running.answered(status, requestId);
        }
    }

    @Override
    public synchronized void attemptFailed(int number, Target to, InferenceException why) {
        endAttempt(ErrorTypes.of(why));
    }

    @Override
    public synchronized void notRetried(int number, RetryDenial why) {
        denial = why;
    }

    @Override
    public CallContext attempt(CallContext bounded) {
        AttemptSpan running;
        synchronized (this) {
            running = attempt;
        }
        if (running == null) {
            return bounded;
        }
        Map<String, String> headers = Headers.of(owner, running);
        CallContext traced = headers.isEmpty() ? bounded : bounded.withHeaders(headers);
        String trace = running.traceId();
        return trace.isEmpty() ? traced : traced.with(TelemetryCall.TRACE, trace);
    }

    @Override
    public InferenceStream<InferenceEvent> watch(InferenceStream<InferenceEvent> events) {
        return call.isStreamed() || content != null ? events.peek(this::event) : events;
    }

    private void event(InferenceEvent event) {
        if (call.isStreamed() && isChunk(event)) {
            chunk();
        }
        if (content != null) {
            // The end may come on another thread, and reads what was put together so far.
            synchronized (this) {
                ResultAssembler whole = answer;
                if (whole != null && !over) {
                    whole.accept(event);
                }
            }
        }
    }

    private static boolean isChunk(InferenceEvent event) {
        return event.commits()
                && !(event instanceof InferenceEvent.Completed)
                && !(event instanceof InferenceEvent.ToolCallReady);
    }

    private void chunk() {
        long now = owner.ticker().nanoTime();
        Attributes series = chunkSeries;
        if (!chunkSeen || series == null) {
            chunkSeen = true;
            // A backend has answered under that name.
            owner.models().answered(call.model());
            series = series(null, null);
            chunkSeries = series;
            long waited;
            synchronized (this) {
                waited = now - start;
                firstChunkNanos = waited;
            }
            owner.callMeters().time(Instrument.TIME_TO_FIRST_CHUNK, waited, series);
        } else {
            owner.callMeters().time(Instrument.TIME_PER_OUTPUT_CHUNK, now - lastChunk, series);
        }
        lastChunk = now;
    }

    @Override
    public CompletableFuture<EmbeddingResult> watch(CompletableFuture<EmbeddingResult> running) {
        CompletableFuture<EmbeddingResult> seen = new CompletableFuture<>();
        running.whenComplete((value, error) -> {
            if (error != null) {
                seen.completeExceptionally(error);
                return;
            }
            // Before the call hears of it, and ends.
            synchronized (this) {
                vectors = value;
            }
            seen.complete(value);
        });
        seen.whenComplete((value, error) -> running.cancel(false));
        return seen;
    }

    /** What metrics tell calls apart by. */
    private Attributes series(@Nullable String responseModel, @Nullable String errorType) {
        AttributesBuilder series = Attributes.builder();
        GenAiSemconv.Sink sink = series::put;
        Attribute.OPERATION_NAME.put(version, sink, call.operation());
        Attribute.PROVIDER_NAME.put(version, sink, ProviderNames.of(target.endpoint()));
        if (!call.model().isEmpty()) {
            Attribute.REQUEST_MODEL.put(version, sink, owner.models().shown(call.model()));
        }
        if (responseModel != null) {
            Attribute.RESPONSE_MODEL.put(version, sink, owner.models().shownAnswer(call.model(), responseModel));
        }
        server(sink, target);
        if (errorType != null) {
            series.put(Names.ERROR_TYPE, errorType);
        }
        return series.build();
    }

    @Override
    public void ended(Outcome outcome) {
        Message said;
        synchronized (this) {
            if (over || (!begun && outcome instanceof Outcome.Cancelled)) {
                over = true;
                return;
            }
            over = true;
            if (!begun) {
                begin();
            }
            ResultAssembler whole = answer;
            said = whole == null ? null : whole.message();
        }
        Ending ending = new Ending(outcome, said);
        ending.tell();
    }

    @Override
    public synchronized void fact(String name, String value) {
        keep(name, value);
    }

    @Override
    public synchronized void fact(String name, long value) {
        keep(name, value);
    }

    private void keep(String name, Object value) {
        if (!name.startsWith(OWN)) {
            throw new IllegalArgumentException("name: " + name + " (expected: such as " + OWN + "route.id)");
        }
        if (over) {
            return;
        }
        if (begun) {
            put(name, value);
        } else {
            early.put(name, value);
        }
    }

    private void put(String name, Object value) {
        if (value instanceof Long number) {
            span.setAttribute(AttributeKey.longKey(name), number);
        } else {
            span.setAttribute(AttributeKey.stringKey(name), String.valueOf(value));
        }
    }

    @Override
    public synchronized Context context() {
        return context;
    }

    @Override
    public synchronized String traceId() {
        return traceOf(context);
    }

    static String traceOf(Context with) {
        var spanContext = Span.fromContext(with).getSpanContext();
        return spanContext.isValid() ? spanContext.getTraceId() : "";
    }

    @Override
    public String toString() {
        return "CallTelemetry[" + call + "]";
    }

    /** The end of the call. Nobody writes to the call's fields any more. */
    private final class Ending {
        private final Outcome outcome;
        private final @Nullable Message said;
        private final InferenceEvent.@Nullable Completed completed;
        private final @Nullable String errorType;
        private final @Nullable InferenceException error;

        Ending(Outcome outcome, @Nullable Message said) {
            this.outcome = outcome;
            this.said = said;
            error = outcome instanceof Outcome.Failed failed ? failed.error() : null;
            completed = outcome instanceof Outcome.Done done ? done.completed() : null;
            if (error != null) {
                errorType = ErrorTypes.of(error);
            } else {
                errorType = outcome instanceof Outcome.Cancelled given ? ErrorTypes.of(given.reason()) : null;
            }
        }

        void tell() {
            endAttempt(errorType);
            long took = owner.ticker().nanoTime() - start;
            Usage usage = usage();
            boolean told = UsageFacts.isTold(usage, options.estimates());
            boolean done = errorType == null;
            if (done) {
                owner.models().answered(call.model());
            }
            measure(took, usage, told);
            CapturedContent kept = kept();
            boolean event = options.events();
            boolean recording = span.isRecording();
            if (recording || event) {
                Map<Attribute, List<Object>> trees = kept == null ? Map.of() : trees(kept);
                if (recording) {
                    onSpan(usage, told, kept, trees);
                }
                if (event) {
                    emit(usage, told, kept, trees);
                }
            }
            span.end();
        }

        private Usage usage() {
            EmbeddingResult found = vectors;
            return found != null && errorType == null ? found.usage() : outcome.usage();
        }

        private @Nullable String responseModel() {
            EmbeddingResult found = vectors;
            if (found != null) {
                return found.model();
            }
            return completed == null ? null : completed.model();
        }

        private void measure(long took, Usage usage, boolean told) {
            CallMeters meters = owner.callMeters();
            Attributes series = series(responseModel(), errorType);
            meters.time(call.chat() != null ? Instrument.DURATION : Instrument.EMBEDDINGS_DURATION, took, series);
            Attributes ofTokens = errorType == null ? series : series(responseModel(), null);
            if (told) {
                meters.tokens(usage, options.estimates(), modality(), ofTokens);
            } else if (errorType == null) {
                meters.noTokens(ofTokens);
                meters.usageMissing(ofTokens);
            }
        }

        /** Text, unless pictures or documents were sent along: no backend counts these apart. */
        private String modality() {
            InferenceRequest chat = call.chat();
            if (version == SemconvVersion.V1_41 || chat == null) {
                return "text";
            }
            return RequestFacts.isTextOnly(chat) ? "text" : "unknown";
        }

        private @Nullable CapturedContent kept() {
            InferenceRequest chat = call.chat();
            if (content == null || chat == null) {
                return null;
            }
            return content.captured(
                    chat, said, Span.fromContext(context).getSpanContext().getTraceId());
        }

        private Map<Attribute, List<Object>> trees(CapturedContent kept) {
            return content == null || options.content() == ContentMode.NO_CONTENT
                    ? Map.of()
                    : content.trees(
                            kept,
                            completed == null
                                    ? FinishReason.ERROR.wireName()
                                    : completed.finish().wireName());
        }

        private void onSpan(
                Usage usage, boolean told, @Nullable CapturedContent kept, Map<Attribute, List<Object>> trees) {
            GenAiSemconv.Sink sink = span::setAttribute;
            if (!target.equals(call.target())) {
                // Somebody else has answered than was thought at the start.
                putProvider(sink);
                server(sink, target);
            }
            facts(sink, usage, told);
            ownFacts(sink, usage);
            if (content != null && options.content().onSpan()) {
                content.onSpan(trees, sink);
            }
            if (kept != null && kept.reference() != null) {
                sink.set(Names.CONTENT_REFERENCE, kept.reference());
            }
            if (errorType != null && !errorType.equals(Names.CANCELLED)) {
                span.setStatus(StatusCode.ERROR);
            }
        }

        /** What the conventions know of an end. */
        private void facts(GenAiSemconv.Sink sink, Usage usage, boolean told) {
            if (errorType != null) {
                sink.set(Names.ERROR_TYPE, errorType);
            }
            if (completed != null && call.chat() != null) {
                Attribute.RESPONSE_FINISH_REASONS.put(
                        version, sink, List.of(completed.finish().wireName()));
                Attribute.RESPONSE_ID.put(version, sink, completed.responseId());
            } else if (firstChunkNanos >= 0) {
                // The answer was cut.
                Attribute.RESPONSE_FINISH_REASONS.put(version, sink, List.of(FinishReason.ERROR.wireName()));
            }
            Attribute.RESPONSE_MODEL.put(version, sink, responseModel());
            if (firstChunkNanos >= 0) {
                Attribute.RESPONSE_TIME_TO_FIRST_CHUNK.put(version, sink, firstChunkNanos / 1e9);
            }
            UsageFacts.put(version, sink, usage, options.estimates());
            if (!told && errorType == null) {
                sink.set(Names.USAGE_MISSING, true);
            }
        }

        private void ownFacts(GenAiSemconv.Sink sink, Usage usage) {
            sink.set(Names.ATTEMPT_COUNT, (long) attempts);
            sink.set(Names.ENDPOINT, target.endpoint().name());
            boolean elsewhere = attempts > 1 && !target.equals(call.target());
            if (elsewhere) {
                sink.set(Names.FALLBACK, true);
                sink.set(Names.MODEL, target.model());
            }
            if (error != null) {
                sink.set(Names.ERROR_CATEGORY, ErrorTypes.word(error.category()));
                sink.set(Names.ERROR_ORIGIN, ErrorTypes.word(error.origin()));
                if (denial != null) {
                    sink.set(Names.RETRY_DENIED, ErrorTypes.word(denial));
                }
            }
            if (outcome instanceof Outcome.Cancelled given) {
                sink.set(Names.CANCEL_ORIGIN, ErrorTypes.word(given.reason()));
            }
            OptionalLong cost = owner.cost(target, usage);
            if (cost.isPresent()) {
                sink.set(Names.COST, cost.getAsLong());
            }
        }

        private void emit(
                Usage usage, boolean told, @Nullable CapturedContent kept, Map<Attribute, List<Object>> trees) {
            LogRecordBuilder event =
                    owner.logger().logRecordBuilder().setContext(context).setEventName(GenAiSemconv.DETAILS_EVENT);
            GenAiSemconv.Sink sink = event::setAttribute;
            Attribute.OPERATION_NAME.put(version, sink, call.operation());
            Attribute.PROVIDER_NAME.put(version, sink, ProviderNames.of(target.endpoint()));
            if (!call.model().isEmpty()) {
                Attribute.REQUEST_MODEL.put(version, sink, call.model());
            }
            server(sink, target);
            facts(sink, usage, told);
            if (content != null && options.content().onEvent()) {
                content.onEvent(trees, event);
            }
            if (kept != null && kept.reference() != null) {
                sink.set(Names.CONTENT_REFERENCE, kept.reference());
            }
            event.emit();
        }
    }
}
