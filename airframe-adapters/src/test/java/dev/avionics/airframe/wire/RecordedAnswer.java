package dev.avionics.airframe.wire;

import dev.avionics.airframe.json.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * A recorded answer of a backend, from the folder that the system property {@code avionics.wire} names. A clone without
 * the folder has no such tests; with {@code CI=true} in the environment its absence is a failure.
 *
 * @param path the body's path in the folder
 * @param provider who answered
 * @param api the protocol, as the folder names it
 * @param kind stream, response, error, embedding or other
 * @param framing how the body is cut: sse, sse-loose, chunks, ndjson, json, aws-eventstream
 * @param status the HTTP status
 * @param body the body as it was on the wire; an envelope that the source stripped is put back
 * @param expected what a right client makes of it
 */
public record RecordedAnswer(
        String path,
        String provider,
        String api,
        String kind,
        String framing,
        int status,
        byte[] body,
        Map<String, @Nullable Object> expected) {
    private static final Pattern TYPE = Pattern.compile("\"type\":\\s*\"([a-z_.]+)\"");

    /** Whether the data says that nothing should depend on it. */
    public boolean isAmbiguous() {
        return Boolean.TRUE.equals(expected.get("ambiguous"));
    }

    /** Whether it was sent piece by piece. */
    public boolean isStream() {
        return kind.equals("stream");
    }

    /** The content type that fits the framing. */
    public String contentType() {
        return switch (framing) {
            case "ndjson" -> "application/x-ndjson";
            case "json" -> "application/json";
            case "aws-eventstream" -> "application/vnd.amazon.eventstream";
            default -> "text/event-stream; charset=utf-8";
        };
    }

    /** The expected value of a field as text, empty for none. */
    public String text(String field) {
        Object value = expected.get(field);
        return value == null ? "" : value.toString();
    }

    /** An expected object; empty for none. */
    @SuppressWarnings("unchecked")
    public Map<String, @Nullable Object> object(String field) {
        return expected.get(field) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /**
     * One test for each answer that is chosen and not ambiguous, and one that holds the number of ambiguous ones. Prints
     * how many there are of each provider. None where there is no folder.
     */
    public static List<DynamicTest> tests(
            String what, Predicate<RecordedAnswer> chosen, int ambiguous, Consumer<RecordedAnswer> check) {
        return tests(what, all().stream().filter(chosen).toList(), ambiguous, check);
    }

    private static List<DynamicTest> tests(
            String what, List<RecordedAnswer> answers, int ambiguous, Consumer<RecordedAnswer> check) {
        if (!isThere()) {
            System.out.println(what + ": 0 tests, for want of the folder of recorded answers (-Davionics.wire=...)");
            return List.of();
        }
        Map<String, Integer> counts = new TreeMap<>();
        List<DynamicTest> tests = new ArrayList<>();
        int left = 0;
        for (RecordedAnswer answer : answers) {
            if (answer.isAmbiguous()) {
                left++;
            } else {
                counts.merge(answer.provider() + " " + answer.kind(), 1, Integer::sum);
                tests.add(DynamicTest.dynamicTest(answer.path(), () -> check.accept(answer)));
            }
        }
        System.out.println(what + ": " + tests.size() + " recorded answers " + counts + ", ambiguous " + left);
        int counted = left;
        tests.add(DynamicTest.dynamicTest(what + ": some are left, and only the ambiguous are out", () -> {
            if (counts.isEmpty() || counted != ambiguous) {
                throw new AssertionError(counts + ", ambiguous " + counted + " (expected: " + ambiguous + ")");
            }
        }));
        return tests;
    }

    /** As {@link #tests(String, Predicate, int, Consumer)}, for answers that have no expectation: the check has to read the body. */
    public static List<DynamicTest> testsOfBodies(
            String what, Predicate<RecordedAnswer> chosen, Consumer<RecordedAnswer> check) {
        return tests(what, withoutExpectation().stream().filter(chosen).toList(), 0, check);
    }

    /** Every recorded answer that has an expectation; empty where there is no folder. */
    public static List<RecordedAnswer> all() {
        return all(true);
    }

    /** Every recorded answer that has none, such as rankings; empty where there is no folder. */
    private static List<RecordedAnswer> withoutExpectation() {
        return all(false);
    }

    private static List<RecordedAnswer> all(boolean expectation) {
        if (!isThere()) {
            return List.of();
        }
        try {
            List<RecordedAnswer> answers = new ArrayList<>();
            for (String line : Files.readAllLines(root().resolve("MANIFEST.tsv"))) {
                String[] columns = line.split("\t", -1);
                Path file = root().resolve(columns[0]);
                Path expect = expectation(file);
                if (columns[8].matches("[0-9]+") && Files.exists(expect) == expectation) {
                    answers.add(new RecordedAnswer(
                            columns[0],
                            columns[4],
                            columns[5],
                            columns[6],
                            columns[7],
                            Integer.parseInt(columns[8]),
                            wrapped(Files.readAllBytes(file), columns[7], columns[5]),
                            expectation
                                    ? new LinkedHashMap<>(JsonValues.parseObject(Files.readString(expect)))
                                    : new LinkedHashMap<>()));
                }
            }
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path expectation(Path body) {
        String name = body.getFileName().toString();
        String stem = name.endsWith(".body") ? name.substring(0, name.length() - ".body".length()) : name;
        return body.resolveSibling(stem + ".expect.json");
    }

    private static Path root() {
        return Path.of(System.getProperty("avionics.wire", "../../shared/wire"));
    }

    private static boolean isThere() {
        boolean there = Files.isDirectory(root());
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("avionics.wire: " + root() + " is not there, and CI=true needs it");
        }
        return there;
    }

    /** Puts the envelope of server-sent events back where the source has only the payloads, one on a line. */
    private static byte[] wrapped(byte[] body, String framing, String api) {
        if (!framing.equals("chunks") && !framing.equals("sse-loose")) {
            return body;
        }
        boolean named = api.equals("anthropic-messages") || api.equals("openai-responses");
        StringBuilder stream = new StringBuilder();
        for (String line : new String(body, StandardCharsets.UTF_8).split("\r?\n")) {
            String payload = line.startsWith("data:") ? line.substring("data:".length()) : line;
            if (payload.isBlank() || line.startsWith("event:") || line.startsWith(":")) {
                continue;
            }
            Matcher type = TYPE.matcher(payload);
            if (named && type.find()) {
                stream.append("event: ").append(type.group(1)).append('\n');
            }
            stream.append("data: ").append(payload.strip()).append("\n\n");
        }
        return stream.toString().getBytes(StandardCharsets.UTF_8);
    }
}
