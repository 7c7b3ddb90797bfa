package dev.avionics.testkit.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.http.HttpHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What happens to one request, step by step. Immutable: each method returns a longer script. A script that ends without
 * {@link #end} or {@link #fail} leaves the exchange open and silent.
 *
 * <p>Bytes and the end of the body come only when they were asked for; everything else comes at its time.
 */
public final class Script {
    private static final Script EMPTY = new Script(List.of());

    private final List<Act> acts;

    private Script(List<Act> acts) {
        this.acts = acts;
    }

    /** One step. */
    sealed interface Act {
        record Wait(Duration time) implements Act {}

        record Connected() implements Act {}

        record SentAll() implements Act {}

        record Head(HttpHead head) implements Act {}

        record Read(List<byte[]> pieces, boolean last) implements Act {}

        record End() implements Act {}

        record Failed(InferenceException why) implements Act {}
    }

    /** Nothing happens: not even a connection is there. */
    public static Script begin() {
        return EMPTY;
    }

    /** The request is sent at once, and the head of an answer without headers comes. */
    public static Script reply(int status) {
        return reply(status, Map.of());
    }

    /** The request is sent at once, and the head of an answer comes; header names in lower case. */
    public static Script reply(int status, Map<String, String> headers) {
        return EMPTY.connected().sent().head(status, headers);
    }

    /** A whole answer without delay. */
    public static Script answer(int status, String body) {
        return reply(status).bytes(body).end();
    }

    /** The connection cannot be made; {@code code} as {@link dev.avionics.airframe.http.HttpReceiver#onFailure} says. */
    public static Script unreachable(String code) {
        return EMPTY.fail(code, Sent.NOTHING);
    }

    List<Act> acts() {
        return acts;
    }

    private Script and(Act act) {
        List<Act> more = new ArrayList<>(acts);
        more.add(act);
        return new Script(List.copyOf(more));
    }

    /** Nothing happens for a time. */
    public Script after(Duration time) {
        return and(new Act.Wait(requireNonNull(time, "time")));
    }

    /** The connection is there, and the request is being written. */
    public Script connected() {
        return and(new Act.Connected());
    }

    /** The last byte of the request has left. */
    public Script sent() {
        return and(new Act.SentAll());
    }

    /** The answer's head comes; header names in lower case. */
    public Script head(int status, Map<String, String> headers) {
        return and(new Act.Head(HttpHead.of(status, headers)));
    }

    /** One read brings these pieces. */
    public Script bytes(String... pieces) {
        List<byte[]> all = new ArrayList<>();
        for (String piece : pieces) {
            all.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        return and(new Act.Read(all, false));
    }

    /** One read brings these bytes. */
    public Script bytes(byte[] piece) {
        return and(new Act.Read(List.of(piece.clone()), false));
    }

    /** One read brings the last bytes and the end of the body. */
    public Script lastBytes(String piece) {
        return and(new Act.Read(List.of(piece.getBytes(StandardCharsets.UTF_8)), true));
    }

    /** The body is complete; comes with a read of its own. */
    public Script end() {
        return and(new Act.End());
    }

    /** The exchange fails with CONNECTION. */
    public Script fail(String code, Sent sent) {
        return fail(InferenceException.builder(ErrorCategory.CONNECTION, "scripted: " + code)
                .code(code)
                .sent(sent)
                .build());
    }

    /** The exchange fails. */
    public Script fail(InferenceException why) {
        return and(new Act.Failed(requireNonNull(why, "why")));
    }
}
