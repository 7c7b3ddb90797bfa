package dev.avionics.testkit.record;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.testkit.record.RecordedExchange.Chunk;
import dev.avionics.testkit.record.RecordedExchange.End;
import dev.avionics.testkit.record.RecordedExchange.Head;
import dev.avionics.testkit.record.RecordedExchange.How;
import dev.avionics.testkit.record.RecordedExchange.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands between the caller and one exchange, and keeps what passes. */
final class RecordedCall implements HttpExchange, HttpReceiver {
    private final HttpReceiver receiver;
    private final Ticker ticker;
    private final long began;
    private final Request request;
    private final String address;
    private final List<Chunk> chunks = new ArrayList<>();
    private @Nullable Head head;
    private @Nullable End end;
    private volatile @Nullable HttpExchange inner;

    RecordedCall(HttpCall call, HttpReceiver receiver, Ticker ticker) {
        this.receiver = receiver;
        this.ticker = ticker;
        began = ticker.nanoTime();
        request = RecordedRequests.of(call);
        address = RecordedRequests.address(call);
    }

    /** What has passed so far, with its secrets. */
    synchronized RecordedExchange exchange() {
        return new RecordedExchange(request, head, chunks, end == null ? new End(at(), How.OPEN, null) : end);
    }

    void on(HttpExchange exchange) {
        inner = exchange;
    }

    private HttpExchange inner() {
        // The caller has this exchange from send or from onConnected; both were told the inner one before.
        return requireNonNull(inner, "inner");
    }

    private Duration at() {
        return Duration.ofNanos(ticker.nanoTime() - began);
    }

    private synchronized void ended(How how, @Nullable InferenceException why) {
        if (end == null) {
            end = new End(at(), how, why);
        }
    }

    @Override
    public void onConnected(HttpExchange exchange) {
        on(exchange);
        receiver.onConnected(this);
    }

    @Override
    public void onSent() {
        receiver.onSent();
    }

    @Override
    public void onHead(HttpHead answer) {
        synchronized (this) {
            head = new Head(at(), answer.status(), answer.headers());
        }
        receiver.onHead(answer);
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        synchronized (this) {
            chunks.add(new Chunk(at(), copy));
        }
        receiver.onBytes(bytes);
    }

    @Override
    public void onReadComplete() {
        receiver.onReadComplete();
    }

    @Override
    public void onEnd() {
        ended(How.COMPLETE, null);
        receiver.onEnd();
    }

    @Override
    public void onFailure(InferenceException why) {
        String message = String.valueOf(why.getMessage()).replace(address, RecordedRequests.ADDRESS);
        ended(How.FAILED, why.toBuilder().message(message).build());
        receiver.onFailure(why);
    }

    @Override
    public void read() {
        inner().read();
    }

    @Override
    public void cancel() {
        ended(How.CANCELLED, null);
        inner().cancel();
    }

    @Override
    public void finish() {
        ended(How.FINISHED, null);
        inner().finish();
    }

    @Override
    public void execute(Runnable task) {
        inner().execute(task);
    }

    @Override
    public boolean inThread() {
        return inner().inThread();
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
