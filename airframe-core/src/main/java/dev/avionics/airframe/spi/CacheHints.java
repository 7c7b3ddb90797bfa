package dev.avionics.airframe.spi;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import java.util.Collection;
import java.util.List;

/** Wishes to have a prompt cached, for backends that take none. */
public final class CacheHints {
    /** What adjustments call them. */
    public static final String NAME = "cache hint";

    private CacheHints() {}

    /**
     * Says once that such wishes are not sent, if there are any.
     *
     * @param why in words
     * @param adjustments is told
     */
    public static void drop(List<Message> messages, String why, Collection<Adjustment> adjustments) {
        if (messages.stream().anyMatch(message -> isIn(message.parts()))) {
            adjustments.add(Adjustment.dropped(NAME, why));
        }
    }

    private static boolean isIn(List<Part> parts) {
        return parts.stream()
                .anyMatch(part ->
                        part.cache() != null || (part instanceof Part.ToolResult result && isIn(result.content())));
    }
}
