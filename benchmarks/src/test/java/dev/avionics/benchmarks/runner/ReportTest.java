package dev.avionics.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.benchmarks.Scenario;
import org.junit.jupiter.api.Test;

final class ReportTest {
    @Test
    void goal_withinLimit_isMet() {
        String report = report(20, 100);
        assertThat(report)
                .contains("| whole | \u2264 0.25 \u00d7 better peer | 25.0 \u00b5s | 0.20 [0.20..0.20] | met |");
        assertThat(report)
                .contains("| whole | \u2264 2.5 \u00d7 bare client | 25.0 \u00b5s | 2.00 [2.00..2.00] | met |");
    }

    @Test
    void goal_beyondLimit_isMissed() {
        assertThat(report(26, 100)).contains("| 0.26 [0.26..0.26] | missed |", "| 2.60 [2.60..2.60] | missed |");
    }

    @Test
    void goal_withoutArm_isNotMeasured() {
        Results results = new Results();
        add(results, Goal.BARE, 10);
        assertThat(new Report(results).markdown())
                .contains("| whole | \u2264 2.5 \u00d7 bare client | 25.0 \u00b5s | \u2013 | not measured |");
    }

    @Test
    void compiler_isNoPartOfTheFigure() {
        Sample sample = new Sample(10, 100_000, 1_000_000_000, 40_000);
        assertThat(sample.cpuMicrosPerCall()).isEqualTo(6.0);
        assertThat(Sample.parse(sample.line())).isEqualTo(sample);
    }

    private static String report(long subject, long betterPeer) {
        Results results = new Results();
        add(results, Goal.BARE, 10);
        add(results, "langchain4j", 3 * betterPeer);
        add(results, "openai-java", betterPeer);
        add(results, Goal.SUBJECT, subject);
        return new Report(results).markdown();
    }

    private static void add(Results results, String arm, long micros) {
        results.add(Scenario.WHOLE, arm, new Sample(1000, micros * 1_000_000, 1_000_000_000, 0));
    }
}
