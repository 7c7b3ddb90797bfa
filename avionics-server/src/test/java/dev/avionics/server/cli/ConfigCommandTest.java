package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.settings.ConfigSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
    private static final Path SCHEMA = Path.of("../docs/avionics.schema.json");

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("avionics.yaml"), """
                providers:
                  fast: {type: mock, model: quick}
                agents:
                  planner: {provider: fast, temperature: 0.1}
                """);
        Files.writeString(folder.resolve(".env"), "MISTRAL_MODEL=small\n");
    }

    private CliProcess.Ended run(String... arguments) {
        return CliProcess.run(
                folder,
                Map.of("OPENAI_API_KEY", "sk-secret-0123456789", "LLM_PROVIDER", "fast", "PLANNER_MODEL", "big"),
                "",
                arguments);
    }

    @Test
    @Tag("row-102")
    void config_printsWhatIsInForce_andWhereItComesFrom_withoutSecrets() {
        CliProcess.Ended ended = run("config");

        assertThat(ended.code()).isEqualTo(0);
        assertThat(ended.out())
                .containsPattern("llm.provider +fast +LLM_PROVIDER \\(environment\\)")
                .containsPattern("openai.api-key +\\*\\*\\* +OPENAI_API_KEY \\(environment\\)")
                .containsPattern("mistral.model +small +MISTRAL_MODEL \\(.env:1\\)")
                .containsPattern("cohere.model +command-r-plus +default")
                .containsPattern("providers.fast +mock at .*, model quick +avionics.yaml")
                .containsPattern("agents.planner.model +big +PLANNER_MODEL \\(environment\\)")
                .containsPattern("agents.planner.temperature +0.1 +agents.planner.temperature \\(avionics.yaml\\)")
                .doesNotContain("sk-secret");
    }

    @Test
    void config_json_isOneArray() {
        CliProcess.Ended ended = run("config", "--json", "--all");

        List<?> settings = (List<?>) JsonValues.parse(ended.out());
        assertThat(settings)
                .anySatisfy(setting -> assertThat(setting)
                        .isEqualTo(Map.of(
                                "setting",
                                "llm.provider",
                                "value",
                                "fast",
                                "from",
                                "LLM_PROVIDER (environment)",
                                "variables",
                                List.of("LLM_PROVIDER"))));
        assertThat(ended.out()).doesNotContain("sk-secret");
    }

    @Test
    void provider_ofTheFile_answers() {
        CliProcess.Ended ended = run("chat", "--provider", "fast", "Hello there");

        assertThat(ended.out()).isEqualTo("Hello there\n");
        assertThat(ended.err()).contains("using mock in this process (asked for), model quick");
        assertThat(run("chat", "Hello").err()).contains("using mock in this process (by LLM_PROVIDER (environment))");
    }

    @Test
    void file_wrong_exits2WithItsLine() throws IOException {
        Files.writeString(folder.resolve("avionics.yaml"), "olama: {model: m}\n");

        CliProcess.Ended ended = run("config");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("olama: no such setting; did you mean ollama?; from avionics.yaml:1");
    }

    @Test
    void gatewaySection_isShownAndChecked() throws IOException {
        Path file = folder.resolve("avionics.yaml");
        String before = Files.readString(file);
        Files.writeString(file, before + "gateway: {max-attempts: 2, fallback: {targets: [fast, ollama]}}\n");

        assertThat(run("config").out())
                .containsPattern("gateway.fallback.targets +fast, ollama +avionics.yaml\n")
                .containsPattern("gateway.max-attempts +2 +avionics.yaml\n")
                .doesNotContain("gateway.breaker");
        assertThat(run("config", "--all").out()).containsPattern("gateway.breaker +true +default\n");

        Files.writeString(file, before + "gateway: {max-attempts: 2, fallback: {target: fast}}\n");
        CliProcess.Ended wrong = run("config");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("gateway.fallback.target: no such setting; did you mean targets?");
    }

    /** With {@code -Davionics.docs.update=true} it is written anew. */
    @Test
    void schema_isTheCommittedOne() throws IOException {
        String schema = ConfigSchema.json(ConfigCommand.sections());
        if (Boolean.getBoolean("avionics.docs.update")) {
            Files.writeString(SCHEMA, schema);
        }
        assertThat(Files.readString(SCHEMA)).isEqualTo(schema);
        Map<String, Object> parsed = JsonValues.parseObject(schema);
        assertThat(((Map<?, ?>) parsed.get("properties")).keySet())
                .map(Object::toString)
                .contains("llm", "ollama", "providers", "agents");
        assertThat(run("config", "--schema").out()).isEqualTo(schema);
    }
}
