package dev.avionics.airframe.wire;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the steps of an exchange by hand: the test gives the answers, and sees what was sent. */
public final class Dialogue<R> {
    /** The time of every scope. */
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<HttpCall> sent = new ArrayList<>();
    private Step<R> step;
    private byte[] body = {};

    private Dialogue(Exchange<R> exchange) {
        step = exchange.first();
        sent.add(exchange.first().call());
    }

    /** Begins an exchange. */
    public static <R> Dialogue<R> of(Exchange<R> exchange) {
        return new Dialogue<>(exchange);
    }

    /** What a protocol knows in tests. */
    public static WireScope scope(EndpointSpec endpoint, String model, String... learned) {
        return new WireScope(endpoint, model, "call", NOW, Set.of(learned));
    }

    /** The body of a request as a map. */
    public static Map<String, @Nullable Object> json(HttpCall call) {
        return JsonValues.parseObject(new String(call.body(), StandardCharsets.UTF_8));
    }

    /** Answers the request that is open, and runs on to the next request or the end. */
    public Dialogue<R> answer(int status, String contentType, String content) {
        return answer(status, Map.of("content-type", contentType), content.getBytes(StandardCharsets.UTF_8));
    }

    /** As above, with headers and bytes. */
    public Dialogue<R> answer(int status, Map<String, String> headers, byte[] content) {
        if (!(step instanceof Step.Send<R> send)) {
            throw new AssertionError("no request is open: " + step);
        }
        body = content;
        step = send.onHead().apply(HttpHead.of(status, new LinkedHashMap<>(headers)));
        while (step instanceof Step.ReadAll<R> all) {
            int most = Math.min(all.maxBytes(), content.length);
            step = all.then().apply(ByteBuffer.wrap(content, 0, most).slice());
        }
        if (step instanceof Step.Send<R> next) {
            sent.add(next.call());
        }
        return this;
    }

    /** The requests so far. */
    public List<HttpCall> sent() {
        return sent;
    }

    /** The step that the exchange has come to. */
    public Step<R> step() {
        return step;
    }

    /** The result of an exchange that is done. */
    public R value() {
        if (step instanceof Step.Done<R> done) {
            return done.value();
        }
        throw new AssertionError("not done: " + step, step instanceof Step.Fail<R> fail ? fail.why() : null);
    }

    /** The failure of an exchange. */
    public Step.Fail<R> failure() {
        if (step instanceof Step.Fail<R> fail) {
            return fail;
        }
        throw new AssertionError("did not fail: " + step);
    }

    /** The decoder that was chosen for the answer. */
    public EventDecoder decoder() {
        if (step instanceof Step.Decode<R> decode) {
            return decode.decoder();
        }
        throw new AssertionError("does not decode: " + step, step instanceof Step.Fail<R> fail ? fail.why() : null);
    }

    /** The last answer, decoded. */
    public Decoded decoded(int... cuts) {
        return Decoded.of(decoder(), body, cuts);
    }
}
