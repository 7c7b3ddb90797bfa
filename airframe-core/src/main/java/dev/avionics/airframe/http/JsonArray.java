package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventDecoder;

/**
 * The framing of one JSON array that comes in pieces: each element is one frame, as soon as it is whole. A body that is no
 * array, as errors are, is taken value by value.
 */
public final class JsonArray {
    /** The default of the largest element: 16 MiB. */
    public static final int MAX_FRAME_BYTES = 16 << 20;

    private JsonArray() {}

    /** A decoder for one answer with elements of at most {@link #MAX_FRAME_BYTES}. */
    public static EventDecoder decoder(FrameHandler handler) {
        return decoder(handler, MAX_FRAME_BYTES);
    }

    /**
     * A decoder for one answer.
     *
     * @param handler reads the elements
     * @param maxFrameBytes the largest element, at least 1; more fails the answer with category PARSE
     */
    public static EventDecoder decoder(FrameHandler handler, int maxFrameBytes) {
        return new Elements(handler, maxFrameBytes);
    }

    private static final class Elements extends ScannedFraming {
        private boolean begun;
        private boolean inArray;
        private boolean inElement;
        private boolean inString;
        private boolean escaped;
        private int depth;

        Elements(FrameHandler handler, int maxFrameBytes) {
            super(handler, maxFrameBytes);
        }

        @Override
        int scan(byte[] bytes, int from, int to) {
            int at = from;
            while (at < to) {
                if (!inElement) {
                    at = between(bytes, at, to);
                    continue;
                }
                int end = elementEnd(bytes, at, to);
                if (end < 0) {
                    kept.add(bytes, at, to);
                    return to;
                }
                inElement = false;
                take(bytes, at, end);
                return end;
            }
            return at;
        }

        /** Passes over what stands between elements; gives the index where an element begins, or the end. */
        private int between(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at++) {
                byte b = bytes[at];
                if (b == '[' && !begun) {
                    begun = true;
                    inArray = true;
                } else if (b == ']' && inArray) {
                    inArray = false;
                } else if (b < 0 && !begun) {
                    continue; // A byte order mark.
                } else if (b != ' ' && b != '\t' && b != '\r' && b != '\n' && b != ',') {
                    begun = true;
                    inElement = true;
                    return at;
                }
            }
            return to;
        }

        /** The index behind the element's last byte, or -1; keeps its state over calls. */
        private int elementEnd(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at++) {
                byte b = bytes[at];
                if (inString) {
                    if (escaped) {
                        escaped = false;
                    } else if (b == '\\') {
                        escaped = true;
                    } else if (b == '"') {
                        inString = false;
                        if (depth == 0) {
                            return at + 1;
                        }
                    }
                    continue;
                }
                switch (b) {
                    case '"' -> inString = true;
                    case '{', '[' -> depth++;
                    case '}', ']' -> {
                        if (depth == 0) {
                            // The end of the array ends a number or word; anything else is for the JSON reader to
                            // judge.
                            return at == from && kept.isEmpty() ? at + 1 : at;
                        }
                        depth--;
                        if (depth == 0) {
                            return at + 1;
                        }
                    }
                    case ',', ' ', '\t', '\r', '\n' -> {
                        if (depth == 0) {
                            return at;
                        }
                    }
                    default -> {
                        // Part of a number or a word.
                    }
                }
            }
            return -1;
        }
    }
}
