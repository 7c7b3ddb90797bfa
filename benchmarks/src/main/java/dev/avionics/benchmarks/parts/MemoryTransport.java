package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.benchmarks.Answers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Answers every call at once with the same bytes, on the caller's thread. */
public final class MemoryTransport implements HttpTransport {
    private final HttpHead head;
    private final List<byte[]> reads;

    MemoryTransport(String contentType, List<byte[]> reads) {
        head = HttpHead.of(200, Map.of("content-type", contentType));
        this.reads = List.copyOf(reads);
    }

    /** A transport that gives the whole answer. */
    public static MemoryTransport whole() {
        return new MemoryTransport(Material.JSON, List.of(Answers.whole()));
    }

    /** A transport that gives the streamed answer, several chunks to a read. */
    public static MemoryTransport streamed() {
        return new MemoryTransport(Material.EVENTS, Material.streamedReads());
    }

    @Override
    public HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver) {
        Answer answer = new Answer(receiver);
        receiver.onConnected(answer);
        receiver.onSent();
        receiver.onHead(head);
        answer.goOn();
        return answer;
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private final class Answer implements HttpExchange {
        private final HttpReceiver receiver;
        private int next;
        private boolean wanted;
        private boolean running = true;
        private boolean over;

        Answer(HttpReceiver receiver) {
            this.receiver = receiver;
        }

        void goOn() {
            running = true;
            while (wanted && !over) {
                wanted = false;
                receiver.onBytes(ByteBuffer.wrap(reads.get(next++)));
                if (next < reads.size()) {
                    receiver.onReadComplete();
                } else if (!over) {
                    over = true;
                    receiver.onEnd();
                }
            }
            running = false;
        }

        @Override
        public void read() {
            wanted = true;
            if (!running) {
                goOn();
            }
        }

        @Override
        public void cancel() {
            over = true;
        }

        @Override
        public void finish() {
            over = true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public boolean inThread() {
            return true;
        }
    }
}
