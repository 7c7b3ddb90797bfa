package dev.avionics.llm.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.llm.service.BusEvent.AmbientSpeechDetected;
import dev.avionics.llm.service.BusEvent.SpeechDetected;
import dev.avionics.llm.service.BusEvent.SystemStopped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventBusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final EventBus bus = EventBus.builder()
            .executor(tasks::add)
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .history(3)
            .deadLetters(2)
            .build();

    @AfterEach
    void close() {
        bus.close();
    }

    private static SpeechDetected speech(String text) {
        return new SpeechDetected(text, "c-" + text);
    }

    private void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void publish_beforeTheExecutorRuns_hasCalledNobody() {
        bus.subscribe(SpeechDetected.class, event -> seen.add(event.text()));
        bus.publish(speech("a"));

        assertThat(seen).isEmpty();
        run();
        assertThat(seen).containsExactly("a");
    }

    @Test
    @Tag("row-128")
    void handler_thatThrows_becomesADeadLetterAndStopsNobody() {
        IllegalStateException broken = new IllegalStateException("broken");
        bus.subscription(SpeechDetected.class).priority(1).named("first").handle(event -> {
            throw broken;
        });
        bus.subscribe(SpeechDetected.class, event -> seen.add(event.text()));
        bus.publish(speech("a"));
        bus.publish(speech("b"));
        run();

        assertThat(seen).containsExactly("a", "b");
        assertThat(bus.deadLetters())
                .containsExactly(
                        new EventBus.DeadLetter(speech("a"), "first", broken, NOW),
                        new EventBus.DeadLetter(speech("b"), "first", broken, NOW));
        assertThat(bus.stats()).isEqualTo(new EventBus.Stats(2, 2, 2, 2, 2));
    }

    @Test
    @Tag("row-128")
    void handler_thatThrowsAnError_isIsolatedToo() {
        bus.subscribe(SpeechDetected.class, event -> {
            throw new StackOverflowError();
        });
        bus.publish(speech("a"));
        run();

        assertThat(bus.deadLetters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.error()).isInstanceOf(StackOverflowError.class));
    }

    @Test
    @Tag("row-128")
    void deadLettersAndHistory_beyondTheirBounds_keepTheLatest() {
        bus.subscribe(SpeechDetected.class, event -> {
            throw new IllegalStateException(event.text());
        });
        for (String text : List.of("a", "b", "c", "d")) {
            bus.publish(speech(text));
        }
        bus.publish(new SystemStopped("x"));
        run();

        assertThat(bus.deadLetters())
                .extracting(letter -> letter.error().getMessage())
                .containsExactly("c", "d");
        assertThat(bus.history()).containsExactly(speech("c"), speech("d"), new SystemStopped("x"));
        assertThat(bus.history(SystemStopped.class)).containsExactly(new SystemStopped("x"));
    }

    @Test
    @Tag("row-128")
    void priority_higher_isHandedOverFirst() {
        bus.subscription(SpeechDetected.class).priority(-1).handle(event -> seen.add("low " + event.text()));
        bus.subscribe(SpeechDetected.class, event -> seen.add("one " + event.text()));
        bus.subscribe(SpeechDetected.class, event -> seen.add("two " + event.text()));
        bus.subscription(SpeechDetected.class).priority(9).handle(event -> seen.add("high " + event.text()));
        bus.publish(speech("a"));
        bus.publish(speech("b"));
        run();

        assertThat(seen).containsExactly("high a", "one a", "two a", "low a", "high b", "one b", "two b", "low b");
    }

    @Test
    @Tag("row-128")
    void filterAndOnce_together_takeTheFirstThatFits() {
        EventBus.Subscription subscription = bus.subscription(SpeechDetected.class)
                .filter(event -> event.text().startsWith("y"))
                .once()
                .handle(event -> seen.add(event.text()));
        for (String text : List.of("no", "yes", "yet")) {
            bus.publish(speech(text));
        }
        run();

        assertThat(seen).containsExactly("yes");
        assertThat(subscription.isActive()).isFalse();
        assertThat(bus.stats().subscribers()).isZero();
    }

    @Test
    void filter_thatThrows_isADeadLetter() {
        bus.subscription(SpeechDetected.class)
                .filter(event -> {
                    throw new IllegalStateException("filter");
                })
                .handle(event -> seen.add(event.text()));
        bus.publish(speech("a"));
        run();

        assertThat(seen).isEmpty();
        assertThat(bus.deadLetters()).hasSize(1);
    }

    @Test
    @Tag("row-128")
    void subscription_toACommonInterface_getsAllKinds() {
        bus.subscribe(BusEvent.class, event -> seen.add(event.getClass().getSimpleName()));
        bus.publish(speech("a"));
        bus.publish(new AmbientSpeechDetected("b", "c"));
        run();

        assertThat(seen).containsExactly("SpeechDetected", "AmbientSpeechDetected");
    }

    @Test
    @Tag("row-128")
    void unsubscribe_beforeTheEventsTurn_keepsItAway() {
        EventBus.Subscription subscription = bus.subscribe(SpeechDetected.class, event -> seen.add(event.text()));
        bus.publish(speech("a"));
        bus.unsubscribe(subscription);
        bus.unsubscribe(subscription);
        bus.publish(speech("b"));
        run();

        assertThat(seen).isEmpty();
    }

    @Test
    @Tag("row-128")
    void waitFor_isTheNextEventThatFits() {
        CompletableFuture<SpeechDetected> next =
                bus.waitFor(SpeechDetected.class, event -> event.text().equals("b"));
        bus.publish(speech("a"));
        run();
        assertThat(next).isNotDone();
        bus.publish(speech("b"));
        run();

        assertThat(next).isCompletedWithValue(speech("b"));
        assertThat(bus.stats().subscribers()).isZero();
    }

    @Test
    void waitFor_cancelledOrOnAClosedBus_leavesNoSubscriber() {
        CompletableFuture<SpeechDetected> cancelled = bus.waitFor(SpeechDetected.class);
        cancelled.cancel(false);
        assertThat(bus.stats().subscribers()).isZero();
        CompletableFuture<SpeechDetected> open = bus.waitFor(SpeechDetected.class);
        bus.close();

        assertThat(open).isCancelled();
        assertThat(bus.waitFor(SpeechDetected.class)).isCancelled();
    }

    @Test
    void close_handlesWhatWasPublishedAndTakesNothingMore() {
        bus.subscribe(SpeechDetected.class, event -> seen.add(event.text()));
        bus.publish(speech("a"));
        bus.close();
        bus.publish(speech("b"));
        run();

        assertThat(seen).containsExactly("a");
        assertThat(bus.subscribe(SpeechDetected.class, event -> {}).isActive()).isFalse();
    }

    @Test
    void executor_thatRefuses_makesADeadLetter() {
        EventBus refusing = EventBus.builder()
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();
        refusing.subscribe(SpeechDetected.class, event -> seen.add(event.text()));
        refusing.publish(speech("a"));

        assertThat(refusing.deadLetters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.error()).hasMessage("full"));
    }

    @Test
    void order_onManyThreads_isKeptForEachSubscriber() throws InterruptedException {
        ExecutorService many = Executors.newFixedThreadPool(8);
        try (EventBus parallel = EventBus.builder().executor(many).build()) {
            int count = 2000;
            CountDownLatch all = new CountDownLatch(2 * count);
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            parallel.subscribe(SpeechDetected.class, event -> {
                first.add(event.text());
                all.countDown();
            });
            parallel.subscribe(SpeechDetected.class, event -> {
                second.add(event.text());
                all.countDown();
            });
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                expected.add("" + i);
                parallel.publish(speech("" + i));
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(first).isEqualTo(expected);
            assertThat(second).isEqualTo(expected);
        } finally {
            many.shutdownNow();
        }
    }

    @Test
    void defaultBus_handlesOnItsOwnDaemonThread_evenWhatCameBeforeTheClose() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (EventBus own = EventBus.create()) {
            own.subscribe(SpeechDetected.class, event -> {
                threads.add(Thread.currentThread());
                done.countDown();
            });
            own.publish(speech("a"));
            own.publish(speech("b"));
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(threads).allSatisfy(thread -> assertThat(thread.isDaemon()).isTrue());
        assertThat(threads).doesNotContain(Thread.currentThread());
    }

    @Test
    void values_outOfRange_areRefused() {
        assertThatThrownBy(() -> EventBus.builder().history(-1)).hasMessage("history: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new SpeechDetected("x", "")).hasMessageStartingWith("correlationId: empty");
    }
}
