package dev.avionics.testkit.record;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.record.RecordedExchange.Chunk;
import dev.avionics.testkit.record.RecordedExchange.End;
import dev.avionics.testkit.record.RecordedExchange.Head;
import dev.avionics.testkit.record.RecordedExchange.How;
import dev.avionics.testkit.record.RecordedExchange.Request;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines of a recording's file. */
final class RecordingFormat {
    private static final long VERSION = 1;

    private RecordingFormat() {}

    static List<String> lines(Recording recording) {
        List<String> lines = new ArrayList<>();
        lines.add(JsonValues.write(Map.of("recording", VERSION)));
        for (RecordedExchange exchange : recording.exchanges()) {
            lines.add(JsonValues.write(Map.of("request", request(exchange.request()))));
            Head head = exchange.head();
            if (head != null) {
                Map<String, @Nullable Object> line = at(head.at());
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("status", head.status());
                fields.put("headers", head.headers());
                line.put("head", fields);
                lines.add(JsonValues.write(line));
            }
            for (Chunk chunk : exchange.chunks()) {
                Map<String, @Nullable Object> line = at(chunk.at());
                putBytes(line, chunk.bytes());
                lines.add(JsonValues.write(line));
            }
            lines.add(JsonValues.write(end(exchange.end())));
        }
        return lines;
    }

    private static Map<String, @Nullable Object> request(Request request) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("method", request.method());
        fields.put("path", request.path());
        if (!request.query().isEmpty()) {
            fields.put("query", request.query());
        }
        fields.put("headers", request.headers());
        if (request.body().length == 0) {
            return fields;
        }
        Object json = JsonBody.of(request.body());
        if (json != null && Objects.equals(JsonValues.parse(JsonValues.write(json)), json)) {
            fields.put("json", json);
        } else {
            putBytes(fields, request.body());
        }
        return fields;
    }

    private static Map<String, @Nullable Object> end(End end) {
        Map<String, @Nullable Object> line = at(end.at());
        line.put("end", end.how().name().toLowerCase(Locale.ROOT));
        InferenceException why = end.why();
        if (why != null) {
            line.put("category", why.category().name());
            line.put("code", why.code().orElse(null));
            line.put("sent", why.sent().name());
            line.put("message", String.valueOf(why.getMessage()));
        }
        return line;
    }

    private static Map<String, @Nullable Object> at(Duration at) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("at", at.toNanos() / 1000);
        return line;
    }

    private static void putBytes(Map<String, @Nullable Object> fields, byte[] bytes) {
        try {
            fields.put(
                    "text",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException binary) {
            fields.put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    static Recording read(String where, List<String> lines) {
        Parser parser = new Parser();
        for (int i = 0; i < lines.size(); i++) {
            try {
                if (!lines.get(i).isBlank()) {
                    parser.line(JsonValues.parseObject(lines.get(i)));
                }
            } catch (InferenceException | IllegalArgumentException e) {
                throw new IllegalArgumentException(where + ", line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        try {
            return parser.recording();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** Reads lines in order; whatever is missing or out of place is an IllegalArgumentException. */
    private static final class Parser {
        private final List<RecordedExchange> exchanges = new ArrayList<>();
        private boolean begun;
        private @Nullable Request request;
        private @Nullable Head head;
        private List<Chunk> chunks = new ArrayList<>();

        void line(Map<String, @Nullable Object> line) {
            if (!begun) {
                Object version = line.get("recording");
                require(Objects.equals(version, VERSION), "recording: " + version + " (expected: " + VERSION + ")");
                begun = true;
            } else if (line.containsKey("request")) {
                require(request == null, "a request before the end of the last (expected: a line with \"end\")");
                request = request(object(line, "request"));
            } else if (line.containsKey("head")) {
                Map<String, @Nullable Object> fields = object(line, "head");
                require(request != null && head == null, "a head without a request");
                head = new Head(at(line), (int) number(fields, "status"), headers(fields));
            } else if (line.containsKey("end")) {
                require(request != null, "an end without a request");
                exchanges.add(new RecordedExchange(Objects.requireNonNull(request), head, chunks, end(line)));
                request = null;
                head = null;
                chunks = new ArrayList<>();
            } else {
                require(head != null, "a chunk before a head");
                chunks.add(new Chunk(at(line), bytes(line)));
            }
        }

        Recording recording() {
            require(begun, "empty (expected: a recording)");
            require(request == null, "the last exchange has no end");
            return new Recording(exchanges);
        }

        private static Request request(Map<String, @Nullable Object> fields) {
            byte[] body = {};
            if (fields.containsKey("json")) {
                body = JsonValues.write(fields.get("json")).getBytes(StandardCharsets.UTF_8);
            } else if (fields.containsKey("text") || fields.containsKey("base64")) {
                body = bytes(fields);
            }
            String query = fields.containsKey("query") ? text(fields, "query") : "";
            return new Request(text(fields, "method"), text(fields, "path"), query, headers(fields), body);
        }

        private static End end(Map<String, @Nullable Object> line) {
            How how = How.valueOf(text(line, "end").toUpperCase(Locale.ROOT));
            if (how != How.FAILED) {
                return new End(at(line), how, null);
            }
            InferenceException why = InferenceException.builder(
                            ErrorCategory.valueOf(text(line, "category")), text(line, "message"))
                    .code(line.get("code") instanceof String code ? code : null)
                    .sent(Sent.valueOf(text(line, "sent")))
                    .build();
            return new End(at(line), how, why);
        }

        private static byte[] bytes(Map<String, @Nullable Object> fields) {
            return fields.containsKey("base64")
                    ? Base64.getDecoder().decode(text(fields, "base64"))
                    : text(fields, "text").getBytes(StandardCharsets.UTF_8);
        }

        private static Duration at(Map<String, @Nullable Object> line) {
            return Duration.ofNanos(number(line, "at") * 1000);
        }

        private static Map<String, String> headers(Map<String, @Nullable Object> fields) {
            Map<String, String> headers = new LinkedHashMap<>();
            object(fields, "headers").forEach((name, value) -> headers.put(name, String.valueOf(value)));
            return headers;
        }

        private static String text(Map<String, @Nullable Object> fields, String name) {
            require(fields.get(name) instanceof String, name + ": " + fields.get(name) + " (expected: a text)");
            return String.valueOf(fields.get(name));
        }

        private static long number(Map<String, @Nullable Object> fields, String name) {
            if (fields.get(name) instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException(name + ": " + fields.get(name) + " (expected: a whole number)");
        }

        @SuppressWarnings("unchecked")
        private static Map<String, @Nullable Object> object(Map<String, @Nullable Object> fields, String name) {
            if (fields.get(name) instanceof Map<?, ?> map) {
                return (Map<String, @Nullable Object>) map;
            }
            throw new IllegalArgumentException(name + ": " + fields.get(name) + " (expected: an object)");
        }

        private static void require(boolean condition, String otherwise) {
            if (!condition) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
