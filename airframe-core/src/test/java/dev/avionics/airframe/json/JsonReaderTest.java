package dev.avionics.airframe.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.error.InferenceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void fields_unreadOnes_areSkipped() {
        JsonReader json = JsonReader.of(
                "{\"a\":{\"x\":[1,{\"y\":2}]},\"b\":[1,[2,3]],\"c\":\"\\u00e4\\n\",\"d\":1.5,\"e\":true,\"f\":null,\"g\":7}");
        List<String> seen = new ArrayList<>();

        assertThat(json.enterObject()).isTrue();
        while (json.nextField()) {
            seen.add(json.field());
            if (json.field().equals("g")) {
                assertThat(json.longOrNull()).isEqualTo(7);
            }
        }
        json.finish();

        assertThat(seen).containsExactly("a", "b", "c", "d", "e", "f", "g");
    }

    @Test
    void nested_readInside_goesOnBehind() {
        JsonReader json =
                JsonReader.of("{\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":null},5],\"usage\":{\"n\":3}}");
        StringBuilder log = new StringBuilder();

        json.enterObject();
        while (json.nextField()) {
            switch (json.field()) {
                case "choices" -> {
                    assertThat(json.enterArray()).isTrue();
                    while (json.nextElement()) {
                        log.append('[');
                        if (json.enterObject()) {
                            while (json.nextField()) {
                                log.append(json.field());
                                if (json.enterObject()) {
                                    while (json.nextField()) {
                                        log.append('=').append(json.stringOrNull());
                                    }
                                }
                            }
                        }
                    }
                }
                case "usage" -> log.append(' ').append(json.tree());
                default -> throw new AssertionError(json.field());
            }
        }

        assertThat(log).hasToString("[delta=a[delta[ {n=3}");
    }

    @Test
    void typedReads_ofOtherTypes_giveNull() {
        String text = "[\"s\",12,1.5,true,null,{\"a\":1},[1],9223372036854775808,1e300,-3.9]";

        assertThat(each(text, JsonReader::stringOrNull))
                .containsExactly("s", "12", "1.5", "true", null, null, null, "9223372036854775808", "1e300", "-3.9");
        assertThat(each(text, JsonReader::longOrNull))
                .containsExactly(null, 12L, 1L, null, null, null, null, null, null, -3L);
        assertThat(each(text, JsonReader::doubleOrNull))
                .containsExactly(null, 12.0, 1.5, null, null, null, null, 9.223372036854775808e18, 1e300, -3.9);
        assertThat(each(text, JsonReader::booleanOrNull))
                .containsExactly(null, null, null, true, null, null, null, null, null, null);
        assertThat(each(text, JsonReader::stringOrEmpty)).startsWith("s", "12").contains("", "true");
        assertThat(each(text, JsonReader::type))
                .containsExactly(
                        JsonReader.Type.STRING,
                        JsonReader.Type.NUMBER,
                        JsonReader.Type.NUMBER,
                        JsonReader.Type.BOOLEAN,
                        JsonReader.Type.NULL,
                        JsonReader.Type.OBJECT,
                        JsonReader.Type.ARRAY,
                        JsonReader.Type.NUMBER,
                        JsonReader.Type.NUMBER,
                        JsonReader.Type.NUMBER);
        assertThat(each(text, JsonReader::isNull).indexOf(true)).isEqualTo(4);
    }

    private interface Read<T> {
        T of(JsonReader json);
    }

    private static <T> List<T> each(String array, Read<T> read) {
        JsonReader json = JsonReader.of(array);
        List<T> values = new ArrayList<>();
        json.enterArray();
        while (json.nextElement()) {
            values.add(read.of(json));
        }
        json.finish();
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"a\"",
                "\"\\u00e4\\\"\\\\\\/\"",
                "\"ä€😀\"",
                "0",
                "-0",
                "12",
                "-1.50",
                "1.0E+2",
                "1e-7",
                "123456789012345678901234567890",
                "true",
                "false",
                "null",
                "{}",
                "[]",
                "{ }",
                "[ 1 , 2 ]",
                "{ \"b\" : 1,\"a\":[ {\"x\":\"]}\"} , null ] }",
                "{\"ä\":\"€\",\"ä\":2}",
            })
    void raw_anyValueAnywhere_isByteExact(String value) {
        for (String space : new String[] {"", " ", "\n\t "}) {
            for (String template :
                    new String[] {"{\"p\":@}", "{\"p\": @ ,\"q\":1}", "[@]", "[1,@,2]", "[[{}],@ ]", "@"}) {
                if (template.equals("@") && (value.startsWith("{") || value.startsWith("["))) {
                    continue;
                }
                String text = space + template.replace("@", space + value + space);
                assertThat(raws(text)).as(text).contains(value);
                // In the middle of a larger array.
                byte[] bytes = ("xxx" + text + "yyy").getBytes(StandardCharsets.UTF_8);
                assertThat(raws(JsonReader.of(bytes, 3, bytes.length - 6)))
                        .as(text)
                        .contains(value);
                assertThat(raws("\uFEFF" + text)).as(text).contains(value);
            }
        }
    }

    private static List<String> raws(String text) {
        return raws(JsonReader.of(text));
    }

    private static List<String> raws(JsonReader json) {
        List<String> raws = new ArrayList<>();
        switch (json.type()) {
            case OBJECT -> {
                json.enterObject();
                while (json.nextField()) {
                    raws.add(json.raw());
                }
            }
            case ARRAY -> {
                json.enterArray();
                while (json.nextElement()) {
                    raws.add(json.raw());
                }
            }
            default -> raws.add(json.raw());
        }
        json.finish();
        return raws;
    }

    @Test
    void raw_wholeRoot_isByteExact() {
        String value = "{ \"b\" : 1.50,\"a\":[ {\"x\":\"]}\"} , null ] }";

        assertThat(JsonReader.of("  " + value + " ").raw()).isEqualTo(value);
    }

    @Test
    void raw_typeAskedBefore_isStillWhole() {
        JsonReader json = JsonReader.of("{\"a\":\"x\\ny\",\"b\":{\"c\":1}}");

        json.enterObject();
        json.nextField();
        assertThat(json.type()).isEqualTo(JsonReader.Type.STRING);
        assertThat(json.raw()).isEqualTo("\"x\\ny\"");
        json.nextField();
        assertThat(json.isNull()).isFalse();
        assertThat(json.raw()).isEqualTo("{\"c\":1}");
        assertThat(json.nextField()).isFalse();
    }

    @Test
    void tree_allTypes_keepOrderAndSize() {
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("z", 1L);
        wanted.put("a", Arrays.asList(1.5, true, null, "s", List.of(), Map.of()));
        wanted.put("big", new BigInteger("123456789012345678901234567890"));
        wanted.put("huge", new BigDecimal("1e400"));

        Object read = JsonValues.parse(
                "{\"z\":1,\"a\":[1.5,true,null,\"s\",[],{}],\"big\":123456789012345678901234567890,\"huge\":1e400}");

        assertThat(read).isEqualTo(wanted);
        assertThat(((Map<?, ?>) read).keySet().toString()).isEqualTo("[z, a, big, huge]");
        assertThat(JsonValues.parse(JsonValues.write(read))).isEqualTo(wanted);
    }

    @Test
    void floats_ofAnyLength_areRead() {
        StringBuilder text = new StringBuilder("{\"v\":[");
        float[] wanted = new float[3000];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = (float) (random.nextDouble() * 2 - 1);
            text.append(i == 0 ? "" : ",").append(wanted[i]);
        }
        JsonReader json = JsonReader.of(text + "],\"w\":[1,null,[2],\"x\",-3e-2],\"x\":7}");

        json.enterObject();
        json.nextField();
        assertThat(json.floatsOrNull()).isEqualTo(wanted);
        json.nextField();
        assertThat(json.floatsOrNull()).containsExactly(1f, 0f, 0f, 0f, -0.03f);
        json.nextField();
        assertThat(json.floatsOrNull()).isNull();
        assertThat(json.nextField()).isFalse();
        json.finish();
        assertThat(JsonReader.of("[1,2]").floatsOrNull()).containsExactly(1f, 2f);
    }

    @Test
    void finish_somethingBehind_isAnError() {
        for (String text :
                new String[] {"{} {}", "{\"a\":1}x", "[1]]", "1 2", "\"a\" b", "{\"a\":[1}", "[1,", "{\"a\""}) {
            assertThatThrownBy(() -> {
                        JsonReader json = JsonReader.of(text);
                        json.skip();
                        json.finish();
                    })
                    .as(text)
                    .isInstanceOf(InferenceException.class);
            assertThatThrownBy(() -> {
                        JsonReader json = JsonReader.of(text);
                        if (json.type() == JsonReader.Type.OBJECT) {
                            json.enterObject();
                            json.nextField();
                        } else if (json.enterArray()) {
                            json.nextElement();
                        }
                        json.finish();
                    })
                    .as(text)
                    .isInstanceOf(InferenceException.class);
        }
    }

    @Test
    void finish_inTheMiddle_readsOn() {
        JsonReader json = JsonReader.of("{\"a\":[1,{\"b\":2}],\"c\":[[]]} ");
        json.enterObject();
        json.nextField();
        json.enterArray();
        json.nextElement();

        json.finish();

        assertThat(json.nextElement()).as("closed").isTrue();
    }

    @Test
    void read_twice_isAMistakeOfTheCaller() {
        JsonReader json = JsonReader.of("[1]");
        json.enterArray();
        json.nextElement();
        json.longOrNull();

        assertThatThrownBy(json::longOrNull).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void bytesThatAreNoUtf8_inAnyPlace_neverBreakTheReader() {
        byte[] text = "{\"a\":\"bcd\",\"e\":[1,true]}".getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < text.length; at++) {
            for (int b = -128; b < 128; b++) {
                byte[] broken = text.clone();
                broken[at] = (byte) b;
                try {
                    JsonReader json = JsonReader.of(broken);
                    json.tree();
                    json.finish();
                } catch (InferenceException refused) {
                    assertThat(refused).hasMessageNotContaining("\n");
                }
            }
        }
    }

    @Test
    void emptyText_isRefused() {
        assertThatThrownBy(() -> JsonReader.of(" ")).isInstanceOf(InferenceException.class);
    }
}
