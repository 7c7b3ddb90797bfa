package dev.avionics.airframe.http.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

/** The suite is worth nothing as a leak watch if the flags do not reach the JVM of the tests. */
class LeakDetectionTest {
    @Test
    void leakDetection_inTheSuite_looksAtEveryBuffer() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        assertThat(System.getProperty("io.netty.leakDetection.targetRecords")).isEqualTo("256");
    }
}
