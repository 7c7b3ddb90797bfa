package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.WireFolder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The shared vectors of server-sent events, cut in every way, in heap and direct buffers. */
class SseVectorsTest {
    private record Event(String event, String data, String id) {}

    private record Read(List<Event> events, String lastEventId, long retryMillis) {}

    @TestFactory
    List<DynamicTest> vectors_cutInEveryWay_giveTheirEvents() {
        return WireFolder.tests(
                "server-sent event vectors",
                wire -> maps(parsed(wire).get("vectors"))
                        .map(vector ->
                                DynamicTest.dynamicTest(String.valueOf(vector.get("name")), () -> check(vector))));
    }

    @TestFactory
    List<DynamicTest> payloads_ofManySizes_comeWhole() {
        return WireFolder.tests(
                "server-sent event payload sizes",
                wire -> ((List<?>) parsed(wire).get("payload_sweep_bytes"))
                        .stream()
                                .map(size ->
                                        DynamicTest.dynamicTest(size + " bytes", () -> checkPayload((Long) size))));
    }

    private static Map<String, @Nullable Object> parsed(WireFolder wire) {
        return JsonValues.parseObject(wire.text("sse-vectors/sse_vectors.json"));
    }

    @SuppressWarnings("unchecked")
    private static Stream<Map<String, @Nullable Object>> maps(@Nullable Object list) {
        return ((List<Map<String, @Nullable Object>>) list).stream();
    }

    private static void check(Map<String, @Nullable Object> vector) {
        byte[] input = Base64.getDecoder().decode(String.valueOf(vector.get("input_b64")));
        Object retry = vector.get("retry_ms");
        Read expected = new Read(
                maps(vector.get("events"))
                        .map(e -> new Event((String) e.get("event"), (String) e.get("data"), (String) e.get("id")))
                        .toList(),
                String.valueOf(vector.get("last_event_id")),
                retry == null ? -1 : (Long) retry);
        for (boolean direct : new boolean[] {false, true}) {
            assertThat(read(List.of(input), direct)).as("whole").isEqualTo(expected);
            assertThat(read(pieces(input, 1), direct)).as("byte by byte").isEqualTo(expected);
            assertThat(read(pieces(input, 2), direct)).as("two by two").isEqualTo(expected);
            for (int cut = 0; cut <= Math.min(input.length, 3000); cut++) {
                assertThat(read(cut(input, cut), direct)).as("cut at %s", cut).isEqualTo(expected);
            }
        }
        if (vector.get("chunks_b64") instanceof List<?> chunks) {
            List<byte[]> given = chunks.stream()
                    .map(chunk -> Base64.getDecoder().decode((String) chunk))
                    .toList();
            assertThat(read(given, false)).as("as given").isEqualTo(expected);
        }
    }

    private static void checkPayload(long size) {
        String payload = "x".repeat((int) size);
        byte[] input = ("data: " + payload + "\n\ndata: next\n\n").getBytes(StandardCharsets.UTF_8);
        List<Event> expected = List.of(new Event("message", payload, ""), new Event("message", "next", ""));
        for (boolean direct : new boolean[] {false, true}) {
            for (int step : new int[] {1, 2, 1000, 4096, 65536, input.length}) {
                if (step > 2 || size <= 65536) {
                    assertThat(read(pieces(input, step), direct).events()).isEqualTo(expected);
                }
            }
        }
    }

    private static List<byte[]> cut(byte[] input, int at) {
        return List.of(Arrays.copyOfRange(input, 0, at), Arrays.copyOfRange(input, at, input.length));
    }

    private static List<byte[]> pieces(byte[] input, int step) {
        return IntStream.iterate(0, at -> at < input.length, at -> at + step)
                .mapToObj(at -> Arrays.copyOfRange(input, at, Math.min(at + step, input.length)))
                .toList();
    }

    private static Read read(List<byte[]> pieces, boolean direct) {
        SseParser parser = new SseParser(2 << 20);
        List<Event> events = new ArrayList<>();
        int most = pieces.stream().mapToInt(piece -> piece.length).max().orElse(0);
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(most) : ByteBuffer.allocate(most);
        for (byte[] piece : pieces) {
            buffer.clear();
            buffer.put(piece).flip();
            while (parser.next(buffer)) {
                events.add(new Event(
                        parser.event().isEmpty() ? "message" : parser.event(),
                        new String(parser.data(), parser.offset(), parser.length(), StandardCharsets.UTF_8),
                        parser.lastEventId()));
            }
            assertThat(buffer.hasRemaining()).isFalse();
            if (!direct) {
                // The parser must not look at a borrowed array later.
                Arrays.fill(buffer.array(), (byte) '#');
            }
        }
        return new Read(events, parser.lastEventId(), parser.retryMillis());
    }
}
