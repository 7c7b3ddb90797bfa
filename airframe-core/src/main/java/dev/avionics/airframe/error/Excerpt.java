package dev.avionics.airframe.error;

import dev.avionics.airframe.Secret;
import java.util.regex.Pattern;

/**
 * The start of a foreign text, fit for messages and logs: on one line, cut, and with whatever looks like a key replaced by
 * {@code ***}.
 */
public final class Excerpt {
    /** The default length in characters. */
    public static final int LENGTH = 500;

    private static final String MASK = "***";
    // Text behind the cut that is looked at all the same, so that a key at the cut is known as one.
    private static final int BEYOND = 400;

    // A word begins here, also right behind the escaped line end of a JSON text.
    private static final String START = "(?:(?<![A-Za-z0-9])|(?<=\\\\[bfnrt]))";

    /** Keys that tell themselves by how they begin, as vendors make them. */
    private static final Pattern KEYS = Pattern.compile(START + "(?:"
            + "(?:sk|pk|rk|gsk|hf|fw|r8|tgp|ghp|gho|api|csk|xai|nvapi|pplx|jina|voyage|pa|dop|lm|org)"
            + "(?:-[A-Za-z0-9*]+|_[A-Za-z0-9*]+)*[-_](?=[A-Za-z0-9*_-]*[0-9*])[A-Za-z0-9*_-]{8,}"
            + "|(?:sk|gsk|nvapi|xai|pplx)[-_][A-Za-z0-9*._-]{4,}"
            + "|AIza[A-Za-z0-9*_-]{6,}"
            + "|AQ\\.(?=[A-Za-z0-9*_-]*[0-9*])[A-Za-z0-9*_-]{12,}"
            + "|AKIA[A-Z0-9]{8,}"
            + "|ya29\\.[A-Za-z0-9._-]{6,}"
            + "|eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+){1,2}"
            + ")");

    private static final Pattern SCHEMES = Pattern.compile(
            "(?i)" + START + "(bearer|basic)(\\s+)(?=[A-Za-z0-9+/=._~*-]*[0-9*._=])[A-Za-z0-9+/=._~*-]{6,}");

    /** Values that tell themselves by their name, or by the sentence that they stand in. */
    private static final Pattern NAMED = Pattern.compile(
            "(?i)((?:api[-_ ]?key|apikey|access[-_ ]?token|auth[-_ ]?token|secret|password|passwd|authorization|[?&](?:key"
                    + "|code|sig|token))(?:\\s+(?:provided|given|was|is))?[\"'\\\\]*\\s*[:=]\\s*[\"'\\\\]*)"
                    + "(?!bearer\\b|basic\\b)([^\\s\"'\\\\,;&}<>]{4,})");

    private Excerpt() {}

    /** The first {@link #LENGTH} characters of a text. */
    public static String of(String text) {
        return of(text, LENGTH);
    }

    /**
     * The start of a text.
     *
     * @param text any text
     * @param most how many characters to keep
     * @param known secrets that are masked wherever they stand
     */
    public static String of(String text, int most, Secret... known) {
        String start = text.length() <= most + BEYOND ? text : text.substring(0, most + BEYOND);
        String masked = masked(start, known);
        StringBuilder line = new StringBuilder(Math.min(masked.length(), most));
        for (int i = 0; i < masked.length() && line.length() < most; i++) {
            char c = masked.charAt(i);
            line.append(c < ' ' || c == 0x7f || c == 0x2028 || c == 0x2029 ? ' ' : c);
        }
        int end = line.length();
        if (end > 0 && Character.isHighSurrogate(line.charAt(end - 1))) {
            line.setLength(end - 1);
        }
        return line.toString();
    }

    /** The whole text with whatever looks like a key, and all known secrets, replaced. */
    public static String masked(String text, Secret... known) {
        String result = text;
        for (Secret secret : known) {
            String value = secret.reveal();
            result = result.replace(value, MASK);
            if (value.indexOf('/') >= 0) {
                result = result.replace(value.replace("/", "\\/"), MASK);
            }
        }
        result = KEYS.matcher(result).replaceAll(MASK);
        result = SCHEMES.matcher(result).replaceAll("$1$2" + MASK);
        return NAMED.matcher(result).replaceAll("$1" + MASK);
    }

    /**
     * The whole text with a star for each character of what tells itself as a key. Keeps the length of the text and whatever
     * structure it has: a JSON text stays one.
     */
    public static String starred(String text) {
        return stars(SCHEMES, 2, stars(KEYS, 0, text));
    }

    private static String stars(Pattern pattern, int lastKept, String text) {
        return pattern.matcher(text).replaceAll(match -> {
            int kept = lastKept == 0 ? 0 : match.end(lastKept) - match.start();
            return match.group().substring(0, kept) + "*".repeat(match.end() - match.start() - kept);
        });
    }
}
