package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceEvent;
import java.util.function.Consumer;

/**
 * Tells {@code <think>…</think>} at the start of a text from the text. Tags may be split over pieces; white space before
 * the opening tag and behind the closing one belongs to neither side.
 */
final class ThinkTagSplitter {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private State state = State.START;
    private final StringBuilder held = new StringBuilder();

    private enum State {
        START,
        THINKING,
        AFTER,
        TEXT
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
        if (held.length() > 0) {
            String rest = held.toString();
            held.setLength(0);
            if (state == State.THINKING) {
                out.accept(new InferenceEvent.ThinkingDelta(rest));
            } else if (state == State.START) {
                state = State.TEXT;
                out.accept(new InferenceEvent.TextDelta(rest));
            }
        }
    }

    private void start(Consumer<InferenceEvent> out) {
        int at = blanks();
        int match = Math.min(held.length() - at, OPEN.length());
        if (!OPEN.startsWith(held.substring(at, at + match))) {
            state = State.TEXT;
            out.accept(new InferenceEvent.TextDelta(held.toString()));
            held.setLength(0);
        } else if (match == OPEN.length()) {
            state = State.THINKING;
            held.delete(0, at + match);
        }
    }

    private void think(Consumer<InferenceEvent> out) {
        int close = held.indexOf(CLOSE);
        if (close >= 0) {
            giveThinking(close, out);
            held.delete(0, CLOSE.length());
            state = State.AFTER;
            return;
        }
        // The end of what is held may be the start of the closing tag.
        int keep = Math.min(CLOSE.length() - 1, held.length());
        while (keep > 0 && !CLOSE.startsWith(held.substring(held.length() - keep))) {
            keep--;
        }
        giveThinking(held.length() - keep, out);
    }

    private void giveThinking(int count, Consumer<InferenceEvent> out) {
        if (count > 0) {
            out.accept(new InferenceEvent.ThinkingDelta(held.substring(0, count)));
            held.delete(0, count);
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
