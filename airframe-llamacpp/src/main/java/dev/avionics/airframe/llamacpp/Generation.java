package dev.avionics.airframe.llamacpp;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.llamacpp.model.NativeModel;
import dev.avionics.airframe.llamacpp.prompt.PromptText;
import dev.avionics.airframe.llamacpp.prompt.SchemaGuard;
import dev.avionics.airframe.spi.BackendAdapterProvider.Host;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.stream.Source;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a model in the process. The slot's thread alone touches the iterator: a cancel from another thread would
 * strand a reader inside native code, so it only sets a flag, and the slot gives up before its next token. Whoever waits is
 * released at once.
 */
final class Generation implements Source, Runnable, EventSink.Output {
    private static final int DEFAULT_MAX_TOKENS = 512;
    private static final String JSON_OBJECT = "{\"type\":\"object\"}";

    private final NativeModel model;
    private final Target target;
    private final InferenceRequest request;
    private final EventSink events;
    private final GenerationClocks clocks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long credits;
    private boolean stopped;
    private boolean giving;
    private @Nullable InferenceException late;
    private @Nullable Sink sink;
    private @Nullable PromptText prompt;

    Generation(Host host, NativeModel model, Target target, InferenceRequest request, CallContext context) {
        this.model = model;
        this.target = target;
        this.request = request;
        events = new EventSink(this, context.callId(), false, false);
        Timeouts limits = Timeouts.LOCAL.with(target.endpoint().timeouts()).with(context.timeouts());
        clocks = new GenerationClocks(host, limits, context.deadline(), this::readerWaits, this::fail);
    }

    @Override
    public void start(Sink to) {
        sink = to;
        try {
            model.options().check(target);
            prompt = PromptText.of(request);
            String schema = request.output().schemaJson();
            if (schema != null) {
                SchemaGuard.check(schema);
            }
            clocks.start();
            model.slots().execute(this);
        } catch (InferenceException refused) {
            fail(refused);
        } catch (RejectedExecutionException full) {
            fail(InferenceException.builder(
                            ErrorCategory.REJECTED,
                            "all slots of " + model.options().file().getFileName() + " are busy and "
                                    + model.options().queue() + " calls wait already")
                    .origin(ErrorOrigin.US)
                    .sent(Sent.NOTHING)
                    .cause(full)
                    .build());
        }
    }

    @Override
    public void run() {
        try {
            if (!isStopped()) {
                generate(model.open());
            }
        } catch (InferenceException known) {
            fail(known);
        } catch (RuntimeException | LinkageError e) {
            fail(classified(e));
        }
    }

    private void generate(LlamaModel llama) {
        String text = prompt().render(llama);
        long input = llama.encode(text).length;
        Sampling sampling = request.sampling();
        int limit = sampling.maxTokens() == null ? DEFAULT_MAX_TOKENS : sampling.maxTokens();
        event(new InferenceEvent.Started(target, 1, RateLimitInfo.none(), prompt().adjustments()));
        events.model(model.options().file().getFileName().toString());
        if (limit == 0) {
            usage(input, 0);
            finish(FinishReason.LENGTH, "limit");
            return;
        }
        LlamaIterator answer = llama.generate(parameters(text, limit)).iterator();
        StringBuilder produced = new StringBuilder();
        int outputs = 0;
        try {
            while (answer.hasNext()) {
                if (!awaitCredit()) {
                    answer.cancel();
                    return;
                }
                LlamaOutput output = answer.next();
                outputs++;
                clocks.token();
                produced.append(output.text);
                usage(input, outputs);
                events.text(output.text);
                give(sink()::flushPoint, false);
            }
        } catch (RuntimeException e) {
            if (outputs == 0 || !String.valueOf(e.getMessage()).contains("context shift is disabled")) {
                throw e;
            }
            finish(FinishReason.LENGTH, "context");
            return;
        }
        // The library gives no reason: an answer as long as its limit was cut there. Its last output is empty.
        boolean cut = outputs - 1 >= limit || llama.encode(produced.toString()).length >= limit;
        usage(input, Math.max(0, outputs - 1));
        finish(cut ? FinishReason.LENGTH : FinishReason.STOP, cut ? "limit" : "stop");
    }

    private void usage(long input, int output) {
        events.usage(Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.estimated(output))
                .build());
    }

    private void finish(FinishReason reason, String raw) {
        events.finish(reason, raw);
        events.complete(true);
    }

    private InferenceParameters parameters(String text, int limit) {
        Sampling sampling = request.sampling();
        InferenceParameters parameters = new InferenceParameters(text)
                .setNPredict(limit)
                .setTemperature(or(sampling.temperature(), 0.7))
                .setTopP(or(sampling.topP(), 0.95))
                .setTopK(sampling.topK() == null ? 40 : sampling.topK())
                .setRepeatPenalty(or(sampling.repeatPenalty(), 1.1))
                .setCachePrompt(!Boolean.FALSE.equals(request.extra().get(PromptText.CACHE_PROMPT)));
        if (sampling.minP() != null) {
            parameters.setMinP(or(sampling.minP(), 0));
        }
        if (sampling.presencePenalty() != null) {
            parameters.setPresencePenalty(or(sampling.presencePenalty(), 0));
        }
        if (sampling.frequencyPenalty() != null) {
            parameters.setFrequencyPenalty(or(sampling.frequencyPenalty(), 0));
        }
        if (sampling.seed() != null) {
            parameters.setSeed(sampling.seed().intValue());
        }
        if (!sampling.stop().isEmpty()) {
            parameters.setStopStrings(sampling.stop().toArray(new String[0]));
        }
        OutputFormat format = request.output();
        if (format.kind() != OutputFormat.Kind.TEXT) {
            String schema = format.schemaJson();
            parameters.setGrammar(LlamaModel.jsonSchemaToGrammar(schema == null ? JSON_OBJECT : schema));
        }
        return parameters;
    }

    private static float or(@Nullable Double value, double otherwise) {
        return (float) (value == null ? otherwise : value);
    }

    private InferenceException classified(Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("exceeds the available context size")) {
            return InferenceException.builder(
                            ErrorCategory.CONTEXT_LENGTH,
                            "the conversation does not fit the model's context of "
                                    + model.options().context() + " tokens (setting LLAMACPP_N_CTX)")
                    .cause(e)
                    .build();
        }
        return InferenceException.builder(ErrorCategory.SERVER_ERROR, "llama.cpp failed: " + message)
                .cause(e)
                .build();
    }

    private PromptText prompt() {
        PromptText taken = prompt;
        if (taken == null) {
            throw new IllegalStateException("not started");
        }
        return taken;
    }

    private Sink sink() {
        Sink to = sink;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }

    /** Waits until an event is asked for; false when the call was given up. */
    private boolean awaitCredit() {
        lock.lock();
        try {
            while (credits <= 0 && !stopped) {
                changed.awaitUninterruptibly();
            }
            if (credits != Long.MAX_VALUE) {
                credits--;
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the slot give up at its next token; false if the call was over before. */
    private boolean stop() {
        clocks.stop();
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            stopped = true;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void event(InferenceEvent event) {
        give(() -> sink().event(event), event instanceof InferenceEvent.Completed);
    }

    /** Tells the sink something, unless the call was given up; a failure that comes meanwhile waits until it is told. */
    private void give(Runnable telling, boolean last) {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            giving = true;
            stopped = last;
        } finally {
            lock.unlock();
        }
        if (last) {
            clocks.stop();
        }
        telling.run();
        InferenceException failure;
        lock.lock();
        try {
            giving = false;
            failure = late;
            late = null;
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            sink().fail(failure);
        }
    }

    @Override
    public void fail(InferenceException why) {
        InferenceException full = why.toBuilder()
                .provider(target.endpoint().name())
                .model(target.model())
                .attempts(1)
                .build();
        clocks.stop();
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            stopped = true;
            changed.signalAll();
            if (giving) {
                // The slot's thread is telling an event: it tells this next.
                late = full;
                return;
            }
        } finally {
            lock.unlock();
        }
        model.slots().remove(this);
        sink().fail(full);
    }

    @Override
    public void request(long n) {
        lock.lock();
        try {
            credits = credits + n < 0 ? Long.MAX_VALUE : credits + n;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean readerWaits() {
        lock.lock();
        try {
            if (credits <= 0) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        return sink().readerWaits();
    }

    @Override
    public void resumed() {
        clocks.token();
    }

    @Override
    public void cancel(CancelReason why) {
        if (stop()) {
            model.slots().remove(this);
        }
    }

    @Override
    public Usage usageSoFar() {
        return events.usageSoFar();
    }
}
