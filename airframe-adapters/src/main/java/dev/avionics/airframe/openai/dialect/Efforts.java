package dev.avionics.airframe.openai.dialect;

import dev.avionics.airframe.ThinkingOptions.Effort;
import java.util.Locale;

/** The depths of thinking that a model knows, and what is said for one that it does not know. */
public final class Efforts {
    private static final String USUAL = "default";

    private Efforts() {}

    /**
     * Of the depths that a model knows, the word for the one that is least away from the wanted; of two the lesser.
     *
     * @param known separated by commas, {@code default} for the usual depth; empty if all are known
     */
    public static String nearest(Effort wanted, String known) {
        if (known.isEmpty()) {
            return wireName(wanted);
        }
        String nearest = wireName(wanted);
        int least = Integer.MAX_VALUE;
        for (String each : known.split(",", -1)) {
            String name = each.strip();
            Effort effort = name.equals(USUAL) ? Effort.MEDIUM : Effort.valueOf(name.toUpperCase(Locale.ROOT));
            // No thinking at all is no lesser depth of it.
            boolean otherKind = (effort == Effort.NONE) != (wanted == Effort.NONE);
            int away = Math.abs(effort.ordinal() - wanted.ordinal()) + (otherKind ? Effort.values().length : 0);
            if (away < least) {
                least = away;
                nearest = name;
            }
        }
        return nearest;
    }

    /** The word for a depth on the wire. */
    public static String wireName(Effort effort) {
        return effort.name().toLowerCase(Locale.ROOT);
    }
}
