package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.RateLimitInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private static RateLimitInfo read(Map<String, String> headers) {
        return RateLimitHeaders.of(HttpHead.of(200, headers), NOW);
    }

    @Test
    void of_headersOfOpenAi_giveBothWindows() {
        RateLimitInfo info = read(Map.of(
                "x-ratelimit-limit-requests", "60",
                "x-ratelimit-remaining-requests", "59",
                "x-ratelimit-reset-requests", "1s",
                "x-ratelimit-limit-tokens", "150000",
                "x-ratelimit-remaining-tokens", "149984",
                "x-ratelimit-reset-tokens", "6m0s",
                "content-type", "application/json"));

        assertThat(info.requests()).isEqualTo(new RateLimitInfo.Window(60L, 59L, Duration.ofSeconds(1)));
        assertThat(info.tokens()).isEqualTo(new RateLimitInfo.Window(150000L, 149984L, Duration.ofMinutes(6)));
        assertThat(info.headers()).hasSize(6).doesNotContainKey("content-type");
    }

    @Test
    void of_headersOfAnthropic_giveTheTimeLeft() {
        RateLimitInfo info = read(Map.of(
                "anthropic-ratelimit-requests-limit", "50",
                "anthropic-ratelimit-requests-remaining", "0",
                "anthropic-ratelimit-requests-reset", "2026-11-21T10:00:07Z",
                "anthropic-ratelimit-input-tokens-remaining", "900",
                "anthropic-ratelimit-input-tokens-reset", "2026-11-21T09:00:00Z"));

        assertThat(info.requests()).isEqualTo(new RateLimitInfo.Window(50L, 0L, Duration.ofSeconds(7)));
        assertThat(info.tokens()).isEqualTo(new RateLimitInfo.Window(null, 900L, Duration.ZERO));
    }

    @Test
    void of_headersOfMistral_giveTheMinute() {
        RateLimitInfo info = read(Map.of(
                "x-ratelimit-limit-tokens-minute", "50000",
                "x-ratelimit-remaining-tokens-minute", "49000",
                "x-ratelimit-limit-tokens-month", "9000000",
                "x-ratelimit-limit-req-minute", "60",
                "x-ratelimit-remaining-req-minute", "59"));

        assertThat(info.requests()).isEqualTo(new RateLimitInfo.Window(60L, 59L, null));
        assertThat(info.tokens()).isEqualTo(new RateLimitInfo.Window(50000L, 49000L, null));
        assertThat(info.headers()).containsEntry("x-ratelimit-limit-tokens-month", "9000000");
    }

    @Test
    void of_noSuchHeaders_isNone() {
        assertThat(read(Map.of("content-type", "text/html"))).isSameAs(RateLimitInfo.none());
    }

    @Test
    void of_nonsense_isLeftOut() {
        RateLimitInfo info = read(Map.of(
                "x-ratelimit-limit-requests",
                "many",
                "x-ratelimit-reset-requests",
                "later",
                "x-ratelimit-reset-tokens",
                "5x"));

        assertThat(info.requests()).isNull();
        assertThat(info.tokens()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "6m0s, 360000000",
                "20ms, 20000",
                "2m59.56s, 179560000",
                "1h2m3s, 3723000000",
                "1d, 86400000000",
                "12, 12000000",
                "0.5, 500000",
                "7.66s, 7660000",
                "150µs, 150",
                "0s, 0",
                "'', -",
                "s, -",
                "-5s, -",
                "5x, -",
                "1m x, -",
            })
    void duration_asBackendsWriteIt_isRead(String text, Long micros) {
        Duration read = RateLimitHeaders.duration(text);

        assertThat(read).isEqualTo(micros == null ? null : Duration.ofNanos(micros * 1000));
    }

    @ParameterizedTest
    @CsvSource({"1795255210, 10000", "1795255210500, 10500", "30, 30000"})
    void reset_pointInTimeOrSeconds_isTold(String value, long millis) {
        RateLimitInfo info = read(Map.of("x-ratelimit-reset", value));

        assertThat(info.requestLimit())
                .hasValueSatisfying(w -> assertThat(w.reset()).isEqualTo(Duration.ofMillis(millis)));
    }
}
