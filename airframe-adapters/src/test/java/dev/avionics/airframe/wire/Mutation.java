package dev.avionics.airframe.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** A way to spoil an answer: in its framing and the structure of its JSON, or in what it says. */
enum Mutation {
    /** Line ends of another kind, here and there. */
    LINE_ENDS(true),
    /** A line end less. */
    MISSING_LINE_END(true),
    /** A blank line where none belongs. */
    EXTRA_LINE_END(true),
    /** A brace, bracket, quote, comma or colon less. */
    MISSING_PUNCTUATION(true),
    /** The same twice. */
    DOUBLE_PUNCTUATION(true),
    /** A line that belongs to nothing. */
    GARBAGE_LINE(true),
    /** A byte order mark in the middle. */
    BYTE_ORDER_MARK(true),
    /** An object in an object, again and again. */
    DEEP_NESTING(true),
    /** One bit turned. */
    BIT_FLIP(false),
    /** The end is missing. */
    CUT(false),
    /** A frame twice. */
    DUPLICATED_FRAME(false),
    /** Two frames in each other's place. */
    SWAPPED_FRAMES(false),
    /** A frame less. */
    DROPPED_FRAME(false),
    /** A string, number or word of JSON in the place of another. */
    WRONG_TYPE(false),
    /** A number that is larger than any field. */
    HUGE_NUMBER(false),
    /** An error in the place of a frame. */
    ERROR_FRAME(false);

    private static final String PUNCTUATION = "{}[]\",:";
    private static final List<String> VALUES =
            List.of("null", "true", "-1", "\"\"", "[]", "{}", "1e400", "[[1]]", "\"\\ud800\"");
    private static final List<String> ERRORS = List.of(
            "{\"error\":{\"message\":\"the server is overloaded\",\"type\":\"overloaded_error\",\"code\":529}}",
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Too many requests\"}}",
            "{\"error\":\"model 'x' not found\"}",
            "{\"error\":{\"code\":500,\"message\":\"internal\",\"status\":\"INTERNAL\"}}",
            "{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\"}}",
            "{\"error\":{\"message\":\"invalid x-api-key\",\"type\":\"authentication_error\"}}",
            "{\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"not for this key\"}}",
            "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"maximum context length is 8192 tokens\"}}",
            "{\"error\":{\"code\":\"content_filter\",\"message\":\"The response was filtered\"}}",
            "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no such field\"}}",
            "{\"error\":{\"type\":\"timeout_error\",\"message\":\"Request timed out\"}}");

    private final boolean structural;

    Mutation(boolean structural) {
        this.structural = structural;
    }

    /** Whether it spoils framing or JSON structure, rather than content. */
    boolean isStructural() {
        return structural;
    }

    byte[] of(byte[] body, SplittableRandom random) {
        return switch (this) {
            case BIT_FLIP -> {
                byte[] copy = body.clone();
                int at = random.nextInt(copy.length);
                copy[at] ^= (byte) (1 << random.nextInt(8));
                yield copy;
            }
            case CUT -> java.util.Arrays.copyOf(body, random.nextInt(body.length));
            case DUPLICATED_FRAME, SWAPPED_FRAMES, DROPPED_FRAME, ERROR_FRAME -> frames(body, random);
            case WRONG_TYPE -> replaced(body, random, VALUES.get(random.nextInt(VALUES.size())));
            case HUGE_NUMBER -> replaced(body, random, "9".repeat(1 + random.nextInt(400)));
            case LINE_ENDS -> insert(body, lineEnd(body, random), random.nextBoolean() ? "\r" : "\r\n");
            case MISSING_LINE_END -> without(body, lineEnd(body, random));
            case EXTRA_LINE_END -> insert(body, random.nextInt(body.length), "\n");
            case MISSING_PUNCTUATION -> without(body, punctuation(body, random));
            case DOUBLE_PUNCTUATION -> {
                int at = punctuation(body, random);
                yield insert(body, at, String.valueOf((char) body[at]));
            }
            case GARBAGE_LINE ->
                insert(
                        body,
                        lineEnd(body, random),
                        "\n" + (random.nextBoolean() ? "data: <html>" : ": ÿ#" + random.nextInt()) + "\n");
            case BYTE_ORDER_MARK -> insert(body, random.nextInt(body.length), "\uFEFF");
            case DEEP_NESTING -> insert(body, punctuation(body, random), "{\"a\":".repeat(1 + random.nextInt(1500)));
        };
    }

    private byte[] frames(byte[] body, SplittableRandom random) {
        List<byte[]> frames = split(body);
        int one = random.nextInt(frames.size());
        switch (this) {
            case DUPLICATED_FRAME -> frames.add(random.nextInt(frames.size() + 1), frames.get(one));
            case SWAPPED_FRAMES -> Collections.swap(frames, one, random.nextInt(frames.size()));
            case DROPPED_FRAME -> frames.remove(one);
            default -> {
                String error = ERRORS.get(random.nextInt(ERRORS.size()));
                boolean lines = frames.get(one).length > 0 && frames.get(one)[0] == '{';
                frames.set(one, (lines ? error + "\n" : "data: " + error + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** At blank lines, or where there is none at line ends. */
    private static List<byte[]> split(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String end = text.contains("\r\n\r\n") ? "(?<=\r\n\r\n)" : text.contains("\n\n") ? "(?<=\n\n)" : "(?<=\n)";
        List<byte[]> frames = new ArrayList<>();
        for (String frame : text.split(end)) {
            frames.add(frame.getBytes(StandardCharsets.ISO_8859_1));
        }
        return frames;
    }

    /** A value of JSON, found by the colon in front of it, gives way to another. */
    private static byte[] replaced(byte[] body, SplittableRandom random, String value) {
        int from = next(body, random.nextInt(body.length), ":");
        int to = from + 1;
        while (to < body.length && ",}]\n".indexOf(body[to]) < 0) {
            to++;
        }
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return (text.substring(0, from + 1) + value + text.substring(Math.min(to, text.length())))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int punctuation(byte[] body, SplittableRandom random) {
        return next(body, random.nextInt(body.length), PUNCTUATION);
    }

    private static int lineEnd(byte[] body, SplittableRandom random) {
        return next(body, random.nextInt(body.length), "\n");
    }

    /** The next place of one of the characters; from the start again when there is none. */
    private static int next(byte[] body, int from, String characters) {
        for (int i = 0; i < body.length; i++) {
            int at = (from + i) % body.length;
            if (body[at] > 0 && characters.indexOf(body[at]) >= 0) {
                return at;
            }
        }
        return from;
    }

    private static byte[] insert(byte[] body, int at, String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, at);
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.write(body, at, body.length - at);
        return out.toByteArray();
    }

    private static byte[] without(byte[] body, int at) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, at);
        out.write(body, at + 1, body.length - at - 1);
        return out.toByteArray();
    }
}
