package dev.avionics.gateway.cache;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one answer as an entry of a cache: a version, the events, a checksum. {@link AnswerReader} reads it.
 *
 * <p>Of the start, what the backend said of its limits is left out, which is not true any more, and the number of attempts: an answer
 * out of a cache took none. Of the endpoint name, address, kind and billing are kept; never its credentials or headers. Not thread-safe.
 */
final class AnswerWriter {
    /** Changed with the format; entries of other versions are not read. */
    static final int VERSION = 1;

    static final int CHECKSUM_BYTES = 4;

    static final int STARTED = 1;
    static final int TEXT = 2;
    static final int THINKING = 3;
    static final int REFUSAL = 4;
    static final int TOOL_CALL_DELTA = 5;
    /** More of the tool call of the last piece. */
    static final int SAME_TOOL_CALL_DELTA = 6;

    static final int TOOL_CALL_READY = 7;
    static final int VENDOR_NOTE = 8;
    static final int OPAQUE = 9;
    static final int RAW_FRAME = 10;
    static final int COMPLETED = 11;

    static final int KNOWN = 1;
    static final int ESTIMATED = 2;
    static final int ABSENT = 3;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final FieldWriter out = new FieldWriter(bytes::write);
    private InferenceEvent.@Nullable ToolCallDelta lastDelta;

    AnswerWriter() {
        out.tag(VERSION);
    }

    /** About how many bytes were written: up to 512 less than there will be. */
    int size() {
        return bytes.size();
    }

    void write(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta text) {
            out.tag(TEXT).text(text.text());
        } else if (event instanceof InferenceEvent.ThinkingDelta thinking) {
            out.tag(THINKING).text(thinking.text());
        } else if (event instanceof InferenceEvent.RefusalDelta refusal) {
            out.tag(REFUSAL).text(refusal.text());
        } else if (event instanceof InferenceEvent.ToolCallDelta delta) {
            delta(delta);
        } else if (event instanceof InferenceEvent.ToolCallReady ready) {
            Part.ToolCall call = ready.call();
            out.tag(TOOL_CALL_READY).number(ready.index());
            out.text(call.id()).text(call.name()).text(call.argumentsJson());
            rest(call);
        } else if (event instanceof InferenceEvent.VendorNote note) {
            out.tag(VENDOR_NOTE);
            vendor(note.data());
        } else if (event instanceof InferenceEvent.OpaquePart opaque) {
            out.tag(OPAQUE).text(opaque.part().type());
            rest(opaque.part());
        } else if (event instanceof InferenceEvent.RawFrame frame) {
            out.tag(RAW_FRAME).text(frame.data());
        } else if (event instanceof InferenceEvent.Started started) {
            started(started);
        } else if (event instanceof InferenceEvent.Completed completed) {
            completed(completed);
        } else {
            throw new IllegalStateException(
                    "event: " + event.getClass().getSimpleName() + " (expected: one that is known)");
        }
    }

    private void delta(InferenceEvent.ToolCallDelta delta) {
        InferenceEvent.ToolCallDelta last = lastDelta;
        lastDelta = delta;
        if (last != null
                && last.index() == delta.index()
                && last.id().equals(delta.id())
                && last.name().equals(delta.name())) {
            out.tag(SAME_TOOL_CALL_DELTA).text(delta.arguments());
            return;
        }
        out.tag(TOOL_CALL_DELTA)
                .number(delta.index())
                .text(delta.id())
                .text(delta.name())
                .text(delta.arguments());
    }

    private void rest(Part part) {
        vendor(part.vendor());
        CacheHint hint = part.cache();
        out.textOrNull(hint == null ? null : hint.name());
    }

    private void vendor(VendorData data) {
        out.number(data.json().size());
        new TreeMap<>(data.json()).forEach((vendor, json) -> out.text(vendor).text(json));
    }

    private void started(InferenceEvent.Started started) {
        EndpointSpec endpoint = started.target().endpoint();
        out.tag(STARTED)
                .text(endpoint.name())
                // Without the user and the query, which may hold a key.
                .text(endpoint.address())
                .text(endpoint.kind().id())
                .text(endpoint.billing().name())
                .text(started.target().model());
        List<Adjustment> adjustments = started.adjustments();
        out.number(adjustments.size());
        for (Adjustment adjustment : adjustments) {
            out.text(adjustment.what()).text(adjustment.action().name()).text(adjustment.why());
        }
    }

    private void completed(InferenceEvent.Completed completed) {
        out.tag(COMPLETED).text(completed.finish().name()).textOrNull(completed.finishRaw());
        usage(completed.usage());
        out.textOrNull(completed.responseId()).textOrNull(completed.model());
    }

    private void usage(Usage usage) {
        count(usage.inputUncached());
        count(usage.cacheRead());
        count(usage.cacheWriteShort());
        count(usage.cacheWriteLong());
        count(usage.audioInput());
        count(usage.output());
        count(usage.reasoning());
        count(usage.audioOutput());
        Usage.Told told = usage.told();
        out.flag(told != null);
        if (told != null) {
            count(told.input());
            count(told.output());
            count(told.cacheRead());
        }
    }

    private void count(TokenCount count) {
        out.tag(
                        switch (count.certainty()) {
                            case KNOWN -> KNOWN;
                            case ESTIMATED -> ESTIMATED;
                            case ABSENT -> ABSENT;
                        })
                .number(count.value());
    }

    /** The whole entry; the writer is done with. */
    byte[] entry() {
        out.flush();
        CRC32C checksum = new CRC32C();
        byte[] written = bytes.toByteArray();
        checksum.update(written);
        return ByteBuffer.allocate(written.length + CHECKSUM_BYTES)
                .put(written)
                .putInt((int) checksum.getValue())
                .array();
    }
}
