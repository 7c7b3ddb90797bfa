package dev.avionics.airframe.anthropic.content;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Part;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a prompt get {@code cache_control}. The API takes four of them, and none of an hour behind one of five
 * minutes. Asked for each part once, in the order of the prompt.
 */
final class CacheMarks {
    private static final int MOST = 4;

    private final Queue<String> marks = new ArrayDeque<>();

    private CacheMarks() {}

    /** Chooses among the hints of all parts that are sent, in the order of the prompt. */
    static CacheMarks of(List<Part> parts, List<Adjustment> adjustments) {
        CacheMarks chosen = new CacheMarks();
        long hints = parts.stream().filter(part -> hint(part) != null).count();
        long left = hints - MOST;
        if (left > 0) {
            adjustments.add(Adjustment.dropped("cache hint", "the API takes " + MOST + " of them: the last are sent"));
        }
        boolean shortSeen = false;
        for (Part part : parts) {
            CacheHint hint = hint(part);
            if (hint == null) {
                if (part.cache() != null) {
                    adjustments.add(Adjustment.dropped(
                            "cache hint", "the API takes none on a part of kind " + Adjustment.nameOf(part)));
                }
                continue;
            }
            if (left-- > 0) {
                chosen.marks.add("");
                continue;
            }
            if (hint == CacheHint.LONG && shortSeen) {
                adjustments.add(Adjustment.changed("cache hint", "an hour cannot follow five minutes: it is as short"));
            }
            shortSeen |= hint == CacheHint.SHORT;
            chosen.marks.add(shortSeen ? "{\"type\":\"ephemeral\"}" : "{\"type\":\"ephemeral\",\"ttl\":\"1h\"}");
        }
        return chosen;
    }

    private static @Nullable CacheHint hint(Part part) {
        return part instanceof Part.Thinking || part instanceof Part.Opaque ? null : part.cache();
    }

    /** The value of {@code cache_control} of the next part; null for none. */
    @Nullable
    String next(Part part) {
        String mark = hint(part) == null ? null : marks.remove();
        return mark == null || mark.isEmpty() ? null : mark;
    }

    /** Whether any part of these, which come next, asks for one. */
    static boolean any(List<Part> parts) {
        return parts.stream().anyMatch(part -> hint(part) != null);
    }
}
