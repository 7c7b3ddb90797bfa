package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.llm.settings.AvionicsSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FirstAnswerTest {
    @Test
    void answer_mock_printsWhatItIsTold() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AvionicsSettings settings =
                AvionicsSettings.builder().set("llm.provider", "mock").build();

        FirstAnswer.answer(settings, "Why is the sky blue?", new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("Why is the sky blue?");
    }

    @Test
    void readme_quotes_theProgramAsItIs() throws IOException {
        String program = Files.readString(Path.of("src/main/java/dev/avionics/examples/FirstAnswer.java"));
        String quoted = program.substring(program.indexOf("// begin\n") + 9, program.indexOf("\n        // end"))
                .stripIndent();

        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + quoted + "\n```");
    }
}
