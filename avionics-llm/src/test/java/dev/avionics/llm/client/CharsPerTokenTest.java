package dev.avionics.llm.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("row-134")
class CharsPerTokenTest {
    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "12345678, 2",
        "123456789, 3",
        "a, 1",
        "日本, 2",
        "日本abcd, 3",
        "\uD840\uDC0B, 1",
        "\uD83D\uDE00, 1"
    })
    void estimate_countsLettersByFourAndSignsByOne(String text, long tokens) {
        assertThat(new CharsPerToken(4).estimate(text)).isEqualTo(tokens);
    }

    /** The counts are those of the cl100k_base vocabulary. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "今天天气很好，我们一起去公园散步吧。春天来了，花园里的花都开了，空气非常清新。|48",
                "人工智能正在改变我们的生活方式。很多公司使用大型语言模型来回答客户的问题。|34",
                "今日は天気がとても良いので、公園へ散歩に行きましょう。桜の花がきれいに咲いています。|50",
                "東京は日本の首都であり、世界で最も人口の多い都市の一つです。|30",
                "오늘은 날씨가 아주 좋아서 공원에 산책하러 가고 싶습니다. 봄이 오고 꽃이 피었습니다.|50",
                "서울은 대한민국의 수도이며 많은 사람들이 살고 있는 큰 도시입니다.|36",
                "請告訴我 Spring Boot 應用程式如何連接到資料庫？|26",
                "The weather is lovely today, so let us go for a walk in the park and look at the flowers.|22"
            })
    void estimate_ofRunningText_isWithinTheStatedError(String text, long tokens) {
        assertThat((double) new CharsPerToken(4).estimate(text)).isCloseTo(tokens, within(0.25 * tokens));
    }

    @Test
    void chars_belowOne_areRefused() {
        assertThatThrownBy(() -> new CharsPerToken(0)).hasMessage("chars: 0 (expected: >= 1)");
    }
}
