package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void next_allKindsOfEnds_givesTheLinesThatAreNotBlank() throws IOException {
        List<Lines.Line> lines = all("\uFEFF{1}\r\n\n  \n{2}\n{3}".getBytes(StandardCharsets.UTF_8));

        assertThat(lines).extracting(Lines.Line::text).containsExactly("{1}\r", "{2}", "{3}");
        assertThat(lines).extracting(Lines.Line::number).containsExactly(1L, 4L, 5L);
        assertThat(lines).extracting(Lines.Line::endOffset).containsExactly(8L, 16L, 19L);
    }

    @Test
    void next_lineThatIsNotUtf8_isALineWithAProblem() throws IOException {
        List<Lines.Line> lines = all(new byte[] {'a', '\n', (byte) 0xff, '\n', 'b', '\n'});

        assertThat(lines).extracting(Lines.Line::text).containsExactly("a", null, "b");
        assertThat(lines.get(1).problem()).isEqualTo("the line is not UTF-8");
    }

    @Test
    void next_nothing_givesNoLine() throws IOException {
        assertThat(all(new byte[0])).isEmpty();
    }

    private static List<Lines.Line> all(byte[] bytes) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(bytes));
        List<Lines.Line> all = new ArrayList<>();
        for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
            all.add(line);
        }
        return all;
    }
}
