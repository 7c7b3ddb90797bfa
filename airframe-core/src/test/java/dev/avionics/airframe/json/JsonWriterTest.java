package dev.avionics.airframe.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void writer_allKindsOfValues_areWritten() {
        String text = new JsonWriter()
                .beginObject()
                .field("s", "ä\"\\\n/\u0001😀")
                .field("none", (String) null)
                .field("n", 12)
                .field("f", 1.5f)
                .field("d", 0.1)
                .field("big", new BigDecimal("1e400"))
                .field("b", true)
                .field("noNumber", (Number) null)
                .field("noBoolean", (Boolean) null)
                .rawField("raw", "{ \"x\" : 1 }")
                .rawField("noRaw", null)
                .name("list")
                .beginArray()
                .raw("1.0")
                .value(null)
                .endArray()
                .endObject()
                .toString();

        assertThat(text)
                .isEqualTo("{\"s\":\"ä\\\"\\\\\\n/\\u0001😀\",\"n\":12,\"f\":1.5,\"d\":0.1,\"big\":1E+400,\"b\":true,"
                        + "\"raw\":{ \"x\" : 1 },\"list\":[1.0,null]}");
    }

    @Test
    void value_thatJsonDoesNotHave_isRefused() {
        assertThatThrownBy(() -> JsonValues.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonValues.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void string_withHalfASurrogatePair_isWrittenAsEscapeAndComesBack() {
        for (String text : new String[] {"a\ud83d", "\ude00b\ud83d\ude00", "\ud83dx", "\ud83d\ud83d\ude00"}) {
            String written = JsonValues.write(Map.of("k", text));

            assertThat(JsonValues.parse(written)).isEqualTo(Map.of("k", text));
            byte[] bytes = new JsonWriter().value(text).toBytes();
            assertThat(JsonReader.of(bytes).stringOrNull()).isEqualTo(text);
        }
    }

    @Test
    void writtenAndRead_randomValues_areTheSame() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 500; i++) {
            Object value = value(random, 0);
            assertThat(JsonValues.parse(JsonValues.write(value))).isEqualTo(value);
        }
    }

    private static Object value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth > 3 ? 5 : 7)) {
            case 0 -> random.nextLong() >> random.nextInt(64);
            case 1 -> random.nextDouble() * Math.pow(10, random.nextInt(-30, 30));
            case 2 -> random.nextBoolean();
            case 3 -> text(random);
            case 4 -> null;
            case 5 -> {
                List<Object> list = new ArrayList<>();
                for (int n = random.nextInt(5); n > 0; n--) {
                    list.add(value(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int n = random.nextInt(5); n > 0; n--) {
                    map.put(text(random), value(random, depth + 1));
                }
                yield map;
            }
        };
    }

    private static String text(SplittableRandom random) {
        int[] points = new int[random.nextInt(12)];
        Arrays.setAll(points, i -> {
            int point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x100);
            return point >= 0xd800 && point < 0xe000 ? 'x' : point;
        });
        return new String(points, 0, points.length);
    }
}
