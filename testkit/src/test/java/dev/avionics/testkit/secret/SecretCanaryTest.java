package dev.avionics.testkit.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class SecretCanaryTest {
    private static final SecretCanary CANARY = SecretCanary.create();
    private static final String SECRET = CANARY.secret();

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<Object> leaks() {
        RuntimeException suppressed = new RuntimeException("outer");
        suppressed.addSuppressed(new RuntimeException("key " + SECRET));
        RuntimeException loop = new RuntimeException("a", new RuntimeException("b", new Error(SECRET)));
        return Stream.of(
                "Bearer " + SECRET,
                SECRET.toUpperCase(Locale.ROOT),
                "…" + SECRET.substring(SECRET.length() - SecretCanary.FRAGMENT),
                SECRET.substring(10, 10 + SecretCanary.FRAGMENT) + "…",
                new StringBuilder(SECRET),
                SECRET.getBytes(StandardCharsets.UTF_8),
                SECRET.toCharArray(),
                "Basic " + base64("u:" + SECRET),
                "Basic " + base64("us:" + SECRET),
                "Basic " + base64("use:" + SECRET),
                HexFormat.of().withUpperCase().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)),
                List.of("x", List.of(SECRET)),
                Map.of("authorization", SECRET),
                new Object[][] {{1, SECRET}},
                new IllegalStateException(SECRET),
                new IllegalStateException("x", new RuntimeException(SECRET)),
                suppressed,
                loop);
    }

    @ParameterizedTest
    @MethodSource("leaks")
    void secret_inAnyForm_isFoundAndNotRepeated(Object place) {
        assertThatThrownBy(() -> CANARY.assertAbsentFrom(place))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the secret stands in")
                .satisfies(t -> assertThat(CANARY.isIn(t.getMessage())).isFalse());
    }

    @Test
    void harmlessThings_always_pass() {
        Throwable self = new RuntimeException("sk-canary-*** ") {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized Throwable getCause() {
                return this;
            }
        };
        assertThatCode(() -> CANARY.assertAbsentFrom(
                        "sk-canary-", null, "***", self, SecretCanary.create().secret(), List.of(), 42, new byte[3]))
                .doesNotThrowAnyException();
    }

    @Test
    void threadName_withSecret_isFound() throws InterruptedException {
        Object lock = new Object();
        Thread thread = new Thread(
                () -> {
                    synchronized (lock) {
                        lock.notifyAll();
                    }
                },
                "worker " + SECRET);
        CANARY.assertAbsentFromThreadNames();
        synchronized (lock) {
            thread.start();
            assertThatThrownBy(CANARY::assertAbsentFromThreadNames).isInstanceOf(AssertionError.class);
        }
        thread.join();
    }

    @Test
    void logCapture_always_seesEveryLevelAndEveryPart() {
        try (LogCapture log = LogCapture.start()) {
            LoggerFactory.getLogger("some.name").trace("to {}", "someone");
            LoggerFactory.getLogger("some.name").error("failed", new RuntimeException("why"));
            Logger.getLogger("jul").fine("plain");
            assertThat(log.records()).hasSize(3);
            assertThat(log.text()).contains("some.name", "to someone", "failed", "RuntimeException: why", "plain");
            CANARY.assertAbsentFrom(log);
            LoggerFactory.getLogger("x").debug("hello", new RuntimeException(new RuntimeException(SECRET)));
            assertThatThrownBy(() -> CANARY.assertAbsentFrom(log)).isInstanceOf(AssertionError.class);
            log.clear();
            CANARY.assertAbsentFrom(log);
        }
    }

    @Test
    void logCapture_closed_hearsNothingMoreAndPutsTheLevelBack() {
        Level before = Logger.getLogger("").getLevel();
        LogCapture log = LogCapture.start();
        log.close();
        LoggerFactory.getLogger("x").error("late");
        assertThat(log.records()).isEmpty();
        assertThat(Logger.getLogger("").getLevel()).isEqualTo(before);
    }

    @Test
    void outputCapture_always_seesBothStreams() {
        try (OutputCapture output = OutputCapture.start()) {
            System.out.println("to out");
            System.err.print("to err");
            assertThat(output.out()).contains("to out");
            assertThat(output.err()).contains("to err");
            CANARY.assertAbsentFrom(output);
            // A secret of its own, never given to anyone, so that the console shows nothing that matters.
            SecretCanary shown = SecretCanary.create();
            System.out.println(shown.secret());
            assertThatThrownBy(() -> shown.assertAbsentFrom(output)).isInstanceOf(AssertionError.class);
        }
    }
}
