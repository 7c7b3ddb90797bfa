package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import dev.avionics.llm.telemetry.GenAiSemconv.Cell;
import dev.avionics.llm.telemetry.GenAiSemconv.Instrument;
import io.opentelemetry.api.common.AttributeKey;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenAiSemconvTest {
    private static final String PAGE = "docs/telemetry.md";

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, V1_41",
                "'', V1_41",
                "http, V1_41",
                "'http,database/dup,whatever', V1_41",
                "gen_ai_latest_experimental_2, V1_41",
                "gen_ai_latest_experimental, LATEST",
                "'http, gen_ai_latest_experimental ,nonsense', LATEST"
            })
    void optIn_isASetOfMembers_ofWhichOthersAreIgnored(String value, SemconvVersion version) {
        assertThat(SemconvVersion.ofOptIn(value)).isEqualTo(version);
    }

    @Test
    void cacheWrites_haveBothNamesAtFirst_andTheNewOneOnlyInTheNewest() {
        assertThat(names(Attribute.USAGE_CACHE_WRITE, SemconvVersion.V1_41))
                .isEqualTo("gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_write.input_tokens");
        assertThat(names(Attribute.USAGE_CACHE_WRITE, SemconvVersion.LATEST))
                .isEqualTo("gen_ai.usage.cache_write.input_tokens");
    }

    private static String names(Attribute attribute, SemconvVersion version) {
        return attribute.keys(version).stream().map(AttributeKey::getKey).collect(Collectors.joining(" "));
    }

    /** The page shows the table as it is: what is changed here has to be changed there. */
    @Test
    void page_hasARowForEachAttributeAndInstrument() throws IOException {
        String page = page();
        for (Attribute attribute : Attribute.values()) {
            assertThat(page)
                    .contains("| " + cell(attribute, SemconvVersion.V1_41) + " | "
                            + cell(attribute, SemconvVersion.LATEST) + " |");
        }
        for (Instrument instrument : Instrument.values()) {
            assertThat(page)
                    .contains("| " + cell(instrument.cell(SemconvVersion.V1_41)) + " | "
                            + cell(instrument.cell(SemconvVersion.LATEST)) + " | " + instrument.unit() + " |");
        }
    }

    private static String cell(Attribute attribute, SemconvVersion version) {
        List<AttributeKey<?>> keys = attribute.keys(version);
        return keys.isEmpty()
                ? "–"
                : keys.stream()
                        .map(key -> "`" + key.getKey() + "` "
                                + key.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .collect(Collectors.joining(", "));
    }

    private static String cell(Cell cell) {
        return cell == null
                ? "–"
                : "`" + cell.name() + "` " + cell.shape().name().toLowerCase(Locale.ROOT);
    }

    @Test
    void page_hasEachOfOurOwnNames() throws Exception {
        String page = page();
        for (Field field : Names.class.getDeclaredFields()) {
            if (field.get(null) instanceof AttributeKey<?> key) {
                assertThat(page).contains("`" + key.getKey() + "`");
            }
        }
        GatewayMeters.ALL.forEach(name -> assertThat(page).contains("`" + name + "`"));
        long declared = Arrays.stream(GatewayMeters.class.getDeclaredFields())
                .filter(field -> field.getType() == String.class)
                .count();
        assertThat(GatewayMeters.ALL).hasSize((int) declared);
    }

    private static String page() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve(PAGE))) {
            folder = folder.getParent();
        }
        return Files.readString(folder.resolve(PAGE));
    }
}
