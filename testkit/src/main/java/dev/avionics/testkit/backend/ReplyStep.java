package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/** One step of a {@link Reply}; the backend takes them in order. */
public sealed interface ReplyStep {
    /** An interim head such as {@code 103 Early Hints}. */
    record Interim(int status, List<Header> headers) implements ReplyStep {
        public Interim {
            headers = List.copyOf(headers);
        }
    }

    /** The status line and the headers of the reply. */
    record Head() implements ReplyStep {}

    /** Bytes of the body: encoded and framed as the reply says. */
    record Part(byte[] bytes) implements ReplyStep {
        public Part {
            bytes = requireNonNull(bytes, "bytes").clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** Bytes that go to the wire as they are. */
    record Raw(byte[] bytes) implements ReplyStep {
        public Raw {
            bytes = requireNonNull(bytes, "bytes").clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** A wait in real time, cut short when the peer leaves. */
    record Pause(Duration duration) implements ReplyStep {
        public Pause {
            if (requireNonNull(duration, "duration").isNegative()) {
                throw new IllegalArgumentException("duration: " + duration + " (expected: >= PT0S)");
            }
        }
    }

    /** A wait until the gate opens or the peer leaves. */
    record Await(Gate gate) implements ReplyStep {
        public Await {
            requireNonNull(gate, "gate");
        }
    }

    /** The end of the body, as the framing tells it: the last chunk with the trailers, or nothing. */
    record Finish() implements ReplyStep {}

    /** The end of the reply; steps behind it are never taken, though their length was announced. */
    record End(Ending ending) implements ReplyStep {
        public End {
            requireNonNull(ending, "ending");
        }
    }
}
