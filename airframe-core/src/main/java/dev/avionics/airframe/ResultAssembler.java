package dev.avionics.airframe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the events of one answer together to an {@link InferenceResult}. Parts stand in the order in which they began: a tool
 * call where its first piece came. Not thread-safe.
 */
public final class ResultAssembler {
    // Null where a tool call began that is not whole.
    private final List<@Nullable Part> parts = new ArrayList<>();
    private final Map<Integer, Integer> callPlaces = new HashMap<>(4);
    private final StringBuilder open = new StringBuilder();
    private Kind kind = Kind.NONE;
    private VendorData vendor = VendorData.none();
    private InferenceEvent.@Nullable Started started;
    private InferenceEvent.@Nullable Resumed resumed;
    private InferenceEvent.@Nullable Completed completed;

    private enum Kind {
        NONE,
        TEXT,
        THINKING,
        REFUSAL
    }

    /** Takes the next event. */
    public void accept(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta text) {
            append(Kind.TEXT, text.text());
        } else if (event instanceof InferenceEvent.ThinkingDelta thinking) {
            append(Kind.THINKING, thinking.text());
        } else if (event instanceof InferenceEvent.RefusalDelta refusal) {
            append(Kind.REFUSAL, refusal.text());
        } else if (event instanceof InferenceEvent.ToolCallDelta delta) {
            callPlace(delta.index());
        } else if (event instanceof InferenceEvent.ToolCallReady ready) {
            parts.set(callPlace(ready.index()), ready.call());
        } else if (event instanceof InferenceEvent.OpaquePart opaque) {
            close();
            parts.add(opaque.part());
        } else if (event instanceof InferenceEvent.VendorNote note) {
            attach(note.data());
        } else if (event instanceof InferenceEvent.Started s) {
            started = s;
        } else if (event instanceof InferenceEvent.Resumed r) {
            resumed = r;
        } else if (event instanceof InferenceEvent.Completed c) {
            close();
            completed = c;
        }
    }

    /** Whether the answer has come to its end. */
    public boolean isComplete() {
        return completed != null;
    }

    /** The model's turn as far as it has come. */
    public Message message() {
        List<Part> whole = new ArrayList<>(parts.size() + 1);
        for (Part part : parts) {
            if (part != null) {
                whole.add(part);
            }
        }
        if (kind != Kind.NONE) {
            whole.add(openPart());
        }
        return new Message(Role.ASSISTANT, whole);
    }

    /**
     * The whole answer.
     *
     * @throws IllegalStateException before the answer's start and end were taken
     */
    public InferenceResult result() {
        InferenceEvent.Started start = started;
        InferenceEvent.Completed end = completed;
        if (start == null || end == null) {
            throw new IllegalStateException("answer not complete");
        }
        InferenceEvent.Resumed last = resumed;
        List<Adjustment> adjustments = new ArrayList<>(start.adjustments());
        if (last != null) {
            adjustments.addAll(last.adjustments());
        }
        return new InferenceResult(
                message(),
                end.finish(),
                end.finishRaw(),
                end.usage(),
                last == null ? start.target() : last.target(),
                end.responseId(),
                end.model(),
                last == null ? start.attempts() : last.attempts(),
                start.rateLimits(),
                adjustments);
    }

    private void append(Kind next, String text) {
        if (kind != next || !vendor.isEmpty()) {
            close();
            kind = next;
        }
        open.append(text);
    }

    private int callPlace(int index) {
        Integer place = callPlaces.get(index);
        if (place == null) {
            close();
            place = parts.size();
            parts.add(null);
            callPlaces.put(index, place);
        }
        return place;
    }

    private void attach(VendorData data) {
        if (kind != Kind.NONE) {
            vendor = vendor.with(data);
            return;
        }
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            if (part != null && !(part instanceof Part.ToolCall)) {
                parts.set(i, withVendor(part, data));
                return;
            }
        }
        // A signature without any visible reasoning: the vendor wants it back all the same.
        kind = Kind.THINKING;
        vendor = data;
    }

    private static Part withVendor(Part part, VendorData data) {
        VendorData both = part.vendor().with(data);
        if (part instanceof Part.Text p) {
            return new Part.Text(p.text(), both, p.cache());
        }
        if (part instanceof Part.Thinking p) {
            return new Part.Thinking(p.text(), both, p.cache());
        }
        if (part instanceof Part.ToolCall p) {
            return new Part.ToolCall(p.id(), p.name(), p.argumentsJson(), both, p.cache());
        }
        if (part instanceof Part.Refusal p) {
            return new Part.Refusal(p.text(), both, p.cache());
        }
        if (part instanceof Part.Opaque p) {
            return new Part.Opaque(p.type(), both, p.cache());
        }
        return part;
    }

    private void close() {
        if (kind != Kind.NONE) {
            parts.add(openPart());
            open.setLength(0);
            kind = Kind.NONE;
            vendor = VendorData.none();
        }
    }

    private Part openPart() {
        String text = open.toString();
        return switch (kind) {
            case TEXT -> new Part.Text(text, vendor, null);
            case THINKING -> new Part.Thinking(text, vendor, null);
            case REFUSAL -> new Part.Refusal(text, vendor, null);
            case NONE -> throw new IllegalStateException("nothing open");
        };
    }
}
