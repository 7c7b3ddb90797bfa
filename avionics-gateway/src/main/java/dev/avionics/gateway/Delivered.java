package dev.avionics.gateway;

import dev.avionics.airframe.AnswerTokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was delivered of one answer, part by part as attempts gave it, so that another target can go on with it. Used serially, as the
 * attempts are.
 */
final class Delivered {
    /** Longer answers are not kept: nobody goes on with them. */
    static final int MOST_CHARACTERS = 1 << 20;
    /** Pieces up to this length are a token each; longer ones are measured. */
    private static final int LONGEST_TOKEN = 8;

    private static final int CHARACTERS_PER_TOKEN = 4;

    private final List<Part> parts = new ArrayList<>(2);

    /** What one attempt gave. */
    static final class Part {
        private final StringBuilder text = new StringBuilder();
        private final List<Object> pieces = new ArrayList<>();
        private @Nullable AnswerTokens noted;
        private @Nullable String other;
        private int deltas;
        private long length;

        void text(String delta) {
            deltas++;
            length += delta.length();
            if (length <= MOST_CHARACTERS) {
                text.append(delta);
            } else {
                other("more than " + MOST_CHARACTERS + " characters");
            }
        }

        void tokens(AnswerTokens tokens) {
            noted = tokens;
            if (other == null) {
                pieces.addAll(tokens.pieces());
            }
        }

        /** Something that is no text, by its name. */
        void other(String what) {
            if (other == null) {
                other = what;
                pieces.clear();
            }
        }

        boolean isEmpty() {
            return length == 0 && other == null;
        }

        /** Whether the backend told the tokens of all that was delivered, and of no more. */
        boolean isExact() {
            AnswerTokens last = noted;
            return length == 0 || (last != null && last.characters() == length);
        }

        /** Whether the number of tokens is more than a guess by length. */
        boolean isCounted() {
            return isExact() || length <= (long) LONGEST_TOKEN * deltas;
        }

        long tokens() {
            AnswerTokens last = noted;
            if (last != null && isExact()) {
                return last.made();
            }
            return isCounted() ? deltas : length / CHARACTERS_PER_TOKEN;
        }
    }

    void join(Part part) {
        parts.add(part);
    }

    boolean isEmpty() {
        return parts.stream().allMatch(Part::isEmpty);
    }

    /** What it has that is no text; null for nothing. */
    @Nullable
    String other() {
        for (Part part : parts) {
            if (part.other != null) {
                return part.other;
            }
        }
        return null;
    }

    String text() {
        StringBuilder all = new StringBuilder();
        parts.forEach(part -> all.append(part.text));
        return all.toString();
    }

    /** The tokens so far; a guess by length where the backend does not tell them and sends no piece for each. */
    long tokens() {
        return parts.stream().mapToLong(Part::tokens).sum();
    }

    boolean isCounted() {
        return parts.stream().allMatch(Part::isCounted);
    }

    /** What the answer is made of, as {@link AnswerTokens}; null if that is not known up to the last character. */
    @Nullable
    AnswerTokens exact() {
        List<Object> pieces = new ArrayList<>();
        long made = 0;
        int characters = 0;
        for (Part part : parts) {
            if (!part.isExact()) {
                return null;
            }
            pieces.addAll(part.pieces);
            made += part.tokens();
            characters += part.text.length();
        }
        return pieces.isEmpty() ? null : new AnswerTokens(Math.toIntExact(made), characters, pieces);
    }
}
