package dev.avionics.testkit.record;

import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.record.RecordedExchange.Chunk;
import dev.avionics.testkit.record.RecordedExchange.End;
import dev.avionics.testkit.record.RecordedExchange.Head;
import dev.avionics.testkit.record.RecordedExchange.Request;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the secrets out of exchanges. Headers and query parameters that hold secrets by their names become {@code ***}, and
 * their values are known from then on; bodies, paths and other headers get a star for each character of a known secret, of
 * a fragment of one, and of what tells itself as a key. So a body keeps its length, its chunks and its structure.
 */
final class Scrubber {
    static final String MASK = "***";

    /** How many neighbouring characters of a secret are one. */
    private static final int FRAGMENT = 10;

    /** The shortest value of a header that is a secret elsewhere too: shorter ones are words. */
    private static final int LEAST_LEARNED = 8;

    private static final Pattern SECRET_HEADER =
            Pattern.compile("authorization|cookie|api-?key|(^|[-_])(key|token|secret"
                    + "|password|credential|signature|organi[sz]ation|org|project|account|tenant|workspace|user-project)"
                    + "([-_]id)?$");
    private static final Pattern SECRET_PARAMETER =
            Pattern.compile("(?i)key|code|sig|.*(api[-_]?key|token|signature|secret|password|credential).*");
    private static final Pattern SECRET_FIELD = Pattern.compile(
            "(?i)\"(?:access_token|refresh_token|id_token|auth_token"
                    + "|api_?key|secret|client_secret|password|organi[sz]ation(?:_id)?|org_id)\"\\s*:\\s*\"([^\"\\\\]{4,})\"");
    private static final Pattern DIGIT = Pattern.compile("[0-9]");

    /** Texts, lower case, that are starred wherever they stand. */
    private final Set<String> whole = new HashSet<>();

    /** Pieces of {@link #FRAGMENT} characters, lower case. */
    private final Set<String> fragments = new HashSet<>();

    /** Stars a secret from now on, in each form in which it may stand. */
    void know(String secret) {
        if (secret.isEmpty()) {
            return;
        }
        know(whole, secret);
        know(whole, secret.replace("/", "\\/"));
        know(whole, URLEncoder.encode(secret, StandardCharsets.UTF_8));
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= FRAGMENT) {
            know(whole, HexFormat.of().formatHex(bytes));
            for (int shift = 0; shift < 3; shift++) {
                // Within a longer text a secret begins at any of three offsets; its edges depend on its neighbours.
                byte[] shifted = new byte[shift + bytes.length];
                System.arraycopy(bytes, 0, shifted, shift, bytes.length);
                String base64 = Base64.getEncoder().withoutPadding().encodeToString(shifted);
                know(whole, base64.substring(shift == 0 ? 0 : 4, base64.length() - 4));
            }
        }
        for (int i = 0; i + FRAGMENT <= secret.length(); i++) {
            String fragment = secret.substring(i, i + FRAGMENT);
            // Keys made of words must not star the words.
            if (DIGIT.matcher(fragment).find()) {
                know(fragments, fragment);
            }
        }
    }

    private static void know(Set<String> into, String text) {
        into.add(text.toLowerCase(Locale.ROOT));
    }

    /** Knows from now on what stands in the places for secrets of a request. */
    void learn(Request request) {
        request.headers().forEach((name, value) -> {
            if (SECRET_HEADER.matcher(name).find()) {
                learn(value);
                // Behind a scheme.
                learn(value.substring(value.lastIndexOf(' ') + 1));
            }
        });
        for (String parameter : request.query().split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && isSecretParameter(parameter)) {
                learn(URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
    }

    private void learn(String value) {
        if (value.length() >= LEAST_LEARNED) {
            know(value);
        }
    }

    RecordedExchange scrubbed(RecordedExchange exchange) {
        Head head = exchange.head();
        return new RecordedExchange(
                scrubbed(exchange.request()),
                head == null ? null : new Head(head.at(), head.status(), headers(head.headers())),
                chunks(exchange.chunks()),
                end(exchange.end()));
    }

    Request scrubbed(Request request) {
        return new Request(
                request.method(),
                text(request.path()),
                query(request.query()),
                headers(request.headers()),
                bytes(request.body()));
    }

    private Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> clean = new LinkedHashMap<>();
        headers.forEach(
                (name, value) -> clean.put(name, SECRET_HEADER.matcher(name).find() ? MASK : text(value)));
        return clean;
    }

    private String query(String query) {
        if (query.isEmpty()) {
            return query;
        }
        List<String> clean = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            clean.add(
                    equals > 0 && isSecretParameter(parameter)
                            ? parameter.substring(0, equals + 1) + MASK
                            : text(parameter));
        }
        return String.join("&", clean);
    }

    private static boolean isSecretParameter(String parameter) {
        return SECRET_PARAMETER
                .matcher(parameter.substring(0, parameter.indexOf('=')))
                .matches();
    }

    /** Over the joined body, as a secret may lie across a cut. */
    private List<Chunk> chunks(List<Chunk> chunks) {
        StringBuilder all = new StringBuilder();
        chunks.forEach(chunk -> all.append(new String(chunk.bytes(), StandardCharsets.ISO_8859_1)));
        String clean = text(all.toString());
        List<Chunk> result = new ArrayList<>();
        int at = 0;
        for (Chunk chunk : chunks) {
            int end = at + chunk.bytes().length;
            result.add(new Chunk(chunk.at(), clean.substring(at, end).getBytes(StandardCharsets.ISO_8859_1)));
            at = end;
        }
        return result;
    }

    private End end(End end) {
        InferenceException why = end.why();
        return why == null
                ? end
                : new End(
                        end.at(),
                        end.how(),
                        InferenceException.builder(why.category(), text(String.valueOf(why.getMessage())))
                                .code(why.code().orElse(null))
                                .sent(why.sent())
                                .build());
    }

    private byte[] bytes(byte[] body) {
        // One character for each byte, so that the length stays.
        return text(new String(body, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The text with stars; as long as it was. */
    String text(String text) {
        StringBuilder clean = new StringBuilder(text);
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.length() == text.length()) {
            for (String secret : whole) {
                for (int at = lower.indexOf(secret); at >= 0; at = lower.indexOf(secret, at + 1)) {
                    star(clean, at, at + secret.length());
                }
            }
            for (int at = 0; !fragments.isEmpty() && at + FRAGMENT <= lower.length(); at++) {
                if (fragments.contains(lower.substring(at, at + FRAGMENT))) {
                    star(clean, at, at + FRAGMENT);
                }
            }
        }
        Matcher field = SECRET_FIELD.matcher(clean.toString());
        while (field.find()) {
            star(clean, field.start(1), field.end(1));
        }
        return Excerpt.starred(clean.toString());
    }

    private static void star(StringBuilder text, int from, int to) {
        for (int i = from; i < to; i++) {
            text.setCharAt(i, '*');
        }
    }
}
