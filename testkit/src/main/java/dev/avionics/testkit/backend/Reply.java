package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The script of one answer: a head, a body in parts, waits, and faults. Immutable; every method returns a new reply.
 *
 * <pre>{@code
 * Reply.sse("{\"a\":1}").await(gate).event("{\"a\":2}").stall();
 * Reply.json("{}").gzip().slicer(1).thenClose();
 * Reply.json(answer).cutBodyAt(40, Ending.RESET);
 * }</pre>
 *
 * <p>Steps added to the body ({@link #part}, {@link #event}, {@link #pause}, {@link #await}, {@link #raw}) are taken in
 * the order of the calls. A reply begins when the request was read whole, unless {@link #early()} or
 * {@link #earlyUnread()} says otherwise. Words of Toxiproxy ({@code latency}, {@code slicer}, {@code bandwidth},
 * {@code limitData}, {@code resetPeer}, {@code slowClose}) mean what they mean there.
 */
public final class Reply {
    enum Start {
        REQUEST_COMPLETE,
        HEAD,
        HEAD_THEN_STOP_READING
    }

    enum Coding {
        IDENTITY,
        GZIP,
        DEFLATE,
        RAW_DEFLATE
    }

    int status = 200;

    @Nullable
    String reason;

    List<Header> headers = List.of();
    List<Header> trailers = List.of();
    List<ReplyStep> before = List.of();
    List<ReplyStep> steps = List.of();
    List<ReplyStep> after = List.of();
    boolean withHead = true;
    Framing framing = Framing.CONTENT_LENGTH;
    Coding coding = Coding.IDENTITY;
    Ending ending = Ending.KEEP_ALIVE;
    Start start = Start.REQUEST_COMPLETE;
    int chunkSize;
    int sliceSize;
    Duration slicePause = Duration.ZERO;
    long cutAt = -1;
    boolean cutCountsBody;
    Ending cutEnding = Ending.CLOSE;
    long declaredLength = -1;

    private Reply() {}

    private Reply(Reply from) {
        status = from.status;
        reason = from.reason;
        headers = from.headers;
        trailers = from.trailers;
        before = from.before;
        steps = from.steps;
        after = from.after;
        withHead = from.withHead;
        framing = from.framing;
        coding = from.coding;
        ending = from.ending;
        start = from.start;
        chunkSize = from.chunkSize;
        sliceSize = from.sliceSize;
        slicePause = from.slicePause;
        cutAt = from.cutAt;
        cutCountsBody = from.cutCountsBody;
        cutEnding = from.cutEnding;
        declaredLength = from.declaredLength;
    }

    private Reply with(Consumer<Reply> change) {
        Reply copy = new Reply(this);
        change.accept(copy);
        return copy;
    }

    // How a reply begins

    /** Returns an empty reply with the status, {@code Content-Length: 0} where the status allows a body. */
    public static Reply status(int status) {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status: " + status + " (expected: 100 to 999)");
        }
        return new Reply().with(r -> r.status = status);
    }

    /** Returns a 200 with a JSON body. */
    public static Reply json(String body) {
        return json(200, body);
    }

    /** Returns a reply with a JSON body. */
    public static Reply json(int status, String body) {
        return status(status).header("Content-Type", "application/json").part(body);
    }

    /** Returns a 200 with a body of the given type. */
    public static Reply of(String contentType, String body) {
        return status(200).header("Content-Type", contentType).part(body);
    }

    /** Returns a chunked 200 of the given type, whose parts are to be added. */
    public static Reply stream(String contentType) {
        return status(200).header("Content-Type", contentType).chunked();
    }

    /** Returns a chunked event stream with one event, in one part, for each data text. */
    public static Reply sse(String... data) {
        Reply reply = stream("text/event-stream");
        for (String one : data) {
            reply = reply.event(one);
        }
        return reply;
    }

    /** Returns a chunked stream of lines, each in a part of its own. */
    public static Reply ndjson(String... lines) {
        Reply reply = stream("application/x-ndjson");
        for (String line : lines) {
            reply = reply.part(line + "\n");
        }
        return reply;
    }

    /** Returns a reply without head or framing: these bytes and nothing else, then the connection is closed. */
    public static Reply garbage(byte[] bytes) {
        return bare().raw(bytes).thenClose();
    }

    /** Returns a reply without head or framing: this text in ISO-8859-1 and nothing else, then close. */
    public static Reply garbage(String text) {
        return garbage(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns a reply that never comes: the request is read, the connection stays open. */
    public static Reply silence() {
        return bare().stall();
    }

    /** Returns a close in place of an answer. */
    public static Reply hangUp() {
        return bare().thenClose();
    }

    /** Returns a reset in place of an answer. */
    public static Reply resetPeer() {
        return bare().thenReset();
    }

    private static Reply bare() {
        return new Reply().with(r -> {
            r.withHead = false;
            r.framing = Framing.AS_WRITTEN;
        });
    }

    // Head

    /** Adds a header; several of one name are allowed. A framing header given here replaces the one worked out. */
    public Reply header(String name, String value) {
        return with(r -> r.headers = plus(headers, new Header(name, value)));
    }

    /** Sets the reason phrase; by default there is a plain one. */
    public Reply reason(String phrase) {
        requireNonNull(phrase, "phrase");
        return with(r -> r.reason = phrase);
    }

    /** Announces a length other than the true one. */
    public Reply declareLength(long length) {
        return with(r -> r.declaredLength = length);
    }

    /** Sends an interim head, such as 100 or 103, before the head. */
    public Reply interim(int interimStatus, Header... interimHeaders) {
        return with(r -> r.before = plus(before, new ReplyStep.Interim(interimStatus, List.of(interimHeaders))));
    }

    /** Waits in real time before the head. */
    public Reply latency(Duration duration) {
        return with(r -> r.before = plus(before, new ReplyStep.Pause(duration)));
    }

    /** Waits for the gate before the head. */
    public Reply heldBy(Gate gate) {
        return with(r -> r.before = plus(before, new ReplyStep.Await(gate)));
    }

    /** Begins when the head of the request was read, and goes on reading the body. Matched without a body. */
    public Reply early() {
        return with(r -> r.start = Start.HEAD);
    }

    /** Begins when the head of the request was read, and reads nothing after it. Matched without a body. */
    public Reply earlyUnread() {
        return with(r -> r.start = Start.HEAD_THEN_STOP_READING);
    }

    // Body

    /** Adds a part of the body in UTF-8. */
    public Reply part(String text) {
        return part(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a part of the body. An empty part adds nothing to the wire. */
    public Reply part(byte[] bytes) {
        return step(new ReplyStep.Part(bytes));
    }

    /** Adds {@code data: <text>} and a blank line as a part. The text must be a single line. */
    public Reply event(String data) {
        return part("data: " + data + "\n\n");
    }

    /** Adds bytes that go to the wire as they are, outside encoding and framing. */
    public Reply raw(byte[] bytes) {
        return step(new ReplyStep.Raw(bytes));
    }

    /** Waits in real time at this place of the body. */
    public Reply pause(Duration duration) {
        return step(new ReplyStep.Pause(duration));
    }

    /** Waits for the gate at this place of the body. */
    public Reply await(Gate gate) {
        return step(new ReplyStep.Await(gate));
    }

    /** Falls silent for ever at this place of the body; the connection stays open until the peer leaves. */
    public Reply stall() {
        return step(new ReplyStep.End(Ending.STALL));
    }

    /** Closes the connection at this place of the body. */
    public Reply close() {
        return step(new ReplyStep.End(Ending.CLOSE));
    }

    /** Resets the connection at this place of the body. */
    public Reply reset() {
        return step(new ReplyStep.End(Ending.RESET));
    }

    // Framing and encoding

    /** Sends the body in chunks, one per part. */
    public Reply chunked() {
        return framing(Framing.CHUNKED);
    }

    /** Sends the body in chunks of at most that many bytes of content. */
    public Reply chunked(int size) {
        requirePositive("size", size);
        return chunked().with(r -> r.chunkSize = size);
    }

    /** Sends the body without length; the end of the connection ends it. */
    public Reply closeDelimited() {
        return framing(Framing.CLOSE_DELIMITED);
    }

    /** Sets how the end of the body is told; {@link Framing#CONTENT_LENGTH} unless the factory says otherwise. */
    public Reply framing(Framing how) {
        requireNonNull(how, "how");
        return with(r -> r.framing = how);
    }

    /** Adds a trailer to a chunked body. */
    public Reply trailer(String name, String value) {
        return with(r -> r.trailers = plus(trailers, new Header(name, value)));
    }

    /** Compresses the body with gzip, flushed after each part, and says so in {@code Content-Encoding}. */
    public Reply gzip() {
        return with(r -> r.coding = Coding.GZIP);
    }

    /** Compresses the body as {@code deflate} (zlib format, RFC 1950), flushed after each part. */
    public Reply deflate() {
        return with(r -> r.coding = Coding.DEFLATE);
    }

    /** Compresses the body as {@code deflate} without the zlib wrapper, as some servers do against the standard. */
    public Reply rawDeflate() {
        return with(r -> r.coding = Coding.RAW_DEFLATE);
    }

    // Speed and cuts

    /** Writes the whole reply in pieces of that many bytes. TCP may join them; a pause keeps them apart. */
    public Reply slicer(int size) {
        return slicer(size, Duration.ZERO);
    }

    /** Writes the whole reply in pieces of that many bytes with a pause between them. */
    public Reply slicer(int size, Duration pause) {
        requirePositive("size", size);
        requireNonNull(pause, "pause");
        return with(r -> {
            r.sliceSize = size;
            r.slicePause = pause;
        });
    }

    /** Writes the whole reply at about that many bytes per second, in 50 pieces a second. */
    public Reply bandwidth(int bytesPerSecond) {
        requirePositive("bytesPerSecond", bytesPerSecond);
        return bytesPerSecond >= 50
                ? slicer(bytesPerSecond / 50, Duration.ofMillis(20))
                : slicer(1, Duration.ofSeconds(1).dividedBy(bytesPerSecond));
    }

    /** Closes the connection when that many bytes, head included, were written. */
    public Reply limitData(long bytes) {
        return cutAt(bytes, Ending.CLOSE);
    }

    /**
     * Ends the reply when that many bytes, head included, were written. A reply shorter than that is a mistake in the
     * script, which {@link SimulatedBackend#close()} reports.
     */
    public Reply cutAt(long bytes, Ending how) {
        return cut(bytes, false, how);
    }

    /** As {@link #cutAt}, counted from the first byte after the head, framing and encoding included. */
    public Reply cutBodyAt(long bytes, Ending how) {
        return cut(bytes, true, how);
    }

    private Reply cut(long bytes, boolean countsBody, Ending how) {
        requireNonNull(how, "how");
        if (bytes < 0 || how == Ending.KEEP_ALIVE) {
            throw new IllegalArgumentException("cut: " + bytes + ", " + how + " (expected: >= 0, an end)");
        }
        return with(r -> {
            r.cutAt = bytes;
            r.cutCountsBody = countsBody;
            r.cutEnding = how;
        });
    }

    // End

    /** Closes the connection after the whole reply, without announcing it. */
    public Reply thenClose() {
        return then(Ending.CLOSE);
    }

    /** Announces {@code Connection: close} and closes after the whole reply. */
    public Reply connectionClose() {
        return header("Connection", "close").thenClose();
    }

    /** Closes the connection a while after the whole reply. */
    public Reply slowClose(Duration delay) {
        return then(Ending.CLOSE).with(r -> r.after = plus(after, new ReplyStep.Pause(delay)));
    }

    /** Closes the connection, idle by then, when the gate opens. */
    public Reply thenCloseAt(Gate gate) {
        return then(Ending.CLOSE).with(r -> r.after = plus(after, new ReplyStep.Await(gate)));
    }

    /** Resets the connection after the whole reply. */
    public Reply thenReset() {
        return then(Ending.RESET);
    }

    /** Leaves a connection that is closed at the first byte of the next request; see {@link Ending#STALE_CLOSE}. */
    public Reply thenStale() {
        return then(Ending.STALE_CLOSE);
    }

    /** Sets what becomes of the connection after the whole reply; {@link Ending#KEEP_ALIVE} by default. */
    public Reply then(Ending how) {
        requireNonNull(how, "how");
        return with(r -> r.ending = how);
    }

    /** Returns the status; 200 where the reply has no head. */
    public int status() {
        return status;
    }

    /** Returns the steps in the order in which they are taken. */
    public List<ReplyStep> steps() {
        List<ReplyStep> all = new ArrayList<>(before);
        if (withHead) {
            all.add(new ReplyStep.Head());
        }
        all.addAll(steps);
        all.add(new ReplyStep.Finish());
        all.addAll(after);
        all.add(new ReplyStep.End(ending));
        return List.copyOf(all);
    }

    @Override
    public String toString() {
        return "Reply[" + (withHead ? status : "no head") + ", " + framing + ", " + steps.size() + " steps, then "
                + ending + "]";
    }

    private Reply step(ReplyStep step) {
        return with(r -> r.steps = plus(steps, step));
    }

    private static <T> List<T> plus(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list);
        longer.add(requireNonNull(more));
        return List.copyOf(longer);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}
