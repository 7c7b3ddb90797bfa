package dev.avionics.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the text of one target goes on in that of another. White space that was delivered and not sent is not repeated; and a stop sequence
 * that begins before the seam and ends behind it stops the answer, which neither target can see.
 */
final class Seam {
    private final List<String> stops;
    private final String tail;
    private final StringBuilder held = new StringBuilder();
    private String owed;
    private boolean open;
    private boolean stopped;

    /**
     * A seam.
     *
     * @param before the text that was delivered
     * @param sent how much of it the target was given; the rest is white space
     */
    Seam(String before, int sent, List<String> stops) {
        this.stops = stops;
        owed = before.substring(sent);
        int longest = stops.stream().mapToInt(String::length).max().orElse(0);
        tail = before.substring(Math.max(0, before.length() - Math.max(0, longest - 1)));
        open = stops.stream().anyMatch(stop -> straddles(stop, "", false));
    }

    /** Whether a stop sequence went across the seam: nothing more is to be delivered. */
    boolean isStopped() {
        return stopped;
    }

    /** What is to be delivered for the next piece; null for nothing now. */
    @Nullable
    String pass(String piece) {
        String fresh = withoutOwed(piece);
        if (!open || fresh.isEmpty()) {
            return fresh.isEmpty() ? null : fresh;
        }
        held.append(fresh);
        String text = held.toString();
        for (String stop : stops) {
            if (straddles(stop, text, true)) {
                stopped = true;
                held.setLength(0);
                return null;
            }
        }
        open = stops.stream().anyMatch(stop -> straddles(stop, text, false));
        return open ? null : rest();
    }

    /** What is still held back when the answer ends; null for nothing. */
    @Nullable
    String rest() {
        String text = held.toString();
        held.setLength(0);
        open = false;
        return text.isEmpty() ? null : text;
    }

    private String withoutOwed(String piece) {
        int same = 0;
        while (same < owed.length() && same < piece.length() && owed.charAt(same) == piece.charAt(same)) {
            same++;
        }
        // Another text than was there: nothing of it was delivered before.
        owed = same == piece.length() ? owed.substring(same) : "";
        return piece.substring(same);
    }

    /** Whether a stop sequence begins in the tail and ends in the text, or may do so when more comes. */
    private boolean straddles(String stop, String text, boolean whole) {
        String both = tail + text;
        for (int from = 0; from < tail.length(); from++) {
            int there = Math.min(stop.length(), both.length() - from);
            boolean fits = whole ? there == stop.length() && from + there > tail.length() : there < stop.length();
            if (fits && both.regionMatches(from, stop, 0, there)) {
                return true;
            }
        }
        return false;
    }
}
