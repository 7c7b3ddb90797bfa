package dev.avionics.testkit.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadWatchTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private final CountDownLatch end = new CountDownLatch(1);

    private Thread thread(String name) {
        Thread thread = new Thread(
                () -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        return thread;
    }

    @Test
    void newThread_alive_isNamedWithItsStack() {
        ThreadWatch all = ThreadWatch.start();
        ThreadWatch mine = ThreadWatch.start("watched-");
        ThreadWatch others = ThreadWatch.start("others-");
        thread("watched-1");
        assertThat(all.newThreads()).containsExactly("watched-1");
        assertThatThrownBy(() -> mine.assertNoNewThreads(Duration.ofMillis(10)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("watched-1")
                .hasMessageContaining("CountDownLatch.await");
        others.assertNoNewThreads(Duration.ZERO);
        end.countDown();
        mine.assertNoNewThreads(SOON);
        all.assertNoNewThreads(SOON);
    }

    @Test
    void nettysGlobalThread_always_isAllowed() {
        ThreadWatch all = ThreadWatch.start();
        thread("globalEventExecutor-1-1");
        assertThat(all.newThreads()).isEmpty();
        end.countDown();
    }

    @Test
    void threadFromBefore_always_isNotNew() {
        thread("old-1");
        ThreadWatch all = ThreadWatch.start();
        all.assertNoNewThreads(Duration.ZERO);
        end.countDown();
    }

    @Test
    void newSocket_open_isFoundUntilClosed() throws IOException {
        SocketWatch watch = SocketWatch.start();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
            assertThat(watch.newSockets()).hasSize(1);
            assertThatThrownBy(() -> watch.assertNoNewSockets(Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("socket:");
        }
        watch.assertNoNewSockets(SOON);
    }
}
