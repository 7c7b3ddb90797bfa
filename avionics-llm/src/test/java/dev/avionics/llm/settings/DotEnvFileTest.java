package dev.avionics.llm.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotEnvFileTest {
    @TempDir
    private Path folder;

    private static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        DotEnvFile.parse(Path.of("x.env"), text).forEach((name, entry) -> values.put(name, entry.value()));
        return values;
    }

    @Test
    void values_inEveryManner_areUnderstood() {
        assertThat(values("""
                # a comment
                PLAIN=value

                export EXPORTED=1
                SPACED = some words \t
                EMPTY=
                COMMENTED=value # the rest
                HASH=sk-a#b
                ONLY_COMMENT= # nothing
                SINGLE='a "b" # c \\n ${D}'
                DOUBLE="a 'b' # c\\n\\"d\\"\\\\" # comment
                EQUALS=a=b==
                REFERENCE=${HOME}/$X
                LINES="one
                two"
                AFTER=still there
                """))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("PLAIN", "value"),
                        Map.entry("EXPORTED", "1"),
                        Map.entry("SPACED", "some words"),
                        Map.entry("EMPTY", ""),
                        Map.entry("COMMENTED", "value"),
                        Map.entry("HASH", "sk-a#b"),
                        Map.entry("ONLY_COMMENT", ""),
                        Map.entry("SINGLE", "a \"b\" # c \\n ${D}"),
                        Map.entry("DOUBLE", "a 'b' # c\n\"d\"\\"),
                        Map.entry("EQUALS", "a=b=="),
                        Map.entry("REFERENCE", "${HOME}/$X"),
                        Map.entry("LINES", "one\ntwo"),
                        Map.entry("AFTER", "still there")));
    }

    @Test
    void lines_ofWindowsWithByteOrderMark_areUnderstood() {
        assertThat(values("\uFEFFA=1\r\nB='2'\r\n")).containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
    }

    @Test
    void name_givenTwice_hasTheLastValueAndItsLine() {
        Map<String, DotEnvFile.Entry> entries = DotEnvFile.parse(Path.of("x.env"), "A=1\nB=\"x\ny\"\nA=3");

        assertThat(entries.get("A")).isEqualTo(new DotEnvFile.Entry("3", 4));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    A=1%sk-secret          | :2: no = in it
                    A=1%%B="sk-secret      | :3: a quote is opened and not closed
                    A="a" sk-secret        | :1: text after the closing quote
                    A="a%b" sk-secret      | :2: text after the closing quote
                    export sk-secret       | :1: no = in it
                    1A=sk-secret           | :1: the name has characters that names do not have
                    =sk-secret             | :1: the name has characters that names do not have
                    """)
    void line_malformed_isToldWithFileAndLineAndWithoutItsText(String text, String expected) {
        assertThatThrownBy(() -> DotEnvFile.parse(Path.of("conf", ".env"), text.replace('%', '\n')))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(Path.of("conf", ".env") + expected)
                .hasMessageContaining("(expected: NAME=value)")
                .hasMessageNotContaining("secret");
    }

    @Test
    void file_thatIsNotUtf8_isRefused() throws IOException {
        Path file = folder.resolve(".env");
        Files.write(file, "A=ä".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> DotEnvFile.read(file)).hasMessage(file + ": not UTF-8 text");
    }
}
