package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where decoders say what they read. It makes the events and keeps the rules that whole and streamed answers share: how
 * tool calls are put together, how inline thinking is told from text, how later usage takes the place of earlier, and when
 * an answer is complete or cut.
 *
 * <p>Not thread-safe. After the end or a failure everything is ignored.
 */
public final class EventSink {
    private final Output output;
    private final boolean rawFrames;
    private final boolean lenientFrames;
    private final ToolCallAssembly toolCalls;
    private @Nullable ThinkTagSplitter splitter;
    private Usage usage = Usage.absent();
    private @Nullable FinishReason finish;
    private @Nullable String finishRaw;
    private @Nullable String responseId;
    private @Nullable String model;
    private boolean refused;
    private boolean over;
    private boolean ended;
    private int goodFrames;
    private int malformedFrames;
    // Written by the decoding thread alone, read by whoever cancels.
    private final AtomicLong characters = new AtomicLong();

    /** Takes what the sink makes of it. */
    public interface Output {
        /** The next event. */
        void event(InferenceEvent event);

        /** The answer failed; nothing follows. */
        void fail(InferenceException why);

        /** A malformed frame was left out. */
        default void malformedFrame(String excerpt) {}
    }

    /**
     * Makes a sink for one answer.
     *
     * @param output takes the events
     * @param callSeed seed of generated tool-call ids
     * @param rawFrames whether frames become events too
     * @param lenientFrames whether malformed frames are left out instead of ending the answer
     */
    public EventSink(Output output, String callSeed, boolean rawFrames, boolean lenientFrames) {
        this.output = requireNonNull(output, "output");
        this.rawFrames = rawFrames;
        this.lenientFrames = lenientFrames;
        toolCalls = new ToolCallAssembly(callSeed, this::emit);
    }

    /** From here on {@code <think>…</think>} at the start of the text is taken as thinking. */
    public void splitThinkTags() {
        splitThinkTags(false);
    }

    /**
     * As {@link #splitThinkTags()}.
     *
     * @param opened whether the text begins inside of the thinking, as with chat templates that write the opening tag
     *     themselves; it may come all the same
     */
    public void splitThinkTags(boolean opened) {
        if (splitter == null) {
            splitter = new ThinkTagSplitter(opened);
        }
    }

    /** The backend's id of the answer; null and empty are ignored. */
    public void responseId(@Nullable String id) {
        if (id != null && !id.isEmpty()) {
            responseId = id;
        }
    }

    /** The model's name as the backend says it; null and empty are ignored. */
    public void model(@Nullable String name) {
        if (name != null && !name.isEmpty()) {
            model = name;
        }
    }

    /** A piece of the answer's text; null and empty are ignored. */
    public void text(@Nullable String piece) {
        if (piece == null || piece.isEmpty() || over) {
            return;
        }
        count(piece);
        ThinkTagSplitter split = splitter;
        if (split == null) {
            emit(new InferenceEvent.TextDelta(piece));
        } else {
            split.accept(piece, this::emit);
        }
    }

    /** A piece of the model's reasoning; null and empty are ignored. */
    public void thinking(@Nullable String piece) {
        if (piece != null && !piece.isEmpty() && !over) {
            count(piece);
            emit(new InferenceEvent.ThinkingDelta(piece));
        }
    }

    /** A piece of the words of a refusal; null and empty are ignored. */
    public void refusal(@Nullable String piece) {
        if (piece != null && !piece.isEmpty() && !over) {
            count(piece);
            refused = true;
            emit(new InferenceEvent.RefusalDelta(piece));
        }
    }

    /**
     * A piece of a tool call, or a whole one. Which call it belongs to is told from id and index as protocols of the
     * OpenAI family use them; both may be missing, repeated or new with each piece.
     *
     * @param index the backend's own counter, or null
     * @param id the call's id, or null or empty
     * @param name the tool's name, or null or empty
     * @param arguments the next piece of the arguments' JSON text, or null or empty
     */
    public void toolCall(
            @Nullable Integer index, @Nullable String id, @Nullable String name, @Nullable String arguments) {
        if (!over) {
            flushSplitter();
            count(arguments == null ? "" : arguments);
            toolCalls.accept(index, id, name, arguments);
        }
    }

    /** Vendor data of the tool call that came last; goes into its {@link Part.ToolCall}. */
    public void toolCallVendor(VendorData data) {
        toolCalls.attach(data);
    }

    /** Vendor data of the text or thinking that came last. */
    public void note(VendorData data) {
        if (!data.isEmpty()) {
            flushSplitter();
            emit(new InferenceEvent.VendorNote(data));
        }
    }

    /** The tokens of the text up to here, as far as the backend has said them; where the request asked for them. */
    public void tokens(AnswerTokens tokens) {
        // What may be a tag is still held back: tokens say by themselves how far they reach.
        emit(new InferenceEvent.VendorNote(tokens.toVendorData()));
    }

    /** A part that only its vendor understands. */
    public void opaque(Part.Opaque part) {
        flushSplitter();
        emit(new InferenceEvent.OpaquePart(part));
    }

    /** The tokens up to here. Each bucket that is present takes the place of what was known: figures are cumulative. */
    public void usage(Usage latest) {
        if (!over) {
            usage = latestOf(usage, latest);
        }
    }

    /** Why the answer ended. The last one that is told holds; more may follow it. */
    public void finish(FinishReason reason, @Nullable String raw) {
        if (!over) {
            finish = requireNonNull(reason, "reason");
            finishRaw = raw;
        }
    }

    /** Whether a finish reason has been told. */
    public boolean finishSeen() {
        return finish != null;
    }

    /** The backend reports an error inside its answer: the answer fails with it. */
    public void fail(InferenceException why) {
        if (!over) {
            over = true;
            output.fail(
                    why.usage().isPresent()
                            ? why
                            : why.toBuilder().usage(usageSoFar()).build());
        }
    }

    /** Whether the answer has ended, well or not. */
    public boolean isOver() {
        return over;
    }

    /** Whether frames become events; for framings that would make their text for nothing. */
    public boolean wantsRawFrames() {
        return rawFrames;
    }

    /** A frame as it came, before what is read from it; ignored unless such frames become events. For framings. */
    public void rawFrame(String data) {
        if (rawFrames) {
            emit(new InferenceEvent.RawFrame(data));
        }
    }

    /** A frame was read; for framings. */
    public void goodFrame() {
        goodFrames++;
    }

    /** The protocol's end mark was read while the body was ending; for framings. */
    public void endMark() {
        ended = true;
    }

    /** A frame could not be read: the answer fails, or goes on without it; for framings. */
    public void malformedFrame(String frame, InferenceException why) {
        if (over) {
            return;
        }
        if (!lenientFrames) {
            fail(why.toBuilder().excerpt(Excerpt.of(frame)).build());
            return;
        }
        malformedFrames++;
        output.malformedFrame(Excerpt.of(frame, 200));
    }

    /**
     * Nothing more comes; for the engine. The answer is complete if its finish reason was told, or the protocol's end mark;
     * otherwise it was cut.
     *
     * @param endMark whether the decoder saw the protocol's end mark
     */
    public void complete(boolean endMark) {
        if (over) {
            return;
        }
        flushSplitter();
        if (malformedFrames > 0 && goodFrames == 0) {
            fail(InferenceException.of(
                    ErrorCategory.PARSE, "none of the " + malformedFrames + " frames of the answer could be read"));
            return;
        }
        if (finish == null && !endMark && !ended) {
            fail(InferenceException.builder(
                            ErrorCategory.CONNECTION, "the answer was cut: it ended without a finish reason")
                    .code("cut")
                    .build());
            return;
        }
        FinishReason reason = finish == null ? FinishReason.STOP : finish;
        boolean cutShort = reason != FinishReason.STOP && reason != FinishReason.TOOL_CALLS;
        List<Part.ToolCall> calls;
        try {
            calls = toolCalls.finish(cutShort);
        } catch (InferenceException badArguments) {
            fail(badArguments);
            return;
        }
        if (reason == FinishReason.STOP && !calls.isEmpty()) {
            reason = FinishReason.TOOL_CALLS;
        } else if (reason == FinishReason.STOP && refused) {
            reason = FinishReason.CONTENT_FILTER;
        }
        over = true;
        output.event(new InferenceEvent.Completed(reason, finishRaw, usage, responseId, model));
    }

    /**
     * The tokens used up to here, with the output guessed from its length where the backend has not told it. Some tell one
     * token at the start and the rest at the end: the larger figure holds.
     */
    public Usage usageSoFar() {
        Usage told = usage;
        long guess = characters.get() / 4;
        TokenCount output = told.outputTotal();
        boolean telling = finish != null && output.isPresent();
        if (guess == 0 || telling || (output.isPresent() && output.value() >= guess)) {
            return told;
        }
        return told.toBuilder()
                .reasoning(TokenCount.absent())
                .audioOutput(TokenCount.absent())
                .output(TokenCount.estimated(guess))
                .build();
    }

    private void count(String piece) {
        characters.lazySet(characters.getPlain() + piece.length());
    }

    private void emit(InferenceEvent event) {
        if (!over) {
            output.event(event);
        }
    }

    private void flushSplitter() {
        if (splitter != null) {
            splitter.flush(this::emit);
        }
    }

    private static Usage latestOf(Usage known, Usage latest) {
        Usage.Builder merged = known.toBuilder();
        if (latest.inputUncached().isPresent()) {
            merged.inputUncached(latest.inputUncached());
        }
        if (latest.cacheRead().isPresent()) {
            merged.cacheRead(latest.cacheRead());
        }
        if (latest.cacheWriteShort().isPresent()) {
            merged.cacheWriteShort(latest.cacheWriteShort());
        }
        if (latest.cacheWriteLong().isPresent()) {
            merged.cacheWriteLong(latest.cacheWriteLong());
        }
        if (latest.audioInput().isPresent()) {
            merged.audioInput(latest.audioInput());
        }
        if (latest.output().isPresent()) {
            merged.output(latest.output());
        }
        if (latest.reasoning().isPresent()) {
            merged.reasoning(latest.reasoning());
        }
        if (latest.audioOutput().isPresent()) {
            merged.audioOutput(latest.audioOutput());
        }
        if (latest.isPresent()) {
            merged.told(latest.told());
        }
        return merged.build();
    }
}
