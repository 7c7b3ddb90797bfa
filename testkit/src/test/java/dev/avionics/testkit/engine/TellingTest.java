package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.testkit.http.Script;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the engine tells who watches a call, and what it passes on from who makes it. */
class TellingTest {
    private static final Script GOOD =
            Script.reply(200, headers("x-request-id", "r-1")).bytes(data("text hi", "finish stop", "[DONE]"));
    private static final Target A = Rig.target("a", Billing.METERED);
    private final Rig rig = new Rig();

    private static Script error(int status) {
        return Script.reply(status).bytes("no").end();
    }

    @Test
    void headersOfTheCall_goWithEveryRequest_unlessTheEndpointHasItsOwn() {
        Target own =
                new Target(A.endpoint().toBuilder().header("x-b", "endpoint").build(), A.model());
        rig.context = rig.context.withHeaders(Map.of("X-A", "call", "x-b", "call"));
        rig.transport.then(error(503)).then(GOOD);
        assertThat(rig.toEnd(rig.read(own)).text()).isEqualTo("hi");

        assertThat(rig.transport.exchanges())
                .hasSize(2)
                .allSatisfy(exchange -> assertThat(exchange.call().headers())
                        .containsEntry("x-a", "call")
                        .containsEntry("x-b", "endpoint"));
        rig.assertQuiet();
    }

    @Test
    void credential_winsOverAHeaderOfTheCall() {
        Target keyed = Rig.target(
                "a",
                Billing.METERED,
                dev.avionics.airframe.spi.CredentialSource.bearer(dev.avionics.airframe.Secret.of("right")));
        rig.context = rig.context.withHeaders(Map.of("authorization", "Bearer wrong"));
        rig.transport.then(GOOD);
        rig.toEnd(rig.read(keyed));

        assertThat(rig.transport.exchange(0).call().headers()).containsEntry("authorization", "Bearer right");
    }

    @Test
    void heads_areToldOfEachAttempt_withTheProvidersId() {
        rig.transport.then(error(503)).then(GOOD);
        rig.toEnd(rig.read(A));

        assertThat(rig.log.heads).containsExactly("503 null", "200 r-1");
        assertThat(rig.log.denials).isEmpty();
    }

    @Test
    void refusal_isNotRetriedByTheRule() {
        rig.transport.then(error(400));
        rig.toEnd(rig.read(A));

        assertThat(rig.log.denials).containsExactly("1 RULE");
    }

    @Test
    void allowance_thatIsUsedUp_isTheReason() {
        rig.policy = RetryPolicy.DEFAULT.withMaxRetries(1);
        rig.transport.otherwise(call -> error(503));
        rig.toEnd(rig.read(A));

        assertThat(rig.log.denials).containsExactly("2 ALLOWANCE");
    }

    @Test
    void wait_thatReachesPastTheDeadline_isTheReason() {
        rig.context = rig.context.withTotal(Duration.ofMillis(40));
        rig.transport.otherwise(call -> error(503));
        rig.toEnd(rig.read(A));

        assertThat(rig.log.denials).containsExactly("1 DEADLINE");
    }

    @Test
    void budget_thatIsUsedUp_isTheReason() {
        rig.random = () -> 0;
        rig.transport.otherwise(call -> error(503));
        for (int i = 0; i < 50; i++) {
            rig.toEnd(rig.read(A));
        }

        assertThat(rig.log.denials).hasSize(50).contains("4 ALLOWANCE").endsWith("1 BUDGET");
    }

    @Test
    void plan_thatGivesUp_isTheReason() {
        rig.transport.otherwise(call -> error(503));
        rig.toEnd(rig.read(rig.stream(new AttemptPlan() {
            @Override
            public Attempt first() {
                return Attempt.at(A);
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                return Optional.empty();
            }
        })));

        assertThat(rig.log.denials).containsExactly("1 PLAN");
    }
}
