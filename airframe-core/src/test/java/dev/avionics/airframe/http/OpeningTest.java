package dev.avionics.airframe.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {
    private final Opening opening = new Opening();

    private List<String> fields(String json) {
        byte[] bytes = ("data: " + json + "\n").getBytes(UTF_8);
        JsonReader reader = opening.read(bytes, 6, bytes.length - 7, "choices");
        List<String> fields = new ArrayList<>();
        reader.enterObject();
        while (reader.nextField()) {
            fields.add(reader.field() + "=" + reader.raw());
        }
        reader.finish();
        return fields;
    }

    @Test
    void repeatedBeginning_isLeftOut() {
        assertThat(fields("{\"id\":\"a\",\"n\":1,\"choices\":[1],\"end\":true}"))
                .containsExactly("id=\"a\"", "n=1", "choices=[1]", "end=true");
        assertThat(fields("{\"id\":\"a\",\"n\":1,\"choices\":[2,3],\"end\":false}"))
                .containsExactly("choices=[2,3]", "end=false");
        assertThat(fields("{\"id\":\"a\",\"n\":1,\"choices\":[]}")).containsExactly("choices=[]");
    }

    @Test
    void otherBeginning_isRead_andTakesThePlaceOfTheFirst() {
        fields("{\"id\":\"a\",\"choices\":[1]}");

        assertThat(fields("{\"id\":\"b\",\"choices\":[2]}")).containsExactly("id=\"b\"", "choices=[2]");
        assertThat(fields("{\"id\":\"b\",\"choices\":[3]}")).containsExactly("choices=[3]");
        assertThat(fields("{\"id\":\"a\",\"choices\":[4]}")).containsExactly("id=\"a\"", "choices=[4]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A nested value may mean something in each frame.
                "{\"usage\":{\"n\":1},\"choices\":[1]}",
                "{\"list\":[],\"choices\":[1]}",
                // The name stands in a text.
                "{\"id\":\"x,\\\"choices\\\":\",\"last\":1}",
                "{\"id\":\",\",\"note\":\"choices\"}",
                // Nothing stands before it, or it is not there.
                "{\"choices\":[1],\"id\":\"a\"}",
                "{\"id\":\"a\"}",
                "{}"
            })
    void otherFrames_areReadWhole(String json) {
        List<String> first = fields(json);

        assertThat(fields(json)).isEqualTo(first);
    }

    @Test
    void textWithEscapes_isPartOfTheBeginning() {
        String start = "{\"id\":\"a\\\"b\\\\\",\"t\":\"{[\",\"choices\":";
        fields(start + "[1]}");

        assertThat(fields(start + "[2]}")).containsExactly("choices=[2]");
    }

    @Test
    void longRest_isRead() {
        fields("{\"id\":\"a\",\"choices\":[1]}");
        String text = "x".repeat(5000);

        assertThat(fields("{\"id\":\"a\",\"choices\":\"" + text + "\"}")).containsExactly("choices=\"" + text + "\"");
    }

    @Test
    void errorsBehindARepeatedBeginning_areFound() {
        fields("{\"id\":\"a\",\"choices\":[1]}");

        for (String bad : List.of("[1", "[1]", "[1],}", "[1]}}", "nope}")) {
            assertThatThrownBy(() -> fields("{\"id\":\"a\",\"choices\":" + bad))
                    .as(bad)
                    .isInstanceOf(InferenceException.class);
        }
    }

    @Test
    void forget_readsTheNextFrameWhole() {
        fields("{\"id\":\"a\",\"choices\":[1]}");

        opening.forget();

        assertThat(fields("{\"id\":\"a\",\"choices\":[1]}")).containsExactly("id=\"a\"", "choices=[1]");
    }
}
