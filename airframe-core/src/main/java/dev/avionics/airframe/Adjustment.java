package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

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

    /** Something that was sent in another form. */
    public static Adjustment changed(String what, String why) {
        return new Adjustment(what, Action.CHANGED, why);
    }
}
