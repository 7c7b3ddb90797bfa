package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Attempts;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.Engine;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import dev.avionics.testkit.http.ScriptedTransport;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine on real threads: demand, cancel, clocks and ends meet anywhere, and each call ends once. */
class RaceTest {
    private static final int ROUNDS = 20_000;
    private static final int BATCH = 500;
    private static final Target A = Rig.target("a", Billing.FREE);

    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final ExecutorService racer = Executors.newSingleThreadExecutor();
    private final ExecutorService delivery = Executors.newSingleThreadExecutor();
    private final SystemScheduler timers = new SystemScheduler();

    /** The transport's thread: what is due at once needs no timer. */
    private Scheduler.Handle onLoop(Runnable task, Duration delay) {
        if (delay.isZero()) {
            loop.execute(task);
            return () -> {};
        }
        return timers.schedule(() -> loop.execute(task), delay);
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
        racer.shutdownNow();
        delivery.shutdownNow();
        timers.close();
    }

    /** A reader that asks in bits and knows how often it was told what. */
    private static final class Racing implements Flow.Subscriber<InferenceEvent> {
        private final StringBuilder text = new StringBuilder();
        private final AtomicInteger terminals = new AtomicInteger();
        private final AtomicInteger outcomes = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();
        private final CountDownLatch settled = new CountDownLatch(1);
        private final CountDownLatch told = new CountDownLatch(1);
        private final int step;
        private volatile Outcome outcome;
        private volatile Flow.Subscription subscription;
        private volatile boolean completed;
        private int got;
        private int afterEnd;

        Racing(int step) {
            this.step = step;
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
        }

        @Override
        public synchronized void onNext(InferenceEvent event) {
            if (terminals.get() > 0) {
                afterEnd++;
            }
            if (event instanceof InferenceEvent.TextDelta delta) {
                text.append(delta.text());
            }
            if (++got % step == 0) {
                subscription.request(step);
            }
        }

        @Override
        public void onError(Throwable e) {
            terminals.incrementAndGet();
            told.countDown();
        }

        @Override
        public void onComplete() {
            completed = true;
            terminals.incrementAndGet();
            told.countDown();
        }

        void settle(Outcome how) {
            outcome = how;
            outcomes.incrementAndGet();
            settled.countDown();
        }

        synchronized String text() {
            return text.toString();
        }
    }

    @Test
    void anythingMeetsAnything_eachCallEndsOnce() throws Exception {
        SplittableRandom random = new SplittableRandom(20260101);
        int[] kinds = new int[3];
        for (int batch = 0; batch < ROUNDS / BATCH; batch++) {
            ScriptedTransport transport = new ScriptedTransport(this::onLoop, Ticker.system());
            LineProtocol protocol = new LineProtocol();
            Engine engine = new Engine(transport, timers, Ticker.system(), Clock.systemUTC());
            ProtocolAdapter adapter = new ProtocolAdapter(engine, protocol);
            for (int i = 0; i < BATCH; i++) {
                Racing reader = round(random, transport, protocol, adapter);
                kinds[reader.outcome instanceof Outcome.Done ? 0 : reader.outcome instanceof Outcome.Failed ? 1 : 2]++;
            }
            loop.submit(() -> {}).get(5, TimeUnit.SECONDS);
            assertThat(transport.faults()).isEmpty();
            assertThat(transport.exchanges()).noneMatch(e -> e.ending() == End.OPEN);
        }
        // The races are real: each way to end was taken often.
        assertThat(kinds[0]).as("done").isGreaterThan(ROUNDS / 20);
        assertThat(kinds[1]).as("failed").isGreaterThan(ROUNDS / 20);
        assertThat(kinds[2]).as("cancelled").isGreaterThan(ROUNDS / 20);
    }

    private Racing round(
            SplittableRandom random, ScriptedTransport transport, LineProtocol protocol, ProtocolAdapter adapter)
            throws Exception {
        int frames = random.nextInt(1, 60);
        String expected = "x".repeat(frames);
        // More than can be used: a request that was on its way when the last call was cancelled may take one.
        Queue<Script> scripts = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 8; i++) {
            scripts.add(script(random, frames));
        }
        transport.otherwise(call -> scripts.remove());
        boolean steps = random.nextInt(4) == 0;
        protocol.inference = (scope, request) -> {
            Step.Send<dev.avionics.airframe.InferenceResult> chat =
                    new Step.Send<>(protocol.call(scope, "/chat"), protocol::onHead);
            return new Exchange<>(
                    List.of(),
                    steps
                            ? new Step.Send<>(
                                    protocol.call(scope, "/one"),
                                    head -> head.isSuccess() ? chat : protocol.onHead(head))
                            : chat);
        };
        Racing reader = new Racing(random.nextInt(1, 20));
        RetryPolicy quick = new RetryPolicy(
                random.nextInt(1, 4),
                Duration.ofNanos(50_000),
                Duration.ofNanos(50_000),
                Duration.ofNanos(100_000),
                Duration.ofSeconds(1),
                RetryPolicy.Jitter.FULL,
                false);
        boolean cancels = random.nextInt(3) > 0;
        Duration total =
                Duration.ofNanos(cancels && random.nextBoolean() ? 5_000_000_000L : random.nextInt(20_000, 500_000));
        CallContext context = CallContext.create(random.nextBoolean() ? Delivery.TRANSPORT : Delivery.on(delivery))
                .withTotal(total)
                .observedBy(new CallObserver() {
                    @Override
                    public void ended(Outcome outcome) {
                        reader.ends.incrementAndGet();
                    }
                });
        InferenceStream<InferenceEvent> stream = new Attempts(timers, Ticker.system(), RandomSource.seeded(1), quick)
                .infer(
                        context,
                        protocol.timeouts,
                        AttemptPlan.single(A),
                        (attempt, call) -> adapter.infer(attempt.target(), InferenceRequest.of("q"), call));
        stream.observe(reader::settle);
        int spin = random.nextInt(60_000);
        boolean bySubscriber = random.nextBoolean();
        if (cancels) {
            racer.execute(() -> {
                spin(spin);
                if (bySubscriber && reader.subscription != null) {
                    reader.subscription.cancel();
                } else {
                    stream.cancel(CancelReason.CALLER);
                }
            });
        }
        stream.subscribe(reader);
        reader.subscription.request(reader.step);

        assertThat(reader.settled.await(20, TimeUnit.SECONDS))
                .as("the call ends")
                .isTrue();
        boolean silent = cancels && bySubscriber;
        if (!silent) {
            assertThat(reader.told.await(20, TimeUnit.SECONDS))
                    .as("the reader is told")
                    .isTrue();
        }
        assertThat(reader.outcomes).hasValue(1);
        assertThat(reader.ends.get()).isLessThanOrEqualTo(1);
        assertThat(reader.terminals.get()).isLessThanOrEqualTo(1);
        assertThat(reader.afterEnd).isZero();
        // In this order: a reader that cancels late may be told the rest just now.
        boolean completed = reader.completed;
        String text = reader.text();
        assertThat(expected).startsWith(text);
        if (completed) {
            assertThat(reader.outcome).isInstanceOf(Outcome.Done.class);
            assertThat(text).isEqualTo(expected);
        }
        return reader;
    }

    private static void spin(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static Script script(SplittableRandom random, int frames) {
        Script script = Script.begin();
        switch (random.nextInt(12)) {
            case 0 -> {
                return script;
            }
            case 1 -> {
                return script.fail("connect", Sent.NOTHING);
            }
            case 2 -> {
                return script.connected().fail("eof", Sent.STALE);
            }
            case 3 -> {
                return Script.reply(503).bytes("busy").end();
            }
            case 4 -> {
                return Script.reply(200).bytes(data("ping")).end();
            }
            default -> script = script.connected().sent().head(200, headers());
        }
        int left = frames;
        while (left > 0) {
            int now = random.nextInt(1, left + 1);
            script = script.bytes(data("text x").repeat(now));
            left -= now;
            if (random.nextInt(6) == 0) {
                script = script.after(Duration.ofNanos(random.nextInt(30_000)));
            }
        }
        return switch (random.nextInt(5)) {
            case 0 -> script.fail("reset", Sent.ALL);
            case 1 -> script.bytes(data("finish stop")).fail("eof", Sent.ALL);
            case 2 -> script.lastBytes(data("finish stop"));
            case 3 -> script.bytes(data("finish stop", "usage 1 2")).end();
            default -> script.bytes(data("finish stop", "usage 1 2", "[DONE]"));
        };
    }
}
