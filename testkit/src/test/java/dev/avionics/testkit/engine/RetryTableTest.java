package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.testkit.http.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The retry table row by row: a backend that always fails in one way, alone and with a second one beside it. */
class RetryTableTest {
    private static final Script HANG = Script.begin().connected().sent();

    /** Waits in milliseconds before each further attempt with half of each back-off: the full one is 100, 200, 400. */
    private record Row(
            String name, Script script, List<Long> metered, List<Long> free, boolean moves, boolean uncertain) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Long> NEVER = List.of();
    private static final List<Long> ONCE = List.of(0L);
    private static final List<Long> BACK_OFF = List.of(50L, 100L, 200L);
    private static final List<Long> AT_ONCE = List.of(0L, 50L, 100L);

    private static Row row(String name, Script script, List<Long> waits, boolean moves) {
        return new Row(name, script, waits, waits, moves, false);
    }

    private static Row uncertain(String name, Script script) {
        return new Row(name, script, List.of(50L), BACK_OFF, true, true);
    }

    private static Script error(int status, String... headers) {
        return Script.reply(status, headers(headers)).bytes("no").end();
    }

    private static Script stream(String... frames) {
        return Script.reply(200).bytes(data(frames)).end();
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String code : List.of("dns", "connect", "pool", "refused_stream")) {
            rows.add(row(code, Script.unreachable(code), AT_ONCE, true));
        }
        rows.add(row("connect clock", Script.begin(), AT_ONCE, true));
        rows.add(
                row("reset, request half written", Script.begin().connected().fail("reset", Sent.PART), AT_ONCE, true));
        rows.add(row("stale connection", Script.begin().connected().fail("eof", Sent.STALE), ONCE, true));
        rows.add(row("tls", Script.unreachable("tls"), NEVER, true));
        for (int status : new int[] {402, 403, 404, 410}) {
            rows.add(row("" + status, error(status), NEVER, true));
        }
        for (int status : new int[] {400, 409, 413, 415, 422}) {
            rows.add(row("" + status, error(status), NEVER, false));
        }
        rows.add(row("401", error(401), NEVER, false));
        rows.add(row("context length", Script.answer(400, "context"), NEVER, false));
        rows.add(row("content filter", Script.answer(400, "filter"), NEVER, false));
        rows.add(row("429 with a wait", error(429, "retry-after", "2"), List.of(2000L, 2000L, 2000L), true));
        rows.add(row("429 with no wait at all", error(429, "retry-after", "0"), List.of(500L, 1000L, 2000L), true));
        rows.add(row(
                "429 with the longest wait",
                error(429, "retry-after", "60"),
                List.of(60_000L, 60_000L, 60_000L),
                true));
        rows.add(row("429 with too long a wait", error(429, "retry-after", "60.1"), NEVER, true));
        rows.add(row("429 beyond the deadline", error(429, "retry-after", "1e9"), NEVER, true));
        rows.add(row("429 without", error(429), List.of(500L, 1000L, 2000L), true));
        for (int status : new int[] {503, 529, 498}) {
            rows.add(row("" + status, error(status), BACK_OFF, true));
        }
        rows.add(row("503 with a wait", error(503, "retry-after", "1"), List.of(1000L, 1000L, 1000L), true));
        for (int status : new int[] {500, 502, 504, 408, 520, 524}) {
            rows.add(uncertain("" + status, error(status)));
        }
        rows.add(uncertain("no first byte", HANG));
        rows.add(uncertain("reset after the request", HANG.fail("reset", Sent.ALL)));
        rows.add(uncertain(
                "cut before content", Script.reply(200).bytes(data("ping")).end()));
        rows.add(uncertain(
                "reset before content", Script.reply(200).bytes(data("ping")).fail("reset", Sent.ALL)));
        rows.add(uncertain("silence before content", Script.reply(200).bytes(data("ping"))));
        rows.add(row("html", Script.reply(200, headers("content-type", "text/html")), ONCE, true));
        rows.add(row("bad json", stream("bad"), ONCE, true));
        rows.add(row("in-band overload", stream("error OVERLOADED"), BACK_OFF, true));
        rows.add(row("in-band limit", stream("error RATE_LIMITED"), List.of(500L, 1000L, 2000L), true));
        rows.add(uncertain("in-band server error", stream("error SERVER_ERROR")));
        rows.add(row("in-band refusal", stream("error INVALID_REQUEST"), NEVER, false));
        rows.add(row("x-should-retry false", error(503, "x-should-retry", "false"), NEVER, true));
        rows.add(row("x-should-retry true, 400", error(400, "x-should-retry", "true"), BACK_OFF, false));
        rows.add(row("x-should-retry true, 500", error(500, "x-should-retry", "true"), BACK_OFF, true));
        rows.add(row(
                "x-should-retry true, too long a wait",
                error(429, "x-should-retry", "true", "retry-after", "90"),
                NEVER,
                true));
        rows.add(row("our limit", Script.begin().fail(error(ErrorCategory.REJECTED)), NEVER, false));
        rows.add(row("our budget", Script.begin().fail(error(ErrorCategory.BUDGET_EXCEEDED)), NEVER, false));
        rows.add(row("cancelled", Script.begin().fail(error(ErrorCategory.CANCELLED)), NEVER, false));
        rows.add(row("unsupported", Script.begin().fail(error(ErrorCategory.UNSUPPORTED)), NEVER, false));
        return rows;
    }

    private static InferenceException error(ErrorCategory category) {
        return InferenceException.of(category, "scripted");
    }

    private static Stream<Arguments> cases() {
        return rows().stream().flatMap(row -> Stream.of(Billing.values()).map(b -> Arguments.of(row, b)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void oneTarget_failsForEver_isTriedAsTheTableSays(Row row, Billing billing) {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> row.script());
        Reader reader = rig.toEnd(rig.read(Rig.target("a", billing)));

        List<Long> waits = billing == Billing.METERED ? row.metered() : row.free();
        assertThat(rig.transport.exchanges()).hasSize(waits.size() + 1);
        assertThat(gaps(rig)).isEqualTo(waits);
        InferenceException error = reader.failure();
        assertThat(error.attempts()).isEqualTo(waits.size() + 1);
        assertThat(error.getSuppressed()).hasSize(waits.size());
        assertThat(error.provider()).contains("a");
        assertThat(error.model()).contains("m");
        assertThat(error.endpoint()).contains("http://a.test");
        assertThat(reader.events).isEmpty();
        assertThat(reader.terminals).isEqualTo(1);
        rig.assertQuiet();
    }

    /** Waits as the observer was told them; an attempt without one was at once. */
    private static List<Long> gaps(Rig rig) {
        List<Long> gaps = new ArrayList<>();
        for (String line : rig.log.lines) {
            if (line.startsWith("start") && !line.startsWith("start 1 ")) {
                gaps.add(0L);
            } else if (line.startsWith("wait")) {
                gaps.add(Long.parseLong(line.split(" ")[2]));
            }
        }
        // Each wait is followed by its start.
        for (int i = 0; i < gaps.size() - 1; i++) {
            if (gaps.get(i) > 0) {
                gaps.remove(i + 1);
            }
        }
        return gaps;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void twoTargets_firstFails_secondIsTriedWhereAllowed(Row row, Billing billing) {
        Rig rig = new Rig();
        rig.transport.otherwise(call ->
                call.uri().getHost().startsWith("b") ? stream("text hi", "finish stop", "[DONE]") : row.script());
        Target b = Rig.target("b", billing);
        Reader reader = rig.toEnd(rig.read(Rig.inTurn(Rig.target("a", billing), b)));

        if (row.moves()) {
            assertThat(rig.transport.hosts()).containsExactly("a.test", "b.test");
            assertThat(rig.log.waits).isEmpty();
            assertThat(reader.text()).isEqualTo("hi");
            assertThat(reader.started().attempts()).isEqualTo(2);
            assertThat(reader.started().target()).isEqualTo(b);
        } else {
            assertThat(rig.transport.hosts()).doesNotContain("b.test");
            assertThat(reader.failure().attempts())
                    .isEqualTo(rig.transport.hosts().size());
        }
        rig.assertQuiet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void threeTargets_allFailAlike_uncertainOnlyOnceWhereItCosts(Row row, Billing billing) {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> row.script());
        Reader reader = rig.toEnd(
                rig.read(Rig.inTurn(Rig.target("a", billing), Rig.target("b", billing), Rig.target("c", billing))));

        int tries = rig.transport.exchanges().size();
        assertThat(tries).isLessThanOrEqualTo(4);
        if (row.uncertain() && billing == Billing.METERED) {
            assertThat(rig.transport.hosts()).containsExactly("a.test", "b.test");
        } else if (row.moves()) {
            assertThat(rig.transport.hosts()).startsWith("a.test", "b.test", "c.test");
        }
        assertThat(reader.failure().attempts()).isEqualTo(tries);
        assertThat(reader.failure().getSuppressed()).hasSize(tries - 1);
        rig.assertQuiet();
    }

    @org.junit.jupiter.api.Test
    void deadline_passedBeforeTheCall_nothingIsSent() {
        Rig rig = new Rig();
        rig.context = rig.context.withTotal(Duration.ofNanos(1));
        rig.time.advance(Duration.ofSeconds(1));
        dev.avionics.airframe.call.Deadline past =
                dev.avionics.airframe.call.Deadline.after(rig.time, Duration.ofMillis(1));
        rig.context = rig.context.withDeadline(past);
        rig.time.advance(Duration.ofSeconds(1));
        Reader reader = rig.read(Rig.target("a", Billing.FREE));

        assertThat(reader.failure().clock()).contains("total");
        assertThat(reader.failure().sent()).isEqualTo(Sent.NOTHING);
        assertThat(rig.transport.exchanges()).isEmpty();
        rig.assertQuiet();
    }
}
