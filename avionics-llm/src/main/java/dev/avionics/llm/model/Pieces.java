package dev.avionics.llm.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A body for a reader that waits for each piece, but not for ever. At most one piece lies here. */
final class Pieces implements Flow.Subscriber<List<ByteBuffer>> {
    private final BlockingQueue<Piece> queue = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;

    /** Buffers, none at the end, or why there will be no more. */
    private record Piece(List<ByteBuffer> buffers, @Nullable Throwable error) {}

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        queue.add(new Piece(item, null));
    }

    @Override
    public void onError(Throwable why) {
        queue.add(new Piece(List.of(), why));
    }

    @Override
    public void onComplete() {
        queue.add(new Piece(List.of(), null));
    }

    /** The next buffers; empty at the end. */
    List<ByteBuffer> next(Duration patience) throws IOException, InterruptedException, TimeoutException {
        Piece piece = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (piece == null) {
            throw new TimeoutException();
        }
        Throwable error = piece.error();
        if (error != null) {
            throw error instanceof IOException io ? io : new IOException(error);
        }
        Flow.Subscription on = subscription;
        if (!piece.buffers().isEmpty() && on != null) {
            on.request(1);
        }
        return piece.buffers();
    }

    void cancel() {
        Flow.Subscription on = subscription;
        if (on != null) {
            on.cancel();
        }
    }
}
