package dev.avionics.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Attempts;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.http.Engine;
import dev.avionics.airframe.http.ProtocolAdapter;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.testkit.http.ScriptedTransport;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The engine on virtual time and a scripted transport, with everything a test wants to look at. */
final class Rig {
    final VirtualTime time = VirtualTime.create();
    final ScriptedTransport transport = new ScriptedTransport(time);
    final LineProtocol protocol = new LineProtocol();
    final Engine engine = new Engine(transport, time, time, time.clock());
    final ProtocolAdapter adapter = new ProtocolAdapter(engine, protocol);
    final Log log = new Log();
    final InferenceRequest request = InferenceRequest.of("a question");
    /** Half of every back-off. */
    RandomSource random = () -> 0.5;

    RetryPolicy policy = RetryPolicy.DEFAULT;
    CallContext context = CallContext.create(Delivery.TRANSPORT).observedBy(log);
    private Attempts attempts;

    static Target target(String name, Billing billing) {
        return target(name, billing, CredentialSource.none());
    }

    static Target target(String name, Billing billing, CredentialSource credentials) {
        return new Target(
                EndpointSpec.builder(name, URI.create("http://" + name + ".test"), LineProtocol.KIND)
                        .billing(billing)
                        .credentials(credentials)
                        .build(),
                "m");
    }

    Attempts attempts() {
        if (attempts == null) {
            attempts = new Attempts(time, time, random, policy);
        }
        return attempts;
    }

    InferenceStream<InferenceEvent> stream(Target target) {
        return stream(AttemptPlan.single(target));
    }

    InferenceStream<InferenceEvent> stream(AttemptPlan plan) {
        return attempts()
                .infer(
                        context,
                        protocol.timeouts,
                        plan,
                        (attempt, call) -> adapter.infer(attempt.target(), request, call));
    }

    Reader read(Target target) {
        return read(stream(target));
    }

    Reader read(AttemptPlan plan) {
        return read(stream(plan));
    }

    Reader read(InferenceStream<InferenceEvent> stream) {
        return read(stream, Long.MAX_VALUE);
    }

    Reader read(InferenceStream<InferenceEvent> stream, long demand) {
        Reader reader = new Reader(stream);
        stream.subscribe(reader);
        if (demand > 0) {
            reader.request(demand);
        }
        play();
        return reader;
    }

    /** Lets happen what is due. */
    void play() {
        time.advance(Duration.ZERO);
    }

    /** Runs on until the stream is over. */
    Reader toEnd(Reader reader) {
        for (int i = 0; i < 100_000 && reader.outcome == null; i++) {
            if (time.advanceToNext().isEmpty()) {
                throw new AssertionError(
                        "nothing is left to happen, and the call has not ended: " + transport.exchanges());
            }
        }
        return reader;
    }

    /** What must hold when every call is over. */
    void assertQuiet() {
        play();
        assertThat(transport.faults()).isEmpty();
        assertThat(time.pendingTasks()).as("timers").isZero();
        assertThat(transport.exchanges())
                .noneMatch(e -> e.ending() == dev.avionics.testkit.http.ScriptedExchange.End.OPEN);
    }

    /** Goes on to the next target where that is allowed, else tries again where that is. */
    static AttemptPlan inTurn(Target... targets) {
        Iterator<Target> others = List.of(targets).iterator();
        return new AttemptPlan() {
            private Target at = others.next();

            @Override
            public Attempt first() {
                return Attempt.at(at);
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                if (last.otherAllowed() && others.hasNext()) {
                    at = others.next();
                    return Optional.of(Attempt.at(at));
                }
                return last.sameAllowed() ? Optional.of(new Attempt(at, last.sameAfter())) : Optional.empty();
            }
        };
    }
}
