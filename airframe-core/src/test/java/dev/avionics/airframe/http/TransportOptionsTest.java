package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransportOptionsTest {
    @Test
    void defaults_always_areTheDocumentedOnes() {
        TransportOptions options = TransportOptions.defaults();
        assertThat(options.maxConnections()).isEqualTo(512);
        assertThat(options.maxWaiting()).isEqualTo(1024);
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.maxAge()).isEqualTo(Duration.ofHours(1));
        assertThat(options.ioThreads()).isBetween(1, 8);
        assertThat(options.nativeIo()).isTrue();
        assertThat(options.proxies()).isSameAs(ProxyRules.none());
        assertThat(options.trust()).isNull();
    }

    @Test
    void values_outOfRange_areRefused() {
        refused(TransportOptions.builder().maxConnections(0), "maxConnections: 0 (expected: >= 1)");
        refused(TransportOptions.builder().maxWaiting(-1), "maxWaiting: -1 (expected: >= 0)");
        refused(TransportOptions.builder().idleTimeout(Duration.ZERO), "idleTimeout: PT0S (expected: > 0)");
        refused(TransportOptions.builder().maxAge(Duration.ofSeconds(-1)), "maxAge: PT-1S (expected: > 0)");
        refused(TransportOptions.builder().ioThreads(0), "ioThreads: 0 (expected: >= 1)");
    }

    private static void refused(TransportOptions.Builder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
