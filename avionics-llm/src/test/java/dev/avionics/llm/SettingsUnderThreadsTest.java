package dev.avionics.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Precedence, aliases, agents and the factory, all their tests at once in 32 threads: they share nothing that can be mixed up. */
@Tag("row-97")
class SettingsUnderThreadsTest {
    private static final int THREADS = 32;
    private static final List<String> SUITE = List.of(
            "settings.AvionicsSettingsTest",
            "settings.ConfigFileTest",
            "settings.DotEnvFileTest",
            "settings.NamesTest",
            "agent.AgentSettingsTest",
            "factory.LLMFactoryTest",
            "factory.AgentProvidersTest");

    @Test
    void suite_in32Threads_passesAsItDoesInOne() {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(SUITE.stream()
                        .map(name -> selectClass("dev.avionics.llm." + name))
                        .toList())
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + THREADS)
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        TestExecutionListener watch = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                threads.add(Thread.currentThread().getName());
            }
        };
        // The leak watch of the session that runs this is one for all.
        LauncherConfig config = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(config).execute(request, summary, watch);

        assertThat(summary.getSummary().getFailures())
                .extracting(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                .isEmpty();
        assertThat(summary.getSummary().getTestsSucceededCount()).isGreaterThan(100);
        assertThat(threads).hasSizeGreaterThan(8);
    }
}
