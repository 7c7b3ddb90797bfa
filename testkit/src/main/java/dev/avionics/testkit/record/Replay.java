package dev.avionics.testkit.record;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedTransport;
import dev.avionics.testkit.record.RecordedExchange.Request;
import dev.avionics.testkit.time.VirtualTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Plays a recording to the real adapters, once, in the order of the recording: as a transport, in virtual time if wanted, or
 * as the scenario of a simulated backend, over sockets. Chunks stay as they were.
 *
 * <p>Strict about requests: method, path, query, headers and body (JSON by its values) must be the recorded ones, with a
 * secret of the recording standing for any. A request that is another, or one too many, fails with a difference for people
 * (as INVALID_REQUEST, so that it is not tried again), and {@link #close()} fails with all of them and with requests that did
 * not come. Headers that HTTP clients add by themselves do not matter. Thread-safe; calls that run at once have no order.
 *
 * <pre>{@code
 * try (Replay replay = Replay.of(Recording.read(file));
 *         SimulatedBackend backend = SimulatedBackend.start(replay.scenario())) {
 *     ...
 * }
 * }</pre>
 */
public final class Replay implements AutoCloseable {
    private static final Set<String> CLIENTS_OWN = Set.of(
            "host",
            "content-length",
            "connection",
            "transfer-encoding",
            "accept-encoding",
            "user-agent",
            "traceparent",
            "tracestate");

    private final List<RecordedExchange> exchanges;
    private final Set<String> ignored = new HashSet<>(CLIENTS_OWN);
    private final List<String> differences = new ArrayList<>();
    private boolean timed;
    private int next;

    private Replay(Recording recording) {
        exchanges = recording.exchanges();
    }

    /** A replay from the beginning, without the waits of the recording. */
    public static Replay of(Recording recording) {
        return new Replay(recording);
    }

    /** Waits between head, chunks and end as long as it took in the recording. */
    public synchronized Replay timed() {
        timed = true;
        return this;
    }

    /** Looks at these headers of requests no longer. */
    public synchronized Replay ignoringHeaders(String... names) {
        for (String name : names) {
            ignored.add(name.toLowerCase(Locale.ROOT));
        }
        return this;
    }

    /** The recording as a transport in virtual time. */
    public HttpTransport transport(VirtualTime time) {
        return transport(time, time);
    }

    /**
     * The recording as a transport.
     *
     * @param scheduler runs the exchanges; one task at a time
     */
    public HttpTransport transport(Scheduler scheduler, Ticker ticker) {
        return new ScriptedTransport(scheduler, ticker)
                .otherwise(call -> claim(RecordedRequests.of(call))
                        .map(exchange -> Playing.script(exchange, RecordedRequests.address(call), isTimed()))
                        .orElseGet(this::refusal));
    }

    /**
     * The recording as replies over sockets. A request that is not the recorded one is answered with 501.
     *
     * @throws IllegalArgumentException if the recording holds a failure that a backend cannot bring about, such as a
     *     connection that was never made
     */
    public Scenario scenario() {
        for (int i = 0; i < exchanges.size(); i++) {
            Playing.requirePlayable(i, exchanges.get(i));
        }
        return Scenario.create()
                .otherwise(seen -> claim(RecordedRequests.of(seen))
                        .map(exchange -> Playing.reply(exchange, isTimed()))
                        .orElseGet(() -> Reply.status(501)
                                .header("Content-Type", "text/plain")
                                .part(last())));
    }

    private synchronized boolean isTimed() {
        return timed;
    }

    private synchronized String last() {
        return differences.get(differences.size() - 1);
    }

    private Script refusal() {
        return Script.begin()
                .fail(InferenceException.builder(ErrorCategory.INVALID_REQUEST, last())
                        .code("replay")
                        .sent(InferenceException.Sent.NOTHING)
                        .build());
    }

    /** The exchange whose turn it is, if the request is its own. */
    private synchronized Optional<RecordedExchange> claim(Request request) {
        Scrubber scrubber = new Scrubber();
        scrubber.learn(request);
        Request clean = scrubber.scrubbed(request);
        if (next == exchanges.size()) {
            next++;
        }
        if (next > exchanges.size()) {
            differences.add("replay: " + clean + " is one request too many; " + exchanges.size() + " are recorded");
            return Optional.empty();
        }
        RecordedExchange exchange = exchanges.get(next);
        next++;
        List<String> found = Comparison.of(exchange.request(), clean, ignored);
        if (found.isEmpty()) {
            return Optional.of(exchange);
        }
        differences.add("replay: request " + next + " of " + exchanges.size() + " is not the recorded one:\n  "
                + String.join("\n  ", found));
        return Optional.empty();
    }

    /** How many recorded requests have not come yet. */
    public synchronized int left() {
        return Math.max(0, exchanges.size() - next);
    }

    /** What was wrong with requests so far, and forgets it, for a test that expects it. */
    public synchronized List<String> takeDifferences() {
        List<String> taken = List.copyOf(differences);
        differences.clear();
        return taken;
    }

    /**
     * Checks that every recorded request came, and no other.
     *
     * @throws AssertionError with all differences
     */
    @Override
    public synchronized void close() {
        List<String> wrong = new ArrayList<>(takeDifferences());
        for (RecordedExchange exchange : exchanges.subList(Math.min(next, exchanges.size()), exchanges.size())) {
            wrong.add("replay: " + exchange.request() + " is recorded, and did not come");
        }
        next = exchanges.size();
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    @Override
    public synchronized String toString() {
        return "Replay[" + next + " of " + exchanges.size() + ", differences " + differences + "]";
    }
}
