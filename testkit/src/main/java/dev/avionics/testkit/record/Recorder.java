package dev.avionics.testkit.record;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Listens to what goes over transports: requests, heads, each chunk as it came, and how it ended. Changes nothing and delays
 * nothing.
 *
 * <pre>{@code
 * Recorder recorder = Recorder.create();
 * try (Airframe airframe = Airframe.builder().transportAround(recorder::around).build()) {
 *     ...
 * }
 * recorder.recording().write(file);
 * }</pre>
 *
 * <p>A recording holds no secrets: what stands in headers and query parameters for keys, tokens, cookies and organisations
 * is masked, and so are the same values, and fragments of them, wherever else they stand; likewise secrets that were
 * {@linkplain #knowing told}, and whatever looks like a key. Thread-safe.
 */
public final class Recorder {
    private final Ticker ticker;
    private final List<Secret> secrets = new ArrayList<>();
    private final List<RecordedCall> calls = new ArrayList<>();

    private Recorder(Ticker ticker) {
        this.ticker = requireNonNull(ticker, "ticker");
    }

    /** A recorder in real time. */
    public static Recorder create() {
        return new Recorder(Ticker.system());
    }

    /** A recorder that takes the time of each chunk from a ticker. */
    public static Recorder create(Ticker ticker) {
        return new Recorder(ticker);
    }

    /** Masks these wherever they stand, besides what is found by itself. */
    public synchronized Recorder knowing(Secret... more) {
        secrets.addAll(List.of(more));
        return this;
    }

    /** A transport whose exchanges are recorded here; closing it closes the one inside. */
    public HttpTransport around(HttpTransport transport) {
        return new Tapped(requireNonNull(transport, "transport"));
    }

    /** What was recorded up to here; an exchange that has not ended is in it as {@link RecordedExchange.How#OPEN}. */
    public Recording recording() {
        List<RecordedExchange> raw = new ArrayList<>();
        Scrubber scrubber = new Scrubber();
        synchronized (this) {
            secrets.forEach(secret -> scrubber.know(secret.reveal()));
            calls.forEach(call -> raw.add(call.exchange()));
        }
        // Before the first is scrubbed: the secret of one may stand in the answer of another.
        raw.forEach(exchange -> scrubber.learn(exchange.request()));
        return new Recording(raw.stream().map(scrubber::scrubbed).toList());
    }

    @Override
    public synchronized String toString() {
        return "Recorder[" + calls.size() + " exchanges]";
    }

    private final class Tapped implements HttpTransport {
        private final HttpTransport inner;

        Tapped(HttpTransport inner) {
            this.inner = inner;
        }

        @Override
        public HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver) {
            RecordedCall recorded = new RecordedCall(call, receiver, ticker);
            synchronized (Recorder.this) {
                calls.add(recorded);
            }
            recorded.on(inner.send(call, connect, recorded));
            return recorded;
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
