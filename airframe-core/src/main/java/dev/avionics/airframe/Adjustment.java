package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Something the target could not take, and what was done about it.
 *
 * @param what the part or option, such as {@code thinking} or {@code temperature}
 * @param action dropped or changed
 * @param why in words
 */
public record Adjustment(String what, Action action, String why) {
    /** What was done. */
    public enum Action {
        /** Left out of the request. */
        DROPPED,
        /** Sent in another form. */
        CHANGED
    }

    public Adjustment {
        requireNonNull(what, "what");
        requireNonNull(action, "action");
        requireNonNull(why, "why");
    }

    /** Something that was left out. */
    public static Adjustment dropped(String what, String why) {
        return new Adjustment(what, Action.DROPPED, why);
    }

    /** A part that was left out, by the name of its kind. */
    public static Adjustment dropped(Part part, String why) {
        return dropped(nameOf(part), why);
    }

    /** The name of a part's kind in adjustments, such as {@code tool call}. */
    public static String nameOf(Part part) {
        return part.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** Something that was sent in another form. */
    public static Adjustment changed(String what, String why) {
        return new Adjustment(what, Action.CHANGED, why);
    }
}
