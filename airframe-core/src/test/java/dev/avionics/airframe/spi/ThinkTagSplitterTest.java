package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThinkTagSplitterTest {
    private static String split(boolean opened, List<String> pieces) {
        Notes notes = new Notes();
        EventSink sink = Notes.sink(notes);
        sink.splitThinkTags(opened);
        pieces.forEach(sink::text);
        sink.finish(FinishReason.STOP, "stop");
        sink.complete(false);
        notes.completed();
        return notes.spoken();
    }

    @Test
    void tags_splitOverPieces_areKnown() {
        assertThat(split(false, List.of("<thi", "nk>a</th", "ink>b"))).isEqualTo("<t>a<T>b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<think>a</think>b            | <t>a<T>b",
                "' \n<think>\n a </think>\n\nb ' | '<t>a <T>b '",
                "<think></think>b             | <T>b",
                "'<think> \n </think>\n\nb'   | <T>b",
                "<think>a                     | <t>a",
                "<think>a</thi                | <t>a</thi",
                "<think>a</b></think>c<think>d</think> | <t>a</b><T>c<think>d</think>",
                "hello <think>a</think>       | <T>hello <think>a</think>",
                "<thin                        | <T><thin",
                "<thinking>a                  | <T><thinking>a",
                "' \n x'                      | '<T> \n x'",
                "<think>a</think>             | <t>a",
                "<think>1 < 2</think>3        | <t>1 < 2<T>3",
                "plain                        | <T>plain",
            })
    void text_cutAnywhere_givesTheSame(String text, String wanted) {
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                List<String> pieces =
                        List.of(text.substring(0, first), text.substring(first, second), text.substring(second));
                assertThat(split(false, pieces)).as("%s", pieces).isEqualTo(wanted);
            }
        }
        assertThat(split(
                        false,
                        text.chars().mapToObj(c -> String.valueOf((char) c)).toList()))
                .isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a</think>b                  | <t>a<T>b",
                "'\n<think>\na</think>b'     | <t>a<T>b",
                "'\n\na\n</think>\n\nb'      | '<t>a\n<T>b'",
                "a                           | <t>a",
                "</think>b                   | <T>b",
                "<th                         | <t><th",
            })
    void openedText_cutAnywhere_beginsAsThinking(String text, String wanted) {
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(split(true, List.of(text.substring(0, cut), text.substring(cut))))
                    .as("cut at %s", cut)
                    .isEqualTo(wanted);
        }
    }
}
