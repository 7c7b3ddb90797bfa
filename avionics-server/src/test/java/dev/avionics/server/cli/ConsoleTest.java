package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console(String... terminals) {
        return new Console(InputStream.nullInputStream(), out, err, List.of(terminals));
    }

    @Test
    void answer_pieces_areThereAtOnceAndInUtf8() {
        Console console = console();

        console.answer("Grüße");

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("Grüße");
    }

    @Test
    void answer_characterCutInTwo_isPutTogether() {
        Console console = console();
        String smile = "\uD83D\uDE00";

        console.answer(smile.substring(0, 1));
        console.answer(smile.substring(1));

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(smile);
    }

    @Test
    void answer_nobodyReads_isTold() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Console console = new Console(InputStream.nullInputStream(), broken, err, List.of());

        assertThatThrownBy(() -> console.answer("x")).isInstanceOf(BrokenOutputException.class);
    }

    @Test
    void status_withoutTerminal_printsNothing() {
        Console console = console();

        console.status("50 %");

        assertThat(err.size()).isZero();
    }

    @Test
    void status_onTerminal_isTakenAwayBeforeTheNextLine() {
        Console console = console("err");

        console.status("50 %");
        console.note("done");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[K50 %\r\u001b[Kavionics: done\n");
    }

    @Test
    void fetchBar_withoutTerminal_printsALineForEachTenth() {
        FetchBar bar = new FetchBar(console());

        for (int i = 0; i <= 100; i++) {
            bar.update(i * 1_000_000L, 100_000_000L, "there");
        }

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .hasSize(12)
                .startsWith("avionics: from there", "avionics: 0 % (0 of 100 MB)", "avionics: 10 % (10 of 100 MB)")
                .endsWith("avionics: 100 % (100 of 100 MB)");
    }
}
