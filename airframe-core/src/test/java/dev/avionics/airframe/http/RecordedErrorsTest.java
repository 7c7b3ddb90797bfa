package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.WireFolder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded error: its words are found, and its category is one that its status and words allow. */
class RecordedErrorsTest {
    @TestFactory
    List<DynamicTest> recordedErrors_commonTable_findsTheirWords() {
        return WireFolder.tests("recorded errors", RecordedErrorsTest::tests);
    }

    private static Stream<DynamicTest> tests(WireFolder wire) {
        List<WireFolder.Row> rows = wire.rows().stream()
                .filter(row -> row.kind().equals("error") && Files.exists(wire.path(row.beside("expect"))))
                .toList();
        System.out.println("recorded errors by provider: "
                + rows.stream()
                        .collect(Collectors.groupingBy(WireFolder.Row::provider, TreeMap::new, Collectors.counting())));
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.path(), () -> check(wire, row)));
    }

    private static void check(WireFolder wire, WireFolder.Row row) {
        Map<String, @Nullable Object> expected = JsonValues.parseObject(wire.text(row.beside("expect")));
        assertThat(expected.get("error")).isInstanceOf(Map.class);
        Map<?, ?> error = (Map<?, ?>) expected.get("error");

        ErrorDetails details = ErrorDetails.of(ByteBuffer.wrap(wire.bytes(row.path())));
        assertThat(details.message()).isEqualTo(text(error.get("message")));
        // Where the recording names no type or code, the reader may find a word elsewhere.
        if (error.get("type") != null) {
            assertThat(details.type()).isEqualTo(text(error.get("type")));
        }
        if (error.get("code") != null) {
            assertThat(details.code()).isEqualTo(text(error.get("code")));
        }

        InferenceException made = HttpErrors.of(row.provider())
                .of(HttpHead.of(row.status(), Map.of()), ByteBuffer.wrap(wire.bytes(row.path())), Instant.EPOCH);
        assertThat(made.category()).isIn(allowed(row.status()));
        assertThat(made.getMessage())
                .startsWith(row.provider() + " answered " + row.status())
                .doesNotContain("\n");
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static List<ErrorCategory> allowed(int status) {
        return switch (status) {
            case 400, 422 ->
                List.of(
                        ErrorCategory.INVALID_REQUEST,
                        ErrorCategory.CONTEXT_LENGTH,
                        ErrorCategory.CONTENT_FILTER,
                        ErrorCategory.AUTHENTICATION,
                        ErrorCategory.QUOTA_EXHAUSTED,
                        ErrorCategory.PERMISSION,
                        ErrorCategory.MODEL_NOT_FOUND);
            case 401 -> List.of(ErrorCategory.AUTHENTICATION);
            case 403 -> List.of(ErrorCategory.PERMISSION, ErrorCategory.AUTHENTICATION);
            case 404 -> List.of(ErrorCategory.MODEL_NOT_FOUND);
            case 429 -> List.of(ErrorCategory.RATE_LIMITED, ErrorCategory.QUOTA_EXHAUSTED);
            default -> List.of(ErrorCategory.SERVER_ERROR, ErrorCategory.OVERLOADED);
        };
    }
}
