package dev.avionics.testkit.secret;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A secret that must never come out: use it as an API key, then prove that it is nowhere to be read.
 *
 * <p>Found are the secret as it is, any {@value #FRAGMENT} neighbouring characters of it (a key cut short is a leak too),
 * and its Base64 and hexadecimal forms, upper and lower case alike. Failures name the place and show the text with the secret masked.
 */
public final class SecretCanary {
    /** How many neighbouring characters of the secret count as a leak. */
    public static final int FRAGMENT = 10;

    private static final String PREFIX = "sk-canary-";

    private final String secret = PREFIX + UUID.randomUUID().toString().replace("-", "");
    private final Map<String, String> needles = new LinkedHashMap<>();

    private SecretCanary() {
        // The prefix is the same for all canaries and gives nothing away.
        String core = secret.substring(PREFIX.length());
        for (int i = 0; i + FRAGMENT <= core.length(); i++) {
            needles.put(core.substring(i, i + FRAGMENT), "plain");
        }
        byte[] bytes = core.getBytes(StandardCharsets.UTF_8);
        for (int shift = 0; shift < 3; shift++) {
            // A secret inside a longer text, as in Basic credentials, begins at any of three offsets.
            byte[] shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            String whole = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            needles.put(whole.substring(4, whole.length() - 4).toLowerCase(Locale.ROOT), "Base64");
        }
        needles.put(HexFormat.of().formatHex(bytes), "hexadecimal");
    }

    /** Returns a canary with a new secret. */
    public static SecretCanary create() {
        return new SecretCanary();
    }

    /** Returns the secret: {@code sk-canary-} and 32 hexadecimal digits. */
    public String secret() {
        return secret;
    }

    /**
     * Checks each place by what it is: a throwable with its causes, suppressed throwables and stack traces, a log or
     * output capture with all it has seen, bytes as UTF-8, arrays, collections and maps by their elements, anything else
     * by {@code toString}. Null holds no secret.
     *
     * @throws AssertionError when the secret is found
     */
    public void assertAbsentFrom(@Nullable Object... places) {
        for (Object place : places) {
            check(place);
        }
    }

    /**
     * Checks the names of all live threads.
     *
     * @throws AssertionError when the secret is found
     */
    public void assertAbsentFromThreadNames() {
        Thread.getAllStackTraces().keySet().forEach(thread -> check("thread name", thread.getName()));
    }

    /** Says whether the text holds the secret in one of its forms. */
    public boolean isIn(String text) {
        return find(requireNonNull(text, "text")) != null;
    }

    private void check(@Nullable Object place) {
        if (place == null) {
            return;
        }
        if (place instanceof Throwable thrown) {
            checkThrown(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
        } else if (place instanceof LogCapture log) {
            log.records().forEach(record -> check("log record", record));
        } else if (place instanceof OutputCapture output) {
            check("System.out", output.out());
            check("System.err", output.err());
        } else if (place instanceof byte[] bytes) {
            check("bytes", new String(bytes, StandardCharsets.UTF_8));
        } else if (place instanceof char[] chars) {
            check("characters", new String(chars));
        } else if (place instanceof Object[] array) {
            assertAbsentFrom(array);
        } else if (place instanceof Map<?, ?> map) {
            map.forEach((key, value) -> assertAbsentFrom(key, value));
        } else if (place instanceof Iterable<?> elements && !(place instanceof Path)) {
            elements.forEach(this::check);
        } else {
            check(place.getClass().getName(), String.valueOf(place));
        }
    }

    private void checkThrown(Throwable thrown, Set<Throwable> seen) {
        if (!seen.add(thrown)) {
            return;
        }
        String where = thrown.getClass().getName();
        check(where + " message", String.valueOf(thrown.getMessage()));
        check(where + " localized message", String.valueOf(thrown.getLocalizedMessage()));
        check(where + " toString", thrown.toString());
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        check(where + " stack trace", trace.toString());
        List<Throwable> behind = new ArrayList<>(List.of(thrown.getSuppressed()));
        if (thrown.getCause() != null) {
            behind.add(thrown.getCause());
        }
        behind.forEach(next -> checkThrown(next, seen));
    }

    private void check(String where, String text) {
        String needle = find(text);
        if (needle != null) {
            throw new AssertionError(
                    "the secret stands in " + where + " (" + needles.get(needle) + "): " + masked(text));
        }
    }

    private @Nullable String find(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String needle : needles.keySet()) {
            if (lower.contains(needle)) {
                return needle;
            }
        }
        return null;
    }

    private String masked(String text) {
        String shown = text;
        for (String needle = find(shown); needle != null; needle = find(shown)) {
            int at = shown.toLowerCase(Locale.ROOT).indexOf(needle);
            shown = shown.substring(0, at) + "***" + shown.substring(at + needle.length());
        }
        return shown.length() <= 2000 ? shown : shown.substring(0, 2000) + "…";
    }
}
