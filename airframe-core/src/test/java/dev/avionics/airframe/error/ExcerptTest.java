package dev.avionics.airframe.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "key sk-proj-KEYKEYKEY1abc_def is wrong",
                "sk-ant-api03-KEYKEYKEY1",
                "sk-KEYKEYKEYa",
                "gsk_KEYKEYKEY1",
                "xai-KEYKEYKEY1",
                "nvapi-KEYKEYKEY1",
                "hf_KEYKEYKEY1",
                "AIzaKEYKEYKEY1",
                "AQ.Ab1KEYKEYKEY1",
                "Invalid API key: AIzv00KEYKEYKEY1",
                "AKIAKEYKEYKEY123",
                "ya29.KEYKEYKEY1",
                "eyJhbGciOiJI.KEYKEYKEY.sig-1",
                "Authorization: Bearer KEYKEYKEY1",
                "bearer KEYKEYKEY1",
                "Basic KEYKEYKEY==",
                "{\"authorization\":\"KEYKEYKEY\"}",
                "{\"api_key\": \"KEYKEYKEY\"}",
                "api-key=KEYKEYKEY",
                "https://host/path?key=KEYKEYKEY&alt=sse",
                "Incorrect API key provided: KEYKEYKEY. You can",
                "\\nsk-KEYKEYKEY1",
                "{\\\"password\\\":\\\"KEYKEYKEY\\\"}",
            })
    void of_textWithAKey_masksIt(String text) {
        assertThat(Excerpt.of(text)).doesNotContain("KEYKEY").contains("***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The model `gpt-4.1-nano-wrong` does not exist or you do not have access to it.",
                "maximum context length is 8192 tokens: max_tokens: 128000, prompt tokens: 12000",
                "Invalid 'max_tokens': integer below minimum value. Expected a value >= 0, but got -1 instead.",
                "request req_011CSHoEeqs5C35K2UUqR7Fy failed, ask-me-later, task-12345678",
                "Basic authentication is not supported",
                "{\"error\":{\"code\":\"unsupported_value\",\"param\":\"messages[0].role\"}}",
                "models/gemini-5.0-flash is not found for API version v1",
                "claude-haiku-4-5-20251001 and text-embedding-3-large",
            })
    void of_textWithoutAKey_leavesIt(String text) {
        assertThat(Excerpt.of(text)).isEqualTo(text);
    }

    @Test
    void of_knownSecret_masksItWhereverItStands() {
        Secret secret = Secret.of("abc/def");

        assertThat(Excerpt.of("x abc/def y abc\\/def z", 100, secret)).isEqualTo("x *** y *** z");
    }

    @Test
    void of_keyAtTheCut_masksItToo() {
        String text = "x".repeat(90) + " sk-KEYKEYKEYKEYKEYKEY1";

        assertThat(Excerpt.of(text, 100)).isEqualTo("x".repeat(90) + " ***");
    }

    @Test
    void of_longTextWithControlCharacters_isOneCutLine() {
        assertThat(Excerpt.of("a\nb\r\nc\u0000\u2028d", 100)).isEqualTo("a b  c  d");
        assertThat(Excerpt.of("😀".repeat(10), 5)).isEqualTo("😀😀");
        assertThat(Excerpt.of("x".repeat(1000))).hasSize(Excerpt.LENGTH);
    }

    @Test
    void starred_keysInAJsonText_leavesItsLengthAndItsStructure() {
        String text = "{\"a\":\"key sk-proj-KEYKEYKEY1\",\"h\":\"Bearer KEYKEYKEY1\",\"n\":[1,\"sky-high\"]}";

        assertThat(Excerpt.starred(text))
                .isEqualTo("{\"a\":\"key ******************\",\"h\":\"Bearer **********\",\"n\":[1,\"sky-high\"]}");
    }
}
