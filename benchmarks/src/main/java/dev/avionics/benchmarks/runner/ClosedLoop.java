package dev.avionics.benchmarks.runner;

import com.sun.management.OperatingSystemMXBean;
import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.Completion;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Keeps a fixed number of calls in flight on one arm, checks every answer, and takes CPU time per call. */
final class ClosedLoop {
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final int FIRST_CALLERS = 1;

    private final Arm arm;
    private final Answers.Content expected;
    private final int inFlight;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final LongAdder calls = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final CountDownLatch drained;
    private volatile boolean running = true;

    ClosedLoop(Arm arm, Answers.Content expected, int inFlight) {
        this.arm = arm;
        this.expected = expected;
        this.inFlight = inFlight;
        this.drained = new CountDownLatch(inFlight);
    }

    /** Runs once: warm-up, measured window, drain. The first wrong answer or failed call ends it with an exception. */
    Sample run(Duration warmUp, Duration window) throws InterruptedException {
        // With more callers at work the compiler threads would starve, and the window would measure interpreted code.
        int first = Math.min(FIRST_CALLERS, inFlight);
        start(first);
        pass(warmUp.multipliedBy(2).dividedBy(3));
        start(inFlight - first);
        pass(warmUp.dividedBy(3));
        Reading before = reading();
        pass(window);
        Reading after = reading();
        running = false;
        boolean ended = drained.await(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        throwFailure();
        if (!ended) {
            throw new IllegalStateException(drained.getCount() + " calls did not end within " + DRAIN);
        }
        return new Sample(
                after.calls - before.calls,
                after.cpuNanos - before.cpuNanos,
                after.wallNanos - before.wallNanos,
                after.compilerNanos - before.compilerNanos);
    }

    private Reading reading() {
        return new Reading(calls.sum(), system.getProcessCpuTime(), System.nanoTime(), CompilerThreads.cpuNanos());
    }

    private void pass(Duration time) throws InterruptedException {
        if (failed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throwFailure();
        }
    }

    private void throwFailure() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a call failed: " + cause, cause);
        }
    }

    private void start(int slots) {
        for (int i = 0; i < slots; i++) {
            Slot slot = new Slot();
            if (arm.blocking()) {
                Thread thread = new Thread(slot::loop, "caller");
                thread.setDaemon(true);
                thread.start();
            } else {
                slot.next();
            }
        }
    }

    private record Reading(long calls, long cpuNanos, long wallNanos, long compilerNanos) {}

    /** One place in flight: the call that is on it, and then the next. */
    private final class Slot implements Completion {
        void loop() {
            while (running) {
                attempt();
            }
            drained.countDown();
        }

        void next() {
            if (running) {
                attempt();
            } else {
                drained.countDown();
            }
        }

        private void attempt() {
            try {
                arm.call(this);
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        @Override
        public void read(int textLength, int inputTokens, int outputTokens, boolean stopped) {
            if (textLength == expected.textLength()
                    && inputTokens == expected.inputTokens()
                    && outputTokens == expected.outputTokens()
                    && stopped) {
                succeeded();
            } else {
                failed(new IllegalStateException("wrong answer: " + textLength + " units of text, " + inputTokens
                        + " + " + outputTokens + " tokens, stopped " + stopped + " (expected: " + expected + ")"));
            }
        }

        @Override
        public void received(int bytes) {
            if (bytes == expected.bodyBytes()) {
                succeeded();
            } else {
                failed(new IllegalStateException("wrong answer: " + bytes + " bytes (expected: " + expected + ")"));
            }
        }

        private void succeeded() {
            calls.increment();
            if (!arm.blocking()) {
                next();
            }
        }

        @Override
        public void failed(Throwable cause) {
            failure.compareAndSet(null, cause);
            running = false;
            failed.countDown();
        }
    }
}
