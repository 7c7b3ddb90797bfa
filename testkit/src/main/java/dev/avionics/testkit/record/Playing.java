package dev.avionics.testkit.record;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.backend.Ending;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.record.RecordedExchange.Chunk;
import dev.avionics.testkit.record.RecordedExchange.End;
import dev.avionics.testkit.record.RecordedExchange.Head;
import dev.avionics.testkit.record.RecordedExchange.How;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/** Turns a recorded exchange into what plays it. */
final class Playing {
    /** The most that one read of a transport brings. */
    private static final int MOST = 64 << 10;

    /** How long a reset waits for the peer to read what came before, which it would lose else. */
    private static final Duration BEFORE_RESET = Duration.ofMillis(50);

    private static final Set<String> CONNECTION_HEADERS = Set.of(
            "content-length",
            "transfer-encoding",
            "content-encoding",
            "connection",
            "keep-alive",
            "trailer",
            "upgrade");

    private Playing() {}

    static Script script(RecordedExchange exchange, String address, boolean timed) {
        End end = exchange.end();
        InferenceException why = end.why();
        if (why != null) {
            why = why.toBuilder()
                    .message(String.valueOf(why.getMessage()).replace(RecordedRequests.ADDRESS, address))
                    .build();
        }
        if (why != null && why.sent() == InferenceException.Sent.NOTHING) {
            return waited(Script.begin(), timed, Duration.ZERO, end.at()).fail(why);
        }
        Script script = Script.begin().connected().sent();
        Duration now = Duration.ZERO;
        Head head = exchange.head();
        if (head != null) {
            script = waited(script, timed, now, head.at()).head(head.status(), head.headers());
            now = head.at();
        }
        for (Chunk chunk : exchange.chunks()) {
            script = waited(script, timed, now, chunk.at());
            for (int at = 0; at < chunk.bytes().length; at += MOST) {
                script = script.bytes(Arrays.copyOfRange(chunk.bytes(), at, Math.min(chunk.bytes().length, at + MOST)));
            }
            now = chunk.at();
        }
        if (why != null) {
            return waited(script, timed, now, end.at()).fail(why);
        }
        return switch (end.how()) {
            case COMPLETE, FINISHED -> waited(script, timed, now, end.at()).end();
            default -> script;
        };
    }

    private static Script waited(Script script, boolean timed, Duration from, Duration to) {
        Duration gap = to.minus(from);
        return timed && !gap.isNegative() && !gap.isZero() ? script.after(gap) : script;
    }

    static void requirePlayable(int index, RecordedExchange exchange) {
        InferenceException why = exchange.end().why();
        if (why == null) {
            return;
        }
        String code = why.code().orElse("");
        if (why.sent() == InferenceException.Sent.NOTHING || !(code.equals("eof") || code.equals("reset"))) {
            throw new IllegalArgumentException("exchange " + (index + 1) + " failed with " + why.category() + " " + code
                    + ", which a backend cannot play over sockets; play it with transport(...)");
        }
    }

    static Reply reply(RecordedExchange exchange, boolean timed) {
        Head head = exchange.head();
        End end = exchange.end();
        if (head == null) {
            return switch (ending(end)) {
                case CLOSE -> Reply.hangUp();
                case RESET -> Reply.resetPeer();
                default -> Reply.silence();
            };
        }
        Reply reply = Reply.status(head.status());
        for (var header : head.headers().entrySet()) {
            if (!CONNECTION_HEADERS.contains(header.getKey())) {
                reply = reply.header(header.getKey(), header.getValue());
            }
        }
        if (timed && !head.at().isZero()) {
            reply = reply.latency(head.at());
        }
        if (!exchange.chunks().isEmpty() || ending(end) != Ending.KEEP_ALIVE) {
            // The body in parts as they came, whatever its framing was.
            reply = reply.chunked();
        }
        Duration now = head.at();
        for (Chunk chunk : exchange.chunks()) {
            reply = waited(reply, timed, now, chunk.at()).part(chunk.bytes());
            now = chunk.at();
        }
        reply = waited(reply, timed, now, end.at());
        return switch (ending(end)) {
            case CLOSE -> reply.close();
            case RESET -> reply.pause(BEFORE_RESET).reset();
            case STALL -> reply.stall();
            default -> reply;
        };
    }

    private static Reply waited(Reply reply, boolean timed, Duration from, Duration to) {
        Duration gap = to.minus(from);
        return timed && !gap.isNegative() && !gap.isZero() ? reply.pause(gap) : reply;
    }

    private static Ending ending(End end) {
        InferenceException why = end.why();
        if (why != null) {
            return why.code().orElse("").equals("reset") ? Ending.RESET : Ending.CLOSE;
        }
        return end.how() == How.COMPLETE || end.how() == How.FINISHED ? Ending.KEEP_ALIVE : Ending.STALL;
    }
}
