package dev.avionics.airframe.http;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.stream.Source;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an answer. Decodes on the exchange's thread, one frame at a time, as long as events are asked for; then
 * it stops reading, holding at most one read that is not decoded yet.
 */
final class InferenceSource implements Source, Operation.Listener<InferenceResult>, Operation.Body, EventSink.Output {
    private static final int KEEP = 64 * 1024;

    private final WireProtocol protocol;
    private final Target target;
    private final InferenceRequest request;
    private final CallContext context;
    private final Operation<InferenceResult> operation;
    private final EventSink events;
    private final AtomicLong credits = new AtomicLong();
    private List<Adjustment> adjustments = List.of();
    private @Nullable Sink sink;
    private @Nullable EventDecoder decoder;
    private @Nullable ByteBuffer pending;
    private boolean bodyEnded;
    private boolean tail;
    private volatile boolean starved;

    InferenceSource(
            Engine engine, WireProtocol protocol, Target target, InferenceRequest request, CallContext context) {
        this.protocol = protocol;
        this.target = target;
        this.request = request;
        this.context = context;
        operation = new Operation<>(engine, protocol, target, context, this);
        events = new EventSink(this, context.callId(), context.rawFrames(), context.lenientFrames());
    }

    @Override
    public void start(Sink to) {
        sink = to;
        Capabilities can = protocol.capabilities(target.endpoint(), target.model());
        InferenceException refusal = CapabilityCheck.refuse(can, request, target);
        if (refusal != null) {
            operation.fail(refusal);
            return;
        }
        operation.begin(() -> protocol.inference(operation.scope(), request), this::plan);
    }

    private Step.Send<InferenceResult> plan(Exchange<InferenceResult> exchange) {
        adjustments = exchange.adjustments();
        return exchange.first();
    }

    private Sink sink() {
        Sink to = sink;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }

    @Override
    public Operation.Body decode(Step.Decode<InferenceResult> step, HttpHead head) {
        decoder = step.decoder();
        sink().event(new InferenceEvent.Started(target, 1, RateLimitHeaders.of(head, operation.now()), adjustments));
        return this;
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        ByteBuffer earlier = pending;
        if (earlier != null && earlier.hasRemaining()) {
            earlier.compact();
            ByteBuffer all = earlier.remaining() >= bytes.remaining() ? earlier : grown(earlier, bytes.remaining());
            all.put(bytes);
            all.flip();
            pending = all;
            pump(all);
        } else {
            pump(bytes);
            if (bytes.hasRemaining() && !events.isOver()) {
                ByteBuffer kept = earlier != null && earlier.capacity() >= bytes.remaining()
                        ? earlier.clear()
                        : ByteBuffer.allocate(Math.max(bytes.remaining(), 512));
                pending = kept.put(bytes).flip();
            }
        }
    }

    private static ByteBuffer grown(ByteBuffer from, int more) {
        from.flip();
        ByteBuffer larger = ByteBuffer.allocate(Math.max(from.remaining() + more, KEEP));
        return larger.put(from);
    }

    /** Decodes frames while events are wanted, or the end is near. */
    private void pump(ByteBuffer bytes) {
        EventDecoder reads = decoder;
        if (reads == null) {
            return;
        }
        while (!events.isOver() && (tail || credits.get() > 0)) {
            Progress progress = decodeOne(reads, bytes);
            if (progress == Progress.NEED_MORE) {
                return;
            }
            if (progress == Progress.TAIL && !tail) {
                tail = true;
                operation.clocks().tail();
            } else if (progress == Progress.END) {
                events.complete(true);
                over(bodyEnded);
                return;
            }
        }
        if (events.isOver()) {
            over(bodyEnded);
        }
    }

    private Progress decodeOne(EventDecoder reads, ByteBuffer bytes) {
        try {
            return reads.decode(bytes, events);
        } catch (InferenceException known) {
            events.fail(known);
        } catch (RuntimeException e) {
            events.fail(broken(e));
        }
        return Progress.NEED_MORE;
    }

    private InferenceException broken(RuntimeException e) {
        return InferenceException.builder(
                        ErrorCategory.PARSE,
                        "the answer of " + target.endpoint().name() + " broke its reader: " + e)
                .origin(ErrorOrigin.US)
                .cause(e)
                .build();
    }

    private void over(boolean wholeBody) {
        pending = null;
        if (wholeBody) {
            operation.finish();
        } else {
            operation.finishAndLeave();
        }
    }

    @Override
    public boolean wantsMore() {
        if (events.isOver()) {
            return false;
        }
        sink().flushPoint();
        if (events.isOver() || bodyEnded) {
            return false;
        }
        if (tail || credits.get() > 0) {
            return true;
        }
        starved = true;
        // Asked for between the look and the mark: nobody else would wake us.
        if (credits.get() > 0) {
            starved = false;
            return true;
        }
        return false;
    }

    @Override
    public void request(long n) {
        long before = credits.getAndUpdate(c -> c + n < 0 ? Long.MAX_VALUE : c + n);
        if (before <= 0 && starved) {
            operation.execute(this::resume);
        }
    }

    private void resume() {
        if (!starved || events.isOver()) {
            return;
        }
        starved = false;
        ByteBuffer kept = pending;
        if (kept != null && kept.hasRemaining()) {
            pump(kept);
        }
        if (bodyEnded) {
            finishBody();
        } else if (wantsMore()) {
            operation.read();
        }
    }

    @Override
    public void end() {
        bodyEnded = true;
        finishBody();
    }

    /** The body is over: once everything of it is decoded, so is the answer. */
    private void finishBody() {
        EventDecoder reads = decoder;
        if (events.isOver() || reads == null) {
            return;
        }
        ByteBuffer kept = pending;
        if (kept != null && kept.hasRemaining() && !tail && credits.get() <= 0) {
            sink().flushPoint();
            starved = true;
            if (credits.get() > 0) {
                resume();
            }
            return;
        }
        try {
            reads.end(events);
        } catch (InferenceException known) {
            events.fail(known);
        } catch (RuntimeException e) {
            events.fail(broken(e));
        }
        events.complete(false);
        over(true);
    }

    @Override
    public void tailOver() {
        events.complete(false);
        over(bodyEnded);
    }

    @Override
    public void event(InferenceEvent event) {
        credits.getAndUpdate(c -> c == Long.MAX_VALUE ? c : c - 1);
        operation.clocks().progressed();
        sink().event(event);
    }

    @Override
    public void fail(InferenceException why) {
        operation.fail(why);
    }

    @Override
    public void malformedFrame(String excerpt) {
        context.observer().malformedFrame(excerpt);
    }

    @Override
    public void done(InferenceResult value) {
        operation.fail(InferenceException.builder(
                        ErrorCategory.PARSE, "the protocol " + protocol.kind() + " gave a result where it must decode")
                .origin(ErrorOrigin.US)
                .build());
    }

    @Override
    public void failed(InferenceException why) {
        sink().fail(
                        why.usage().isPresent() || decoder == null
                                ? why
                                : why.toBuilder().usage(usageSoFar()).build());
    }

    @Override
    public boolean readerWaits() {
        return credits.get() > 0 && sink().readerWaits();
    }

    @Override
    public void resumed() {
        operation.clocks().resumed();
    }

    @Override
    public void cancel(CancelReason why) {
        operation.cancel();
    }

    @Override
    public Usage usageSoFar() {
        if (decoder == null) {
            return Usage.absent();
        }
        Usage known = events.usageSoFar();
        if (known.inputTotal().isPresent()) {
            return known;
        }
        long characters = 0;
        for (Message message : request.messages()) {
            characters += message.text().length();
        }
        return known.toBuilder()
                .inputUncached(TokenCount.estimated(characters / 4))
                .build();
    }
}
