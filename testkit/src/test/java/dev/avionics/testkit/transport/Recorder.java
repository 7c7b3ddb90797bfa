package dev.avionics.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A receiver that writes down what it is told, checks the order of it, and can be waited for. */
final class Recorder implements HttpReceiver {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final boolean greedy;
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch sent = new CountDownLatch(1);
    private final CompletableFuture<HttpExchange> started = new CompletableFuture<>();
    private final List<String> wrong = new ArrayList<>();
    private Runnable onSent = () -> {};
    private Runnable onBytes = () -> {};
    private @Nullable HttpExchange exchange;
    private @Nullable HttpHead head;
    private @Nullable InferenceException failure;
    private int readCompletes;
    private int largestPiece;

    private Recorder(boolean greedy) {
        this.greedy = greedy;
    }

    /** Reads all. */
    static Recorder send(HttpTransport transport, HttpCall call) {
        return send(transport, call, Duration.ofSeconds(5));
    }

    static Recorder send(HttpTransport transport, HttpCall call, Duration connect) {
        return new Recorder(true).start(transport, call, connect);
    }

    /** Reads when told so. */
    static Recorder sendLazily(HttpTransport transport, HttpCall call) {
        return new Recorder(false).start(transport, call, Duration.ofSeconds(5));
    }

    static Recorder greedy() {
        return new Recorder(true);
    }

    static Recorder lazy() {
        return new Recorder(false);
    }

    Recorder whenSent(Runnable task) {
        onSent = task;
        return this;
    }

    Recorder whenBytes(Runnable task) {
        onBytes = task;
        return this;
    }

    Recorder start(HttpTransport transport, HttpCall call, Duration connect) {
        HttpExchange returned = transport.send(call, connect, this);
        started.complete(returned);
        synchronized (this) {
            if (exchange != null && exchange != returned) {
                wrong.add("another exchange was told than returned");
            }
            exchange = returned;
        }
        return this;
    }

    HttpExchange exchange() {
        return started.join();
    }

    private synchronized void note(String event) {
        HttpExchange on = exchange;
        if (over.getCount() == 0) {
            wrong.add(event + " after the end");
        }
        if (on != null && !on.inThread()) {
            wrong.add(event + " on another thread");
        }
        events.add(event);
        notifyAll();
    }

    @Override
    public void onConnected(HttpExchange on) {
        synchronized (this) {
            exchange = on;
        }
        note("connected");
    }

    @Override
    public void onSent() {
        note("sent");
        sent.countDown();
        onSent.run();
    }

    @Override
    public void onHead(HttpHead answer) {
        synchronized (this) {
            head = answer;
        }
        note("head " + answer.status());
        if (greedy && exchange != null) {
            exchange.read();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        note("bytes");
        synchronized (this) {
            largestPiece = Math.max(largestPiece, bytes.remaining());
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            body.writeBytes(copy);
        }
        onBytes.run();
    }

    @Override
    public void onReadComplete() {
        synchronized (this) {
            readCompletes++;
            if (events.isEmpty() || !events.get(events.size() - 1).equals("bytes")) {
                wrong.add("a read is complete without bytes: " + events);
            }
        }
        note("read complete");
        if (greedy && exchange != null) {
            exchange.read();
        }
    }

    @Override
    public void onEnd() {
        note("end");
        over.countDown();
    }

    @Override
    public void onFailure(InferenceException why) {
        synchronized (this) {
            failure = why;
        }
        note("failure");
        over.countDown();
    }

    /** Waits for the end, which must be a good one. */
    Recorder awaitEnd() {
        awaitOver();
        synchronized (this) {
            if (failure != null) {
                throw new AssertionError("failed: " + failure.getMessage(), failure);
            }
        }
        return this;
    }

    /** Waits for the failure. */
    InferenceException awaitFailure() {
        awaitOver();
        synchronized (this) {
            if (failure == null) {
                throw new AssertionError("did not fail: " + events);
            }
            assertThat(failure.getMessage()).doesNotContain("\n");
            return failure;
        }
    }

    /** Waits for a failure of the network. */
    InferenceException awaitFailure(String code, Sent sentThen) {
        InferenceException why = awaitFailure();
        assertThat(why.category()).as("%s", why).isEqualTo(ErrorCategory.CONNECTION);
        assertThat(why.code()).as("code of: %s", why.getMessage()).contains(code);
        assertThat(why.sent()).as("sent of: %s", why.getMessage()).isEqualTo(sentThen);
        return why;
    }

    private void awaitOver() {
        try {
            if (!over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("not over: " + events());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertOrderly();
    }

    Recorder awaitSent() {
        try {
            if (!sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("not sent: " + events());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /** Waits until something is so of what this was told. */
    synchronized Recorder await(BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            long millis = (until - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new AssertionError("waited in vain: " + events);
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return this;
    }

    Recorder awaitHead() {
        return await(() -> head != null);
    }

    Recorder awaitReadComplete(int count) {
        return await(() -> readCompletes >= count);
    }

    void assertOrderly() {
        synchronized (this) {
            assertThat(wrong).isEmpty();
        }
    }

    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized HttpHead head() {
        if (head == null) {
            throw new AssertionError("no head: " + events);
        }
        return head;
    }

    synchronized String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    synchronized int bytes() {
        return body.size();
    }

    synchronized int largestPiece() {
        return largestPiece;
    }

    synchronized int readCompletes() {
        return readCompletes;
    }
}
