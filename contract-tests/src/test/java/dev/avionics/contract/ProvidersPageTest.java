package dev.avionics.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.contract.BackendAdapterContract;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The page of providers tells what the adapters declare, and nothing that no contract test proves. The table between the marks
 * is written anew with {@code -Davionics.docs.update=true}; what stands around it is written by hand.
 */
class ProvidersPageTest {
    private static final Path PAGE = Path.of("../docs/providers.md");
    private static final Path CLASSES = Path.of("target/test-classes/dev/avionics/contract");
    private static final String BEGIN = "<!-- operations: generated -->\n";
    private static final String END = "<!-- operations: end -->\n";
    private static final String DIALECTS_BEGIN = "<!-- dialects: generated -->\n";
    private static final String DIALECTS_END = "<!-- dialects: end -->\n";
    private static final String DIALECTS = "/dev/avionics/airframe/openai/dialects.json";

    @Test
    @Tag("row-22")
    void page_tableOfOperations_isWhatTheAdaptersDeclare() throws IOException {
        assertBetween(BEGIN, END, table());
    }

    @Test
    void page_tableOfDialects_hasThemAll() throws IOException {
        assertBetween(DIALECTS_BEGIN, DIALECTS_END, dialects());
    }

    private static void assertBetween(String before, String after, String table) throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(before, after);
        int begin = page.indexOf(before) + before.length();
        String expected = page.substring(0, begin) + table + page.substring(page.indexOf(after));
        if (Boolean.getBoolean("avionics.docs.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(expected);
    }

    private static String dialects() throws IOException {
        StringBuilder table = new StringBuilder("| api type | or | chosen by the host |\n|---|---|---|\n");
        try (InputStream file = ProvidersPageTest.class.getResourceAsStream(DIALECTS)) {
            Map<?, ?> root = JsonValues.parseObject(
                    new String(requireNonNull(file, DIALECTS).readAllBytes(), StandardCharsets.UTF_8));
            for (Object each : (List<?>) requireNonNull(root.get("dialects"))) {
                Map<?, ?> dialect = (Map<?, ?>) each;
                table.append("| `").append(dialect.get("name")).append("` | ");
                table.append(names(dialect.get("aliases"))).append(" | ");
                table.append(names(dialect.get("hosts"))).append(" |\n");
            }
        }
        return table.toString();
    }

    private static String names(@Nullable Object list) {
        return list instanceof List<?> names
                ? names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "))
                : "";
    }

    /** Each cell of a row is held by the cases of its contract test: YES by a call, NO by a refusal. */
    @Test
    @Tag("row-22")
    void rows_ofThePage_areProvedByAContractTestEach() throws IOException {
        List<Class<?>> contracts = contracts();

        assertThat(contracts)
                .allSatisfy(contract -> assertThat(contract.getAnnotation(ProvesRow.class))
                        .as(contract + " names the row that it proves")
                        .isNotNull());
        assertThat(contracts.stream()
                        .map(contract -> contract.getAnnotation(ProvesRow.class).value())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(ProviderRow.values());
    }

    @Test
    void contractTests_onSimulatedBackends_speakAsTheirRow() throws IOException, ReflectiveOperationException {
        for (Class<?> contract : contracts()) {
            if (SimulatedContract.class.isAssignableFrom(contract)) {
                Constructor<?> constructor = contract.getDeclaredConstructor();
                SimulatedContract simulated = (SimulatedContract) constructor.newInstance();
                ProviderRow row = contract.getAnnotation(ProvesRow.class).value();
                assertThat(simulated.kind()).as(contract.getName()).isEqualTo(row.kind());
                assertThat(simulated.apiType()).as(contract.getName()).isEqualTo(row.apiType());
            }
        }
    }

    /** The contract tests of this module that run, against simulated and real backends. */
    private static List<Class<?>> contracts() throws IOException {
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(CLASSES)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.contains("$") && !name.startsWith("package-info")) {
                    Class<?> type = load(name.substring(0, name.length() - ".class".length()));
                    if (BackendAdapterContract.class.isAssignableFrom(type)
                            && !Modifier.isAbstract(type.getModifiers())) {
                        found.add(type);
                    }
                }
            }
        }
        return found;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName("dev.avionics.contract." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static String table() {
        List<String> columns = Arrays.stream(Feature.values())
                .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .toList();
        StringBuilder table = new StringBuilder("| backend | kind | api type | model | ")
                .append(String.join(" | ", columns))
                .append(" |\n")
                .append("|---".repeat(columns.size() + 4))
                .append("|\n");
        try (Airframe airframe = Airframe.create()) {
            for (ProviderRow row : ProviderRow.values()) {
                table.append("| ").append(row.title());
                List<String> words = new ArrayList<>(List.of(row.kind().id(), row.apiType()));
                words.add(String.join("`, `", row.models()));
                words.forEach(word -> table.append(" | ").append(word.isEmpty() ? "" : "`" + word + "`"));
                for (Feature feature : Feature.values()) {
                    table.append(" | ").append(word(row.support(feature, airframe)));
                }
                table.append(" |\n");
            }
        }
        return table.toString();
    }

    private static String word(Capabilities.Support support) {
        return switch (support) {
            case YES -> "yes";
            case NO -> "no";
            case UNKNOWN -> "?";
        };
    }
}
