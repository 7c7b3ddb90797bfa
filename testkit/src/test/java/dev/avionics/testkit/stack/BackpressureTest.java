package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenConnection;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A reader that stops makes the backend stop, and nothing is lost when it goes on. */
class BackpressureTest {
    private static final int EVENTS = 12_000;
    private static final int BEFORE_THE_STOP = 10;
    private static final int CHUNK = 4096;
    private static final byte[] FRAME =
            ("data: " + Chat.text("x".repeat(900)) + "\n\n").getBytes(StandardCharsets.UTF_8);

    /** 256 events ahead of the reader, the frame that crossed that line, and one read that is not decoded yet. */
    private static final long BOUND = 257L * FRAME.length + 64 * 1024;

    /** What the log of the backend may be behind: a write that the kernel took in part. */
    private static final long BLUR = 2 * CHUNK;

    private static SimulatedBackend backend() {
        byte[] end = ("data: " + Chat.FINISH + "\n\ndata: " + Chat.DONE + "\n\n").getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[EVENTS * FRAME.length + end.length];
        for (int i = 0; i < EVENTS; i++) {
            System.arraycopy(FRAME, 0, body, i * FRAME.length, FRAME.length);
        }
        System.arraycopy(end, 0, body, EVENTS * FRAME.length, end.length);
        SimulatedBackend backend =
                SimulatedBackend.builder().sendBuffer(16 * 1024).start();
        return backend.then(Reply.stream("text/event-stream").part(body).chunked(CHUNK));
    }

    private static InferenceStream<InferenceEvent> stream(Airframe airframe, SimulatedBackend backend) {
        return airframe.infer(Chat.target(backend.uri()), Chat.request(true), airframe.newCall());
    }

    /** Waits until the backend cannot write any more, and asserts how much it could. */
    private static void assertStops(SimulatedBackend backend, int delivered, String reader) {
        SeenConnection connection = backend.awaitConnections(1, Chat.PATIENCE).get(0);
        long until = System.nanoTime() + Chat.PATIENCE.toNanos();
        long written = -1;
        int unchanged = 0;
        while (unchanged < 20) {
            assertThat(System.nanoTime() - until)
                    .as("the backend goes on writing")
                    .isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            long now = connection.bytesWritten();
            unchanged = now == written && now > delivered * (long) FRAME.length ? unchanged + 1 : 0;
            written = now;
        }
        long kernel = KernelQueues.between(backend.port(), connection.peerPort());
        long held = written - kernel - delivered * (long) FRAME.length;
        System.out.printf(
                "backpressure, %s: backend wrote %d of %d KiB, socket buffers hold %d KiB, the library %d KiB"
                        + " (bound %d KiB)%n",
                reader, written >> 10, EVENTS * FRAME.length >> 10, kernel >> 10, held >> 10, BOUND >> 10);
        assertThat(written).isLessThan(EVENTS * (long) FRAME.length);
        assertThat(held).isLessThanOrEqualTo(BOUND + BLUR);
    }

    @Test
    void subscriber_thatAsksForNothing_stopsTheBackendUntilItAsksAgain() throws InterruptedException {
        try (SimulatedBackend backend = backend();
                Airframe airframe = Airframe.create()) {
            Counter counter = new Counter(BEFORE_THE_STOP);
            stream(airframe, backend).subscribe(counter);
            counter.awaitCount(BEFORE_THE_STOP);
            assertStops(backend, BEFORE_THE_STOP - 1, "reader without demand");
            counter.request(1000);
            counter.awaitCount(BEFORE_THE_STOP + 1000);
            assertStops(backend, BEFORE_THE_STOP + 999, "reader without demand, later");
            counter.request(Long.MAX_VALUE);
            counter.awaitEnd();
            assertThat(counter.texts()).isEqualTo(EVENTS);
        }
    }

    @Test
    void subscriber_thatBlocks_stopsTheBackendUntilItGoesOn() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        try (SimulatedBackend backend = backend();
                Airframe airframe = Airframe.create()) {
            Counter counter = new Counter(Long.MAX_VALUE) {
                @Override
                public void onNext(InferenceEvent event) {
                    super.onNext(event);
                    if (texts() == BEFORE_THE_STOP) {
                        await(goOn);
                    }
                }
            };
            stream(airframe, backend).subscribe(counter);
            counter.awaitCount(BEFORE_THE_STOP + 1);
            assertStops(backend, BEFORE_THE_STOP, "reader blocked in onNext");
            goOn.countDown();
            counter.awaitEnd();
            assertThat(counter.texts()).isEqualTo(EVENTS);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void cursor_thatIsNotRead_stopsTheBackendUntilItIs() {
        try (SimulatedBackend backend = backend();
                Airframe airframe = Airframe.create();
                EventCursor<InferenceEvent> cursor = stream(airframe, backend).open()) {
            int texts = 0;
            while (texts < BEFORE_THE_STOP) {
                texts += cursor.next() instanceof InferenceEvent.TextDelta ? 1 : 0;
            }
            assertStops(backend, texts, "cursor left alone");
            while (cursor.hasNext()) {
                texts += cursor.next() instanceof InferenceEvent.TextDelta ? 1 : 0;
            }
            assertThat(texts).isEqualTo(EVENTS);
        }
    }

    @Test
    void readerThatLeavesWhileTheBackendIsBlocked_isSeenByIt() throws InterruptedException {
        try (SimulatedBackend backend = backend();
                Airframe airframe = Airframe.create()) {
            Counter counter = new Counter(BEFORE_THE_STOP);
            stream(airframe, backend).subscribe(counter);
            counter.awaitCount(BEFORE_THE_STOP);
            assertStops(backend, BEFORE_THE_STOP - 1, "reader about to leave");
            counter.cancel();
            backend.awaitOpenConnections(0, Chat.PATIENCE);
            assertThat(backend.connections().get(0).peerClose()).isPresent();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(Chat.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("not within " + Chat.PATIENCE);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static class Counter implements Flow.Subscriber<InferenceEvent> {
        private final long first;
        private final AtomicInteger events = new AtomicInteger();
        private final AtomicInteger texts = new AtomicInteger();
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile Flow.Subscription subscription;

        Counter(long first) {
            this.first = first;
        }

        void request(long n) {
            subscription.request(n);
        }

        void cancel() {
            subscription.cancel();
        }

        int texts() {
            return texts.get();
        }

        synchronized void awaitCount(int count) throws InterruptedException {
            long until = System.nanoTime() + Chat.PATIENCE.toNanos();
            while (events.get() < count) {
                long left = until - System.nanoTime();
                assertThat(left)
                        .as("events: " + events + " of " + count + ", " + failure.get())
                        .isPositive();
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }

        void awaitEnd() {
            await(over);
            assertThat(failure.get()).isNull();
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            s.request(first);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (event instanceof InferenceEvent.TextDelta) {
                texts.incrementAndGet();
            }
            synchronized (this) {
                events.incrementAndGet();
                notifyAll();
            }
        }

        @Override
        public void onError(Throwable e) {
            failure.set(e);
            over.countDown();
        }

        @Override
        public void onComplete() {
            over.countDown();
        }
    }
}
