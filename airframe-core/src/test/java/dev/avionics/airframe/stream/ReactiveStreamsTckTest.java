package dev.avionics.airframe.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the TCK's tests for each kind of stream, through the TestNG engine, and counts them: a TCK that is not found, or
 * skips more than what it cannot test of a stream that is consumed once, is a failure.
 */
class ReactiveStreamsTckTest {
    /** Tests of a publisher in the TCK. */
    private static final int TESTS = 38;

    /** Those the TCK leaves to other means, and those of publishers with several subscribers. */
    private static final Set<String> NOT_APPLICABLE = Set.of(
            "untested_spec106_mustConsiderSubscriptionCancelledAfterOnErrorOrOnCompleteHasBeenCalled",
            "untested_spec107_mustNotEmitFurtherSignalsOnceOnErrorHasBeenSignalled",
            "untested_spec108_possiblyCanceledSubscriptionShouldNotReceiveOnErrorOrOnCompleteSignals",
            "untested_spec109_subscribeShouldNotThrowNonFatalThrowable",
            "untested_spec110_rejectASubscriptionRequestIfTheSameSubscriberSubscribesTwice",
            "untested_spec304_requestShouldNotPerformHeavyComputations",
            "untested_spec305_cancelMustNotSynchronouslyPerformHeavyComputation",
            "optional_spec111_maySupportMultiSubscribe",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
                    + "WhenRequestingManyUpfront",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
                    + "WhenRequestingManyUpfrontAndCompleteAsExpected",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
                    + "WhenRequestingOneByOne",
            "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals");

    private static final List<Class<?>> KINDS = List.of(
            StreamVerification.Plain.class,
            StreamVerification.PlainOnTransport.class,
            StreamVerification.Mapped.class,
            StreamVerification.MappedOnTransport.class,
            StreamVerification.DeferredStream.class,
            StreamVerification.DeferredOnTransport.class,
            StreamVerification.Switched.class,
            StreamVerification.SwitchedOnTransport.class);

    @Test
    void tck_ofEachKindOfStream_passes() {
        Results results = new Results();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(KINDS.stream().map(DiscoverySelectors::selectClass).toList())
                .filters(EngineFilter.includeEngines("testng"))
                .build();

        LauncherFactory.create().execute(request, results);

        assertThat(results.failed).isEmpty();
        for (Class<?> kind : KINDS) {
            String name = kind.getName();
            assertThat(results.skipped.get(name)).as(name).containsExactlyInAnyOrderElementsOf(NOT_APPLICABLE);
            assertThat(results.passed.get(name)).as(name).hasSize(TESTS - NOT_APPLICABLE.size());
        }
        assertThat(results.finished).hasValue(TESTS * KINDS.size());
    }

    /** What happened to the tests of each class. */
    private static final class Results implements TestExecutionListener {
        final Map<String, List<String>> passed = new ConcurrentHashMap<>();
        final Map<String, List<String>> skipped = new ConcurrentHashMap<>();
        final Map<String, String> failed = new ConcurrentHashMap<>();
        final AtomicInteger finished = new AtomicInteger();
        private volatile TestPlan plan;

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            if (test.isTest()) {
                add(skipped, test);
            }
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                failed.put(
                        kind(test) + " " + name(test),
                        String.valueOf(result.getThrowable().orElse(null)));
            } else if (test.isTest()) {
                add(result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? passed : skipped, test);
            }
        }

        private void add(Map<String, List<String>> to, TestIdentifier test) {
            finished.incrementAndGet();
            to.computeIfAbsent(kind(test), k -> new CopyOnWriteArrayList<>()).add(name(test));
        }

        private String kind(TestIdentifier test) {
            return plan.getParent(test)
                    .map(TestIdentifier::getLegacyReportingName)
                    .orElse("");
        }

        private static String name(TestIdentifier test) {
            return test.getLegacyReportingName().replaceFirst("\\(.*", "");
        }
    }
}
