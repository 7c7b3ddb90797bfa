package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/**
 * What comes next in an operation. The functions run on the transport's thread, must not block, and know only what
 * they are given; what they throw fails the attempt: an {@link InferenceException} as it is, anything else as a fault of
 * ours.
 *
 * @param <R> the operation's result
 */
public sealed interface Step<R> {
    /**
     * Send a request, and go on when the head of its answer is there.
     *
     * @param call the request, complete but for the credentials
     * @param after how long to wait before it is sent; zero or more
     * @param onHead chooses how the body is read
     */
    record Send<R>(HttpCall call, Duration after, Function<HttpHead, Step<R>> onHead) implements Step<R> {
        public Send {
            requireNonNull(call, "call");
            requireNonNull(after, "after");
            requireNonNull(onHead, "onHead");
        }

        public Send(HttpCall call, Function<HttpHead, Step<R>> onHead) {
            this(call, Duration.ZERO, onHead);
        }
    }

    /**
     * Read the whole body, and go on.
     *
     * @param maxBytes the most that is read; a longer body fails the attempt with PARSE, but an error's body is cut
     *     there
     * @param then is given the body; the bytes are borrowed
     */
    record ReadAll<R>(int maxBytes, Function<ByteBuffer, Step<R>> then) implements Step<R> {
        public ReadAll {
            requireNonNull(then, "then");
        }
    }

    /** Decode the body into events; the last step of an inference. */
    record Decode<R>(EventDecoder decoder) implements Step<R> {
        public Decode {
            requireNonNull(decoder, "decoder");
        }
    }

    /** The operation has its result; the last step of anything but an inference. */
    record Done<R>(R value) implements Step<R> {
        public Done {
            requireNonNull(value, "value");
        }
    }

    /**
     * The operation failed.
     *
     * @param why the error
     * @param learn facts about this endpoint and model; a new one is kept, and earns one more attempt with it
     */
    record Fail<R>(InferenceException why, Set<String> learn) implements Step<R> {
        public Fail {
            requireNonNull(why, "why");
            learn = Set.copyOf(learn);
        }

        public Fail(InferenceException why) {
            this(why, Set.of());
        }
    }
}
