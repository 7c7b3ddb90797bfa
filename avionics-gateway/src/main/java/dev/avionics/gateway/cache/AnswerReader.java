package dev.avionics.gateway.cache;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads an entry that an {@link AnswerWriter} wrote. Not thread-safe. */
final class AnswerReader {
    private final FieldReader in;
    private InferenceEvent.@Nullable ToolCallDelta lastDelta;

    private AnswerReader(FieldReader in) {
        this.in = in;
    }

    /**
     * The events of a whole answer, from its start to its end.
     *
     * @throws IllegalArgumentException if the entry is anything else
     */
    static List<InferenceEvent> read(byte[] entry) {
        int end = entry.length - AnswerWriter.CHECKSUM_BYTES;
        if (end < 1 || entry[0] != AnswerWriter.VERSION) {
            throw new IllegalArgumentException("no entry of version " + AnswerWriter.VERSION);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(entry, 0, end);
        if ((int) checksum.getValue() != ByteBuffer.wrap(entry).getInt(end)) {
            throw new IllegalArgumentException("the checksum is wrong");
        }
        AnswerReader reader = new AnswerReader(new FieldReader(entry, 1, end));
        List<InferenceEvent> events = new ArrayList<>();
        while (!reader.in.isAtEnd()) {
            events.add(reader.event());
        }
        int last = events.size() - 1;
        if (last < 1
                || !(events.get(0) instanceof InferenceEvent.Started)
                || !(events.get(last) instanceof InferenceEvent.Completed)) {
            throw new IllegalArgumentException("no whole answer");
        }
        return List.copyOf(events);
    }

    private InferenceEvent event() {
        int kind = in.tag();
        return switch (kind) {
            case AnswerWriter.STARTED -> started();
            case AnswerWriter.TEXT -> new InferenceEvent.TextDelta(in.text());
            case AnswerWriter.THINKING -> new InferenceEvent.ThinkingDelta(in.text());
            case AnswerWriter.REFUSAL -> new InferenceEvent.RefusalDelta(in.text());
            case AnswerWriter.TOOL_CALL_DELTA -> delta(index(), in.text(), in.text());
            case AnswerWriter.SAME_TOOL_CALL_DELTA -> sameDelta();
            case AnswerWriter.TOOL_CALL_READY ->
                new InferenceEvent.ToolCallReady(
                        index(), new Part.ToolCall(in.text(), in.text(), in.text(), vendor(), hint()));
            case AnswerWriter.VENDOR_NOTE -> new InferenceEvent.VendorNote(vendor());
            case AnswerWriter.OPAQUE -> new InferenceEvent.OpaquePart(new Part.Opaque(in.text(), vendor(), hint()));
            case AnswerWriter.RAW_FRAME -> new InferenceEvent.RawFrame(in.text());
            case AnswerWriter.COMPLETED ->
                new InferenceEvent.Completed(
                        FinishReason.valueOf(in.text()), in.textOrNull(), usage(), in.textOrNull(), in.textOrNull());
            default -> throw new IllegalArgumentException("an event of kind " + kind);
        };
    }

    private int index() {
        return Math.toIntExact(in.number());
    }

    private InferenceEvent sameDelta() {
        InferenceEvent.ToolCallDelta last = lastDelta;
        if (last == null) {
            throw new IllegalArgumentException("more of a tool call that did not begin");
        }
        return delta(last.index(), last.id(), last.name());
    }

    private InferenceEvent delta(int index, String id, String name) {
        InferenceEvent.ToolCallDelta delta = new InferenceEvent.ToolCallDelta(index, id, name, in.text());
        lastDelta = delta;
        return delta;
    }

    private VendorData vendor() {
        Map<String, String> json = new LinkedHashMap<>();
        for (int left = in.count(); left > 0; left--) {
            json.put(in.text(), in.text());
        }
        return json.isEmpty() ? VendorData.none() : new VendorData(json);
    }

    private @Nullable CacheHint hint() {
        String name = in.textOrNull();
        return name == null ? null : CacheHint.valueOf(name);
    }

    private InferenceEvent started() {
        EndpointSpec endpoint = EndpointSpec.builder(in.text(), URI.create(in.text()), new BackendKind(in.text()))
                .billing(EndpointSpec.Billing.valueOf(in.text()))
                .build();
        Target target = new Target(endpoint, in.text());
        List<Adjustment> adjustments = new ArrayList<>();
        for (int left = in.count(); left > 0; left--) {
            adjustments.add(new Adjustment(in.text(), Adjustment.Action.valueOf(in.text()), in.text()));
        }
        return new InferenceEvent.Started(target, 1, RateLimitInfo.none(), adjustments);
    }

    private Usage usage() {
        return new Usage(count(), count(), count(), count(), count(), count(), count(), count(), told());
    }

    private Usage.@Nullable Told told() {
        return in.flag() ? new Usage.Told(count(), count(), count()) : null;
    }

    private TokenCount count() {
        int certainty = in.tag();
        long value = in.number();
        return switch (certainty) {
            case AnswerWriter.KNOWN -> new TokenCount(value, TokenCount.Certainty.KNOWN);
            case AnswerWriter.ESTIMATED -> new TokenCount(value, TokenCount.Certainty.ESTIMATED);
            case AnswerWriter.ABSENT -> new TokenCount(value, TokenCount.Certainty.ABSENT);
            default -> throw new IllegalArgumentException("a number of certainty " + certainty);
        };
    }
}
