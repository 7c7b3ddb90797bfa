package dev.avionics.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CompilerThreadsTest {
    @Test
    void ticks_ofCompilerThread_areUserPlusSystem() {
        String stat = "71 (C2 CompilerThre) S 1 71 1 0 -1 4194368 9 0 0 0 123 45 0 0 20 0 18 0 4711 0 0";
        assertThat(CompilerThreads.ticks(stat)).isEqualTo(168);
    }

    @Test
    void ticks_ofOtherThread_areNone() {
        String stat = "72 (odd) C2 name) S 1 71 1 0 -1 4194368 9 0 0 0 123 45 0 0 20 0 18 0 4711 0 0";
        assertThat(CompilerThreads.ticks(stat)).isZero();
    }
}
