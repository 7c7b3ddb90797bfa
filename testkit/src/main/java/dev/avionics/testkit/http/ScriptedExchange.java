package dev.avionics.testkit.http;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One request that a {@link ScriptedTransport} was given, and what became of it. Thread-safe. */
public final class ScriptedExchange implements HttpExchange {
    /** The most that one read brings. */
    private static final int MOST = 64 << 10;

    /** How an exchange ended. */
    public enum End {
        /** It has not. */
        OPEN,
        /** The script came to the end of the body. */
        COMPLETE,
        /** The script failed it. */
        FAILED,
        /** The caller cancelled it. */
        CANCELLED,
        /** The caller did not want the rest. */
        FINISHED
    }

    private final ScriptedTransport transport;
    private final HttpCall call;
    private final Duration connect;
    private final Duration at;
    private final HttpReceiver receiver;
    private final Iterator<Script.Act> acts;
    private volatile End end = End.OPEN;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    // The transport's thread's.
    private Script.@Nullable Act next;
    private Scheduler.@Nullable Handle timer;
    private boolean wanted;
    private boolean playing;

    ScriptedExchange(
            ScriptedTransport transport,
            HttpCall call,
            Duration connect,
            Duration at,
            HttpReceiver receiver,
            Script script) {
        this.transport = transport;
        this.call = call;
        this.connect = connect;
        this.at = at;
        this.receiver = receiver;
        acts = script.acts().iterator();
    }

    /** The request. */
    public HttpCall call() {
        return call;
    }

    /** The time that was allowed for connecting. */
    public Duration connect() {
        return connect;
    }

    /** When it was sent, from the start of the transport. */
    public Duration at() {
        return at;
    }

    /** How it ended. */
    public End ending() {
        return end;
    }

    /** How many reads were delivered. */
    public int reads() {
        return reads.get();
    }

    /** How many bytes of the body were delivered. */
    public long bytes() {
        return bytes.get();
    }

    void wake() {
        transport.later(this::play, Duration.ZERO);
    }

    void closed(InferenceException why) {
        execute(() -> {
            if (ends(End.FAILED)) {
                guarded(() -> receiver.onFailure(why));
            }
        });
    }

    @Override
    public void read() {
        if (inThread()) {
            wanted = true;
            play();
        } else {
            execute(() -> {
                wanted = true;
                play();
            });
        }
    }

    @Override
    public void cancel() {
        stop(End.CANCELLED);
    }

    @Override
    public void finish() {
        stop(End.FINISHED);
    }

    private void stop(End how) {
        if (ends(how)) {
            if (inThread()) {
                stopTimer();
            } else {
                execute(this::stopTimer);
            }
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private synchronized boolean ends(End how) {
        if (end != End.OPEN) {
            return false;
        }
        end = how;
        return true;
    }

    @Override
    public void execute(Runnable task) {
        transport.later(() -> guarded(task), Duration.ZERO);
    }

    @Override
    public boolean inThread() {
        return transport.inThread();
    }

    private void guarded(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            transport.fault(e);
        }
    }

    /** Plays until it has to wait. Not re-entered: who plays sees what was asked meanwhile. */
    private void play() {
        if (playing || timer != null) {
            return;
        }
        playing = true;
        while (end == End.OPEN && (next != null || acts.hasNext())) {
            Script.Act act = next == null ? acts.next() : next;
            next = null;
            if ((act instanceof Script.Act.Read || act instanceof Script.Act.End) && !wanted) {
                next = act;
                break;
            }
            if (act instanceof Script.Act.Wait wait) {
                timer = transport.later(
                        () -> {
                            timer = null;
                            play();
                        },
                        wait.time());
                break;
            }
            guarded(() -> perform(act));
        }
        playing = false;
    }

    private void perform(Script.Act act) {
        if (act instanceof Script.Act.Connected) {
            receiver.onConnected(this);
        } else if (act instanceof Script.Act.SentAll) {
            receiver.onSent();
        } else if (act instanceof Script.Act.Head head) {
            receiver.onHead(head.head());
        } else if (act instanceof Script.Act.Read read) {
            bring(read);
        } else if (act instanceof Script.Act.End) {
            complete();
        } else if (act instanceof Script.Act.Failed failed && ends(End.FAILED)) {
            receiver.onFailure(failed.why());
        }
    }

    private void bring(Script.Act.Read read) {
        wanted = false;
        reads.incrementAndGet();
        int size = 0;
        for (byte[] piece : read.pieces()) {
            size += piece.length;
            if (size > MOST) {
                throw new IllegalStateException("one read of " + size + " bytes (expected: <= " + MOST + ")");
            }
            if (end == End.OPEN) {
                bytes.addAndGet(piece.length);
                // A buffer of its own that is wiped afterwards: what is borrowed must not be kept.
                byte[] borrowed = piece.clone();
                receiver.onBytes(ByteBuffer.wrap(borrowed));
                java.util.Arrays.fill(borrowed, (byte) '?');
            }
        }
        if (read.last()) {
            complete();
        } else if (end == End.OPEN) {
            receiver.onReadComplete();
        }
    }

    private void complete() {
        if (ends(End.COMPLETE)) {
            receiver.onEnd();
        }
    }

    @Override
    public String toString() {
        return call + " at " + at + ": " + end;
    }
}
