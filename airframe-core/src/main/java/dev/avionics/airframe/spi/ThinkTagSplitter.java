package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceEvent;
import java.util.function.Consumer;

/**
 * Tells {@code <think>…</think>} at the start of a text from the text. Tags may be split over pieces; white space before
 * and behind the opening tag and behind the closing one belongs to neither side.
 */
final class ThinkTagSplitter {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private final boolean opened;
    private final StringBuilder held = new StringBuilder();
    private State state = State.START;
    private boolean thought;

    private enum State {
        START,
        THINKING,
        AFTER,
        TEXT
    }

    /** @param opened whether the text begins as thinking even without the opening tag */
    ThinkTagSplitter(boolean opened) {
        this.opened = opened;
    }

    void accept(String piece, Consumer<InferenceEvent> out) {
        if (state == State.TEXT) {
            out.accept(new InferenceEvent.TextDelta(piece));
            return;
        }
        held.append(piece);
        if (state == State.START) {
            start(out);
        }
        if (state == State.THINKING) {
            think(out);
        }
        if (state == State.AFTER) {
            after(out);
        }
    }

    /** Gives out what was held back in the hope of a tag. */
    void flush(Consumer<InferenceEvent> out) {
        String rest = held.toString();
        held.setLength(0);
        if (state == State.START) {
            state = opened ? State.THINKING : State.TEXT;
        }
        if (state == State.THINKING && (thought || !rest.isBlank())) {
            giveThinking(rest, out);
        } else if (state == State.TEXT && !rest.isEmpty()) {
            out.accept(new InferenceEvent.TextDelta(rest));
        }
    }

    private void start(Consumer<InferenceEvent> out) {
        int at = blanks();
        int match = Math.min(held.length() - at, OPEN.length());
        if (!OPEN.startsWith(held.substring(at, at + match))) {
            if (opened) {
                state = State.THINKING;
                return;
            }
            state = State.TEXT;
            out.accept(new InferenceEvent.TextDelta(held.toString()));
            held.setLength(0);
        } else if (match == OPEN.length()) {
            state = State.THINKING;
            held.delete(0, at + match);
        }
    }

    private void think(Consumer<InferenceEvent> out) {
        if (!thought) {
            held.delete(0, blanks());
        }
        int close = held.indexOf(CLOSE);
        if (close >= 0) {
            giveThinking(held.substring(0, close), out);
            held.delete(0, close + CLOSE.length());
            state = State.AFTER;
            return;
        }
        // The end of what is held may be the start of the closing tag.
        int keep = Math.min(CLOSE.length() - 1, held.length());
        while (keep > 0 && !CLOSE.startsWith(held.substring(held.length() - keep))) {
            keep--;
        }
        giveThinking(held.substring(0, held.length() - keep), out);
        held.delete(0, held.length() - keep);
    }

    private void giveThinking(String text, Consumer<InferenceEvent> out) {
        if (!text.isEmpty()) {
            thought = true;
            out.accept(new InferenceEvent.ThinkingDelta(text));
        }
    }

    private void after(Consumer<InferenceEvent> out) {
        held.delete(0, blanks());
        if (held.length() > 0) {
            state = State.TEXT;
            out.accept(new InferenceEvent.TextDelta(held.toString()));
            held.setLength(0);
        }
    }

    private int blanks() {
        int at = 0;
        while (at < held.length() && Character.isWhitespace(held.charAt(at))) {
            at++;
        }
        return at;
    }
}
