package dev.avionics.llm.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who wrote a name wrongly. */
public final class NearestName {
    private NearestName() {}

    /** The right name that is nearest; empty if none is near enough to be meant. */
    public static Optional<String> of(String wrong, Collection<String> right) {
        return sorted(wrong, right).stream()
                .findFirst()
                .filter(name -> distance(plain(wrong), plain(name))
                        <= Math.max(1, plain(name).length() / 3));
    }

    /** The right names, nearest first; those of one distance in their own order. */
    public static List<String> sorted(String wrong, Collection<String> right) {
        return right.stream()
                .sorted(Comparator.comparingInt(name -> distance(plain(wrong), plain(name))))
                .toList();
    }

    /** The end of an error message: {@code ; did you mean x?}, or nothing. */
    public static String hint(String wrong, Collection<String> right) {
        return of(wrong, right).map(name -> "; did you mean " + name + "?").orElse("");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }

    /** Insertions, deletions, replacements and swaps of neighbours that make one of the other. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = Math.min(last[j] + 1, current[j - 1] + 1);
                best = Math.min(best, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, beforeLast[j - 2] + 1);
                }
                current[j] = best;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = current;
            current = free;
        }
        return last[b.length()];
    }
}
