package dev.avionics.airframe.llamacpp.prompt;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.error.InferenceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaGuardTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":5}},\"required\":[\"a\"],"
                        + "\"additionalProperties\":false}",
                "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]},\"maxItems\":3}",
                "{\"type\":[\"string\",\"null\"]}",
                "{\"enum\":[\"yes\",\"no\"]}",
            })
    void schema_ofKnownKeywords_passes(String schema) {
        assertThatCode(() -> SchemaGuard.check(schema)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"nonsense\"}",
                "{\"type\":[]}",
                "{\"$ref\":\"http://example.com/schema\"}",
                "{\"$ref\":\"#/$defs/missing\"}",
                "{\"type\":\"string\",\"pattern\":\"a+\"}",
                "{\"type\":\"object\",\"properties\":[]}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"nonsense\"}}}",
                "{\"anyOf\":[]}",
                "[]",
                "{\"type\":",
            })
    void schema_thatWouldEndTheProcess_isRefused(String schema) {
        assertThatThrownBy(() -> SchemaGuard.check(schema)).isInstanceOf(InferenceException.class);
    }

    @org.junit.jupiter.api.Test
    void schema_nestedTooDeep_isRefused() {
        String deep = "{\"items\":".repeat(40) + "{}" + "}".repeat(40);
        assertThatThrownBy(() -> SchemaGuard.check(deep)).hasMessageContaining("deep");
    }
}
