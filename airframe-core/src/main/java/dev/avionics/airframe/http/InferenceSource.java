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
import dev.avionics.airframe.call.CallLog;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at an answer. Decodes on the exchange's thread, one frame at a time, as long as events are asked for; then
 * it stops reading, holding at most one read that is not decoded yet.
 */
final class InferenceSource implements Source, Operation.Listener<InferenceResult>, Operation.Body, EventSink.Output {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceSource.class);

    /** Events after the finish reason that nobody asked for: usage and ends of tool calls come there. */
    private static final int TAIL_EVENTS = 256;

    private static final int LEAST_PENDING = 512;

    private final Engine engine;
    private final WireProtocol protocol;
    private final Target target;
    private final InferenceRequest request;
    private final CallContext context;
    private final EventSink events;
    /** How many events were asked for in all; Long.MAX_VALUE means every one. */
    private final AtomicLong asked = new AtomicLong();

    /** How many were given; written by the exchange's thread alone. */
    private final AtomicLong given = new AtomicLong();

    private @Nullable Operation<InferenceResult> operation;
    private @Nullable Sink sink;
    private volatile @Nullable EventDecoder decoder;
    private volatile boolean starved;

    // The exchange's thread's.
    private List<Adjustment> adjustments = List.of();
    private @Nullable ByteBuffer pending;
    /** Whether decoding stopped only because nobody asked for more. */
    private boolean blocked;

    /** Whether an event came that the clocks were not told of. */
    private boolean progressed;

    private boolean tail;
    private boolean bodyEnded;
    private @Nullable InferenceException brokenBy;

    InferenceSource(
            Engine engine, WireProtocol protocol, Target target, InferenceRequest request, CallContext context) {
        this.engine = engine;
        this.protocol = protocol;
        this.target = target;
        this.request = request;
        this.context = context;
        events = new EventSink(this, context.callId(), context.rawFrames(), context.lenientFrames());
    }

    @Override
    public void start(Sink to) {
        sink = to;
        Operation<InferenceResult> mine = new Operation<>(engine, protocol, target, context, this);
        operation = mine;
        mine.begin(() -> plan(mine));
    }

    private Step.Send<InferenceResult> plan(Operation<InferenceResult> mine) {
        Capabilities can = protocol.capabilities(target.endpoint(), target.model());
        InferenceException refusal = CapabilityCheck.refuse(can, request, target);
        if (refusal != null) {
            throw refusal;
        }
        Exchange<InferenceResult> exchange = protocol.inference(mine.scope(), request);
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

    private Operation<InferenceResult> operation() {
        Operation<InferenceResult> mine = operation;
        if (mine == null) {
            throw new IllegalStateException("not started");
        }
        return mine;
    }

    @Override
    public Operation.Body decode(Step.Decode<InferenceResult> step, HttpHead head) {
        decoder = step.decoder();
        event(new InferenceEvent.Started(
                target, 1, RateLimitHeaders.of(head, operation().now()), adjustments));
        return this;
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        ByteBuffer kept = pending;
        if (kept != null) {
            pending = appended(kept, bytes);
            pumpPending();
            return;
        }
        pump(bytes);
        if (bytes.hasRemaining() && !isOver()) {
            pending = ByteBuffer.allocate(Math.max(bytes.remaining(), LEAST_PENDING))
                    .put(bytes)
                    .flip();
        }
    }

    private static ByteBuffer appended(ByteBuffer kept, ByteBuffer more) {
        int size = kept.remaining() + more.remaining();
        ByteBuffer into = kept.capacity() >= size
                ? kept.compact()
                : ByteBuffer.allocate(Math.max(size, kept.capacity() * 2)).put(kept);
        return into.put(more).flip();
    }

    private void pumpPending() {
        ByteBuffer kept = pending;
        if (kept == null) {
            blocked = false;
            return;
        }
        pump(kept);
        if (!kept.hasRemaining()) {
            pending = null;
        }
    }

    private boolean isOver() {
        return events.isOver() || operation().isOver();
    }

    /** Whether the reader wants another event, or the end is near. */
    private boolean wanted() {
        return asked.get() - given.getPlain() > (tail ? -TAIL_EVENTS : 0);
    }

    /** Decodes frames while events are wanted. */
    private void pump(ByteBuffer bytes) {
        boolean before = tail;
        decode(bytes);
        if (isOver()) {
            return;
        }
        // Once for all frames at hand: the clocks mind seconds.
        if (progressed) {
            progressed = false;
            operation().clocks().progressed();
        }
        if (tail && !before) {
            operation().clocks().tail();
        }
    }

    private void decode(ByteBuffer bytes) {
        EventDecoder reads = decoder;
        while (reads != null && !isOver()) {
            if (!wanted()) {
                blocked = bytes.hasRemaining();
                return;
            }
            Progress progress = reads.decode(bytes, events);
            if (progress == Progress.NEED_MORE) {
                break;
            }
            if (progress == Progress.TAIL) {
                tail = true;
            } else if (progress == Progress.END) {
                events.complete(true);
                over(bodyEnded);
            }
        }
        blocked = false;
    }

    /** Decodes what is at hand as far as it is asked for; true when nothing is left of it. */
    private boolean caughtUp() {
        while (blocked && !isOver()) {
            sink().flushPoint();
            if (waitsForReader()) {
                return false;
            }
            pumpPending();
        }
        return !isOver();
    }

    /** Marks that the next request must wake this; false if it has come already. */
    private boolean waitsForReader() {
        if (wanted()) {
            return false;
        }
        starved = true;
        // Asked for between the look and the mark: nobody else would wake us.
        if (wanted()) {
            starved = false;
            return false;
        }
        return true;
    }

    private void over(boolean wholeBody) {
        pending = null;
        if (wholeBody) {
            operation().finish();
        } else {
            operation().finishAndLeave();
        }
    }

    @Override
    public boolean wantsMore() {
        if (!caughtUp()) {
            return false;
        }
        sink().flushPoint();
        return !isOver() && !bodyEnded && !waitsForReader();
    }

    @Override
    public void request(long n) {
        long before = asked.getAndUpdate(a -> a + n < 0 ? Long.MAX_VALUE : a + n);
        if (starved && before - given.get() <= 0) {
            operation().execute(this::resume);
        }
    }

    private void resume() {
        if (!starved || isOver()) {
            return;
        }
        starved = false;
        // Nothing was read meanwhile, so nothing can have come.
        operation().clocks().resumed();
        try {
            pumpPending();
            if (bodyEnded) {
                finishBody();
            } else if (wantsMore()) {
                operation().read();
            }
        } catch (Throwable e) {
            operation().broke(e);
        }
    }

    @Override
    public void end() {
        bodyEnded = true;
        finishBody();
    }

    @Override
    public void broken(InferenceException why) {
        // What came before the break is decoded first, as far as the reader wants it.
        brokenBy = why;
        bodyEnded = true;
        finishBody();
    }

    /** The body is over: once everything of it is decoded, so is the answer. */
    private void finishBody() {
        EventDecoder reads = decoder;
        if (reads == null || !caughtUp()) {
            return;
        }
        InferenceException cut = brokenBy;
        if (cut != null && !events.finishSeen()) {
            operation().fail(cut);
            return;
        }
        reads.end(events);
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
        given.lazySet(given.getPlain() + 1);
        progressed |= !(event instanceof InferenceEvent.RawFrame);
        sink().event(event);
    }

    @Override
    public void fail(InferenceException why) {
        operation().fail(why);
    }

    @Override
    public void malformedFrame(String excerpt) {
        CallLog.line(LOG.atWarn(), context).log("malformed_sse_chunk data={}", excerpt);
        context.observer().malformedFrame(excerpt);
    }

    @Override
    public void done(InferenceResult value) {
        failed(operation()
                .described(InferenceException.builder(
                                ErrorCategory.PARSE,
                                "the protocol " + protocol.kind() + " gave a result where it must decode")
                        .origin(ErrorOrigin.US)
                        .build()));
    }

    @Override
    public void failed(InferenceException why) {
        pending = null;
        boolean answered = decoder != null;
        Usage told = why.usage();
        sink().fail(
                        answered
                                ? why.toBuilder()
                                        .usage(withInput(told.isPresent() ? told : events.usageSoFar()))
                                        .build()
                                : why);
    }

    @Override
    public boolean readerWaits() {
        return asked.get() - given.get() > 0 && sink().readerWaits();
    }

    @Override
    public void resumed() {
        operation().clocks().resumed();
    }

    @Override
    public void cancel(CancelReason why) {
        operation().cancel();
    }

    @Override
    public Usage usageSoFar() {
        if (decoder == null) {
            return Usage.absent();
        }
        return withInput(events.usageSoFar());
    }

    /** These with a guess of the input where the backend has not told it. */
    private Usage withInput(Usage known) {
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
