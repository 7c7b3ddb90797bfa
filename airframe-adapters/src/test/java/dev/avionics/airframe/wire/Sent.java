package dev.avionics.airframe.wire;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request.
 *
 * @param body the bodies of all requests on the wire as text
 * @param adjustments what the target was not told as it was asked
 * @param refusal why nothing is sent, or null
 */
record Sent(
        String body, List<Adjustment> adjustments, @Nullable InferenceException refusal) {
    /** The adjustments that the other does not have, of those whose name holds one of the words. */
    List<Adjustment> newer(Sent other, List<String> words) {
        List<Adjustment> left = new ArrayList<>(adjustments);
        other.adjustments.forEach(left::remove);
        left.removeIf(one -> words.stream().noneMatch(letters(one.what())::contains));
        return left;
    }

    /** Whether all words are in the body, in this order. */
    boolean holds(List<String> words) {
        int from = 0;
        for (String word : words) {
            int at = body.indexOf(word, from);
            if (at < 0) {
                return false;
            }
            from = at + word.length();
        }
        return true;
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }
}
