package dev.avionics.llm.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {
    private static final String ORDER =
            "{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{\"type\":\"array\","
                    + "\"items\":{\"type\":\"object\",\"required\":[\"price\"],\"properties\":{\"price\":{\"type\":\"number\"},"
                    + "\"a b\":{\"type\":\"string\"},\"when\":{\"type\":\"string\",\"format\":\"date\"}}}}}}";

    @Test
    void check_textThatFits_findsNothing() {
        assertThat(JsonSchema.parse(ORDER).check("{\"items\":[{\"price\":1.5,\"when\":\"2026-01-31\"}]}"))
                .isEmpty();
    }

    @Test
    void check_wrongValue_namesThePathAndWhatIsWrong() {
        assertThat(JsonSchema.parse(ORDER).check("{\"items\":[{\"price\":1},{\"price\":\"much\",\"a b\":2}]}"))
                .extracting(JsonProblem::toString)
                .containsExactlyInAnyOrder(
                        "$.items[1].price: string found, number expected",
                        "$.items[1]['a b']: integer found, string expected");
    }

    @Test
    void check_formatOfDate_isHeldTo() {
        assertThat(JsonSchema.parse(ORDER).check("{\"items\":[{\"price\":1,\"when\":\"tomorrow\"}]}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("$.items[0].when"));
    }

    @Test
    void check_noJson_isAProblemOfTheWhole() {
        assertThat(JsonSchema.parse(ORDER).check("{\"items\":["))
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString()).startsWith("$: not valid JSON"));
    }

    @Test
    void check_otherLocale_speaksEnglish() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMAN);
            assertThat(JsonSchema.parse("{\"type\":\"object\"}").check("1"))
                    .extracting(JsonProblem::message)
                    .containsExactly("integer found, object expected");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void check_hundredsOfFaults_namesTen() {
        String many = "[" + "\"x\",".repeat(300) + "1]";

        assertThat(JsonSchema.parse("{\"type\":\"array\",\"items\":{\"type\":\"number\"}}")
                        .check(many))
                .hasSize(10);
    }

    @Test
    void parse_noSchema_isRefused() {
        assertThatThrownBy(() -> JsonSchema.parse("[1]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a JSON Schema");
        assertThatThrownBy(() -> JsonSchema.parse("{\"type\":"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not valid JSON");
    }

    @Test
    void parse_referenceToTheNetwork_fetchesNothing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String schema = "{\"$ref\":\"http://127.0.0.1:" + server.getLocalPort() + "/s.json\"}";

            assertThatThrownBy(() -> JsonSchema.parse(schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("s.json");
            server.setSoTimeout(50);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void isClosed_objectsThatTakeNothingElse_only() {
        String closed = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],"
                + "\"additionalProperties\":false}";

        assertThat(JsonSchema.parse(closed).isClosed()).isTrue();
        assertThat(JsonSchema.parse(closed.replace(",\"required\":[\"a\"]", "")).isClosed())
                .isFalse();
        assertThat(JsonSchema.parse(closed.replace("false", "true")).isClosed()).isFalse();
        assertThat(JsonSchema.parse(closed.replace("{\"type\":\"string\"}", "{}"))
                        .isClosed())
                .isFalse();
        assertThat(JsonSchema.parse("{\"type\":\"array\",\"items\":" + closed + "}")
                        .isClosed())
                .isFalse();
        assertThat(JsonSchema.parse(closed.replace(
                                "{\"type\":\"string\"}", "{\"type\":\"array\",\"items\":{\"type\":" + "\"object\"}}"))
                        .isClosed())
                .isFalse();
    }
}
