package dev.avionics.airframe.wire;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.error.ErrorCategory;
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
    /**
     * What became of one thing in the request: carried, changed, dropped, or refused; else it was lost, which is a fault.
     *
     * @param what the thing, for people
     * @param plain what became of a request without it
     * @param names how adjustments name it, in small letters
     * @param words what must be in the body, in this order, if it is carried; none if the body then only differs
     */
    String outcome(String what, Sent plain, List<String> names, List<String> words, List<String> faults) {
        InferenceException why = refusal;
        if (why != null) {
            if (why.category() != ErrorCategory.UNSUPPORTED) {
                faults.add(what + ": " + why);
            }
            return "refused";
        }
        boolean there = words.isEmpty() ? !body.equals(plain.body) : holds(words);
        List<Adjustment> told = newer(plain, names);
        if (told.isEmpty()) {
            if (!there) {
                faults.add(what + ": lost silently; sent " + body + ", adjusted " + adjustments);
            }
            return there ? "carried" : "lost";
        }
        return there || told.stream().anyMatch(one -> one.action() == Adjustment.Action.CHANGED)
                ? "changed"
                : "dropped";
    }

    /** The adjustments that the other does not have, of those whose name holds one of the words. */
    private List<Adjustment> newer(Sent other, List<String> names) {
        List<Adjustment> left = new ArrayList<>(adjustments);
        other.adjustments.forEach(left::remove);
        left.removeIf(one -> names.stream().noneMatch(letters(one.what())::contains));
        return left;
    }

    private boolean holds(List<String> words) {
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
