package dev.avionics.airframe.stream;

import static dev.avionics.airframe.stream.Samples.COMPLETED;
import static dev.avionics.airframe.stream.Samples.STARTED;
import static dev.avionics.airframe.stream.Samples.failure;
import static dev.avionics.airframe.stream.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventCursorTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CallContext context = CallContext.create(Delivery.on(threads));
    private final HandSource source = new HandSource();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static void assertCancelled(Throwable error) {
        assertThat(error).isInstanceOf(InferenceException.class);
        assertThat(((InferenceException) error).category()).isEqualTo(ErrorCategory.CANCELLED);
    }

    /** Waits until the reader sleeps, which the source can see. */
    private void awaitReader() {
        while (!source.sink().readerWaits()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void cursor_readsAllThatAFastSourceGives() {
        List<InferenceEvent> seen = new ArrayList<>();
        try (EventCursor<InferenceEvent> cursor = InferenceStream.from(
                        context, ScriptedSource.words(20_000, threads).frames(7).framesPerFlush(3))
                .open()) {
            cursor.forEachRemaining(seen::add);
            assertThat(cursor.hasNext()).isFalse();
            assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
        }

        assertThat(seen).hasSize(20_001).startsWith(text("w0"), text("w1")).endsWith(COMPLETED);
    }

    @Test
    void cursor_thatIsNotRead_stopsTheSourceAfterWindowAndFrame() {
        ScriptedSource words = ScriptedSource.words(Long.MAX_VALUE, null).frames(50);
        EventCursor<InferenceEvent> cursor =
                InferenceStream.from(context, words).open();

        for (int taken = 0; taken < 3000; taken++) {
            assertThat(words.given.get() - taken).isBetween(0L, Drain.WINDOW + 50L);
            cursor.next();
        }
        cursor.close();
        assertThat(words.cancels).hasValue(1);
    }

    @Test
    void cursor_whenReaderSleeps_isWokenByFlushAndEnd() {
        EventCursor<String> cursor =
                InferenceStream.from(context, source).map(Samples::words).open();
        CompletableFuture<String> first = CompletableFuture.supplyAsync(cursor::next, threads);
        awaitReader();
        // The reader says that it waits before it tells the source.
        while (source.resumptions.get() == 0) {
            Thread.onSpinWait();
        }
        assertThat(source.resumptions).hasValue(1);
        source.give(STARTED, text("a"));
        assertThat(first.join()).isEqualTo("a");
        assertThat(source.sink().readerWaits()).isFalse();

        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(cursor::hasNext, threads);
        awaitReader();
        source.give(COMPLETED);

        assertThat(more.join()).isFalse();
    }

    @Test
    void cursor_ofFailedCall_givesWhatCameAndThenThrows() {
        InferenceException broken = failure("broken");
        EventCursor<InferenceEvent> cursor =
                InferenceStream.from(context, source).open();
        source.give(text("a"));
        source.fail(broken);

        assertThat(cursor.next()).isEqualTo(text("a"));
        assertThatThrownBy(cursor::hasNext).isSameAs(broken);
        assertThatThrownBy(cursor::next).isSameAs(broken);
    }

    @Test
    void close_inTheMiddle_cancelsAndDropsTheRest() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(context, source);
        EventCursor<InferenceEvent> cursor = stream.open();
        source.give(text("a"), text("b"));
        assertThat(cursor.next()).isEqualTo(text("a"));

        cursor.close();
        cursor.close();

        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThatThrownBy(cursor::hasNext).satisfies(EventCursorTest::assertCancelled);
        assertThat(stream.outcome().toCompletableFuture().join()).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void close_afterTheEndWasDecoded_dropsTheRestButNotTheOutcome() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(context, source);
        EventCursor<InferenceEvent> cursor = stream.open();
        source.give(text("a"), COMPLETED);

        cursor.close();

        assertThatThrownBy(cursor::hasNext).satisfies(EventCursorTest::assertCancelled);
        assertThat(source.cancels).isEmpty();
        assertThat(stream.outcome().toCompletableFuture().join()).isEqualTo(new Outcome.Done(COMPLETED));
    }

    @Test
    void cancel_fromElsewhere_wakesTheReader() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(context, source);
        EventCursor<InferenceEvent> cursor = stream.open();
        CompletableFuture<Boolean> reader = CompletableFuture.supplyAsync(cursor::hasNext, threads);
        awaitReader();

        stream.cancel(CancelReason.DEADLINE);

        assertThatThrownBy(() -> reader.get(20, TimeUnit.SECONDS)).cause().satisfies(EventCursorTest::assertCancelled);
    }

    @Test
    void interrupt_ofTheReader_cancelsTheCallAndKeepsTheFlag() throws InterruptedException {
        EventCursor<InferenceEvent> cursor =
                InferenceStream.from(context, source).open();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                cursor.hasNext();
                thrown.completeExceptionally(new AssertionError("not interrupted"));
            } catch (InferenceException e) {
                thrown.complete(e);
            }
            flag.complete(Thread.currentThread().isInterrupted());
        });
        reader.start();
        awaitReader();

        reader.interrupt();

        assertThat(thrown.join()).satisfies(EventCursorTest::assertCancelled);
        assertThat(flag.join()).isTrue();
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        reader.join();
    }

    @Test
    void cursor_onTransportThread_refusesEvenWhenAnEventIsAtHand() throws InterruptedException {
        EventCursor<InferenceEvent> cursor =
                InferenceStream.from(context, source).open();
        source.give(text("a"));
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        class Loop extends Thread implements TransportThread {
            @Override
            public void run() {
                try {
                    cursor.hasNext();
                    thrown.completeExceptionally(new AssertionError("it may block"));
                } catch (IllegalStateException e) {
                    thrown.complete(e);
                }
            }
        }
        Loop loop = new Loop();
        loop.start();
        loop.join();

        assertThat(thrown.join()).hasMessageContaining("transport thread");
        assertThat(cursor.next()).isEqualTo(text("a"));
    }

    @Test
    void view_thatThrows_cancelsTheCall() {
        IllegalStateException bad = new IllegalStateException("view");
        EventCursor<InferenceEvent> cursor = InferenceStream.from(context, source)
                .<InferenceEvent>map(e -> {
                    throw bad;
                })
                .open();
        source.give(text("a"), text("b"));

        assertThatThrownBy(cursor::hasNext).isSameAs(bad);
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThatThrownBy(cursor::hasNext).satisfies(EventCursorTest::assertCancelled);
    }

    @Test
    void open_ofCancelledStream_throwsAtTheFirstRead() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(context, source);
        stream.cancel(CancelReason.SHUTDOWN);

        EventCursor<InferenceEvent> cursor = stream.open();

        assertThatThrownBy(cursor::hasNext).satisfies(EventCursorTest::assertCancelled);
        assertThat(source.starts).hasValue(0);
    }
}
