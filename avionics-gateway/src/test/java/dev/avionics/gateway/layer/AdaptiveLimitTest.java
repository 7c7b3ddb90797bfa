package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
    private static void succeed(AdaptiveLimit limit, int times) {
        for (int i = 0; i < times; i++) {
            limit.begin();
            limit.succeeded();
        }
    }

    @Test
    void limit_afterAsManySuccessesAsItIs_growsByOne() {
        AdaptiveLimit limit = new AdaptiveLimit(0);
        assertThat(limit.limit()).isEqualTo(64);
        succeed(limit, 63);
        assertThat(limit.limit()).isEqualTo(64);
        succeed(limit, 1);
        assertThat(limit.limit()).isEqualTo(65);
        succeed(limit, 65 + 66);
        assertThat(limit.limit()).isEqualTo(67);
    }

    @Test
    void limit_growsNoFurtherThanAllowed() {
        AdaptiveLimit limit = new AdaptiveLimit(3);
        succeed(limit, 100);
        assertThat(limit.limit()).isEqualTo(3);
    }

    @Test
    void limit_atSignsOfAttemptsThatRanTogether_halvesOnce() {
        AdaptiveLimit limit = new AdaptiveLimit(8);
        int[] begun = new int[8];
        for (int i = 0; i < 8; i++) {
            begun[i] = limit.begin();
        }
        assertThat(limit.isFull()).isTrue();
        for (int one : begun) {
            limit.tooMuch(one);
        }
        assertThat(limit.limit()).isEqualTo(4);
        limit.tooMuch(limit.begin());
        assertThat(limit.limit()).isEqualTo(2);
    }

    @Test
    void limit_isNeverLessThanOneAndComesBack() {
        AdaptiveLimit limit = new AdaptiveLimit(4);
        for (int i = 0; i < 10; i++) {
            limit.tooMuch(limit.begin());
        }
        assertThat(limit.limit()).isEqualTo(1);
        assertThat(limit.isFull()).isFalse();
        succeed(limit, 1);
        assertThat(limit.limit()).isEqualTo(2);
    }
}
