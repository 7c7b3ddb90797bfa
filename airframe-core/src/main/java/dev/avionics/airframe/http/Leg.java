package dev.avionics.airframe.http;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Step;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operation and the reading of its answer. Has a receiver of its own, so that late news of one exchange
 * is never taken for news of the next. What it is told comes on the exchange's thread; whatever is thrown there ends the
 * operation.
 */
final class Leg<R> implements HttpReceiver {
    private final Operation<R> operation;
    private final Step.Send<R> step;
    private final String backend;
    private volatile @Nullable HttpExchange exchange;
    private volatile Sent sent = Sent.NOTHING;
    private volatile boolean left;
    private volatile @Nullable HttpHead head;

    // The exchange's thread's.
    private Step.@Nullable ReadAll<R> reading;
    private @Nullable ByteArrayOutputStream whole;
    private Operation.@Nullable Body body;
    private boolean bodyTaken;

    Leg(Operation<R> operation, Step.Send<R> step, String backend) {
        this.operation = operation;
        this.step = step;
        this.backend = backend;
    }

    @Nullable
    HttpExchange exchange() {
        return exchange;
    }

    Sent sent() {
        return sent;
    }

    /** Is told by whoever comes first, the transport's return or its first news. */
    void startedOn(HttpExchange on) {
        exchange = on;
        // An operation that ended before anybody could tell the exchange.
        if (operation.isOver() && !left) {
            on.cancel();
        }
    }

    private boolean isPast() {
        return operation.isOver() || operation.leg() != this;
    }

    @Override
    public void onConnected(HttpExchange on) {
        sent = Sent.PART;
        startedOn(on);
        if (!isPast()) {
            operation.clocks().connected();
        }
    }

    @Override
    public void onSent() {
        sent = Sent.ALL;
        if (!isPast()) {
            operation.clocks().sent();
        }
    }

    @Override
    public void onHead(HttpHead answer) {
        head = answer;
        sent = Sent.ALL;
        if (isPast()) {
            return;
        }
        operation.clocks().replied();
        operation.answered(answer);
        try {
            go(step.onHead().apply(answer));
        } catch (Throwable e) {
            operation.broke(e);
        }
    }

    private void go(@Nullable Step<R> next) {
        if (next instanceof Step.Send<R> send) {
            operation.sendNext(send);
        } else if (next instanceof Step.ReadAll<R> all) {
            takeBody();
            reading = all;
            whole = new ByteArrayOutputStream(256);
            read();
        } else if (next instanceof Step.Decode<R> decode) {
            takeBody();
            HttpHead answer = head;
            if (answer == null) {
                throw new IllegalStateException("Decode before the head");
            }
            Operation.Body decoding = operation.listener().decode(decode, answer);
            body = decoding;
            if (!isPast() && decoding.wantsMore()) {
                read();
            }
        } else if (next instanceof Step.Done<R> done) {
            operation.done(done.value());
        } else if (next instanceof Step.Fail<R> failed) {
            operation.fail(failed);
        } else {
            throw new IllegalStateException("the protocol gave no step");
        }
    }

    private void takeBody() {
        if (bodyTaken) {
            throw new IllegalStateException("the protocol reads one body twice");
        }
        bodyTaken = true;
    }

    void read() {
        HttpExchange on = exchange;
        if (on != null) {
            on.read();
        }
    }

    /** The rest of the answer does not matter. */
    void leave() {
        left = true;
        HttpExchange on = exchange;
        if (on != null) {
            on.finish();
        }
    }

    /** The operation failed here. */
    void leaveAfter(InferenceException why) {
        HttpHead answer = head;
        if (answer != null && !answer.isSuccess() && why.status().isPresent()) {
            // A refusal that was understood leaves the connection in order.
            leave();
        } else {
            cancel();
        }
    }

    void cancel() {
        HttpExchange on = exchange;
        if (on != null) {
            on.cancel();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (isPast()) {
            return;
        }
        operation.clocks().bytes();
        Operation.Body decoding = body;
        try {
            if (decoding != null) {
                decoding.bytes(bytes);
            } else {
                collect(bytes);
            }
        } catch (Throwable e) {
            operation.broke(e);
        }
    }

    private void collect(ByteBuffer bytes) {
        Step.ReadAll<R> all = reading;
        ByteArrayOutputStream into = whole;
        if (all == null || into == null) {
            return;
        }
        byte[] piece = new byte[Math.min(all.maxBytes() - into.size(), bytes.remaining())];
        bytes.get(piece);
        into.write(piece, 0, piece.length);
        if (!bytes.hasRemaining()) {
            return;
        }
        HttpHead answer = head;
        if (answer != null && answer.isSuccess()) {
            operation.fail(InferenceException.of(
                    ErrorCategory.PARSE, "the answer of " + backend + " is larger than " + all.maxBytes() + " bytes"));
        } else {
            readingDone();
        }
    }

    @Override
    public void onReadComplete() {
        if (isPast()) {
            return;
        }
        Operation.Body decoding = body;
        try {
            if (decoding == null ? reading != null : decoding.wantsMore()) {
                read();
            }
        } catch (Throwable e) {
            operation.broke(e);
        }
    }

    @Override
    public void onEnd() {
        if (isPast()) {
            return;
        }
        Operation.Body decoding = body;
        try {
            if (decoding != null) {
                decoding.end();
            } else {
                readingDone();
            }
        } catch (Throwable e) {
            operation.broke(e);
        }
    }

    private void readingDone() {
        Step.ReadAll<R> all = reading;
        ByteArrayOutputStream into = whole;
        reading = null;
        whole = null;
        if (all != null && into != null) {
            go(all.then().apply(ByteBuffer.wrap(into.toByteArray())));
        }
    }

    @Override
    public void onFailure(InferenceException why) {
        if (isPast()) {
            return;
        }
        Operation.Body decoding = body;
        if (decoding == null || why.category() != ErrorCategory.CONNECTION) {
            operation.fail(why);
            return;
        }
        try {
            decoding.broken(why);
        } catch (Throwable e) {
            operation.broke(e);
        }
    }

    /** The tail clock ran out. */
    void tailOver() {
        Operation.Body decoding = body;
        if (decoding != null && !isPast()) {
            try {
                decoding.tailOver();
            } catch (Throwable e) {
                operation.broke(e);
            }
        }
    }
}
