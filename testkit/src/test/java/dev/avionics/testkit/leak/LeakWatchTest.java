package dev.avionics.testkit.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

class LeakWatchTest {
    private static volatile boolean leaking;

    /** Leaks one buffer, but only when it is run by the test below. */
    static class Leaking {
        @Test
        void leak() {
            if (leaking) {
                drop(16);
            }
        }
    }

    /** Leaks nothing; run by the tests here only. */
    static class Clean {
        @Test
        void clean() {
            PooledByteBufAllocator.DEFAULT.buffer(16).release();
        }
    }

    @AfterEach
    void forgetPlannedLeaks() {
        leaking = false;
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LeakWatch.takeLeaks();
    }

    private static void drop(int size) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(size);
        buffer.writeByte(1);
    }

    private static EngineExecutionResults run(Class<?> type) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .selectors(selectClass(type))
                .execute();
    }

    @Test
    void session_always_hasTheWatchInPlaceBeforeAnyTest() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        PooledByteBufAllocator.DEFAULT.buffer(16).release();
        assertThat(LeakWatch.detectors()).isPositive();
    }

    @Test
    void droppedBuffer_always_isReportedOnce() {
        int before = LeakWatch.total();
        drop(16);
        assertThat(LeakWatch.takeLeaks()).hasSize(1).first().satisfies(leak -> {
            assertThat(leak.resource()).isEqualTo("ByteBuf");
            assertThat(leak.records()).contains("LeakWatchTest");
        });
        assertThat(LeakWatch.total()).isEqualTo(before + 1);
        LeakWatch.assertNoLeaks();
    }

    @Test
    void releasedBuffers_always_areNoLeak() {
        for (int i = 0; i < 100; i++) {
            PooledByteBufAllocator.DEFAULT.buffer(16).release();
        }
        assertThat(LeakWatch.takeLeaks()).isEmpty();
    }

    @Test
    void assertNoLeaks_afterADrop_fails() {
        drop(16);
        assertThatThrownBy(LeakWatch::assertNoLeaks)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("leaked: 1")
                .hasMessageContaining("LeakWatchTest");
    }

    @Test
    void assertNoLeaks_atALowerLevel_fails() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        assertThatThrownBy(LeakWatch::assertNoLeaks)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("SIMPLE");
    }

    @Test
    void leakingClass_run_fails() {
        leaking = true;
        run(Leaking.class).containerEvents().assertStatistics(s -> s.failed(1));
    }

    @Test
    void cleanClass_run_passes() {
        run(Clean.class).containerEvents().assertStatistics(s -> s.failed(0));
    }
}
