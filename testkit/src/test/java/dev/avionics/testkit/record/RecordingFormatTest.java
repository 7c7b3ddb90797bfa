package dev.avionics.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingFormatTest {
    private static final String REQUEST = "{\"request\":{\"method\":\"GET\",\"path\":\"/\",\"headers\":{}}}";
    private static final String HEAD = "{\"at\":1,\"head\":{\"status\":200,\"headers\":{}}}";

    @Test
    void lines_readAndWritten_areTheSame() {
        List<String> lines = List.of(
                "{\"recording\":1}",
                "{\"request\":{\"method\":\"POST\",\"path\":\"/a\",\"query\":\"b=c\",\"headers\":{\"h\":\"v\"},\"json\":{\"n\":1.5,\"m\":null}}}",
                "{\"at\":5,\"head\":{\"status\":200,\"headers\":{\"content-type\":\"text/plain\"}}}",
                "{\"at\":6,\"text\":\"a\\n\\u2028b\"}",
                "{\"at\":7,\"base64\":\"8J+Q\"}",
                "{\"at\":8,\"end\":\"failed\",\"category\":\"CONNECTION\",\"code\":\"reset\",\"sent\":\"ALL\",\"message\":\"m\"}",
                "{\"request\":{\"method\":\"POST\",\"path\":\"/a\",\"headers\":{},\"text\":\"plain\"}}",
                "{\"at\":9,\"end\":\"cancelled\"}");

        Recording recording = RecordingFormat.read("f", lines);

        assertThat(recording.exchanges()).hasSize(2);
        assertThat(recording.exchanges().get(0).chunks()).hasSize(2);
        assertThat(RecordingFormat.read("f", RecordingFormat.lines(recording)).toString())
                .isEqualTo(recording.toString());
        assertThat(RecordingFormat.lines(recording)).hasSameSizeAs(lines).containsAll(lines.subList(4, 8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"recording\":2} | line 1: recording: 2 (expected: 1)",
                "nonsense | line 1: ",
                "{\"recording\":1};{\"at\":1,\"end\":\"complete\"} | line 2: an end without a request",
                "{\"recording\":1};" + HEAD + " | line 2: a head without a request",
                "{\"recording\":1};" + REQUEST + ";{\"at\":1,\"text\":\"\"} | line 3: a chunk before a head",
                "{\"recording\":1};" + REQUEST + ";" + REQUEST + " | line 3: a request before the end of the last",
                "{\"recording\":1};" + REQUEST + " | the last exchange has no end",
                "{\"recording\":1};" + REQUEST
                        + ";{\"end\":\"complete\"} | line 3: at: null (expected: a whole number)",
                "{\"recording\":1};" + REQUEST + ";{\"at\":1,\"end\":\"never\"} | line 3: ",
                "{\"recording\":1};{\"request\":{\"method\":\"GET\",\"path\":1,\"headers\":{}}} | line 2: path: 1 (expected: a text)",
                "{\"recording\":1};{\"request\":5} | line 2: request: 5 (expected: an object)",
            })
    void file_thatIsNoRecording_isRefusedWithItsLine(String lines, String message) {
        assertThatThrownBy(() -> RecordingFormat.read("some.jsonl", List.of(lines.split(";"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("some.jsonl")
                .hasMessageContaining(message);
    }

    @Test
    void file_thatIsEmpty_isRefused() {
        assertThatThrownBy(() -> RecordingFormat.read("some.jsonl", List.of("")))
                .hasMessage("some.jsonl: empty (expected: a recording)");
    }
}
