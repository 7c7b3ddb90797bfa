package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContinuationTest {
    private static final List<String> PIECES =
            List.of("The", " sky", " is", "\n", "\n", " blue", ",", "  ", "and", " the", " sea", ".");
    private static final String WHOLE = String.join("", PIECES);
    private static final Capabilities BY_TEXT = Capabilities.unknown().yes(Feature.CONTINUE_TEXT);
    private static final Capabilities BY_TOKENS = BY_TEXT.yes(Feature.CONTINUE_TOKENS);

    private final GatewayRig rig = new GatewayRig();
    private final List<CallLedger> ledgers = new ArrayList<>();

    @AfterEach
    void close() {
        assertThat(rig.time.pendingTasks()).isZero();
        rig.close();
    }

    private LLMGateway gateway(FallbackPolicy policy) {
        return gateway(policy, builder -> builder);
    }

    private LLMGateway gateway(FallbackPolicy policy, UnaryOperator<GatewayBuilder> more) {
        return more.apply(rig.gateway()
                        .breaker(false)
                        .fallback(policy.withAfterCommit(AfterCommit.CONTINUE))
                        .layer(LayerOrder.OBSERVE, new GatewayLayer() {
                            @Override
                            public InferenceStream<InferenceEvent> infer(
                                    GatewayRequest request, GatewayCall call, Next next) {
                                ledgers.add(call.ledger());
                                return next.infer(request, call);
                            }
                        }))
                .build();
    }

    private Reader<InferenceEvent> read(LLMGateway gateway, InferenceRequest request) {
        return Reader.of(gateway.infer(GatewayRequest.of(request), rig.airframe.newCall()));
    }

    private static String textOf(List<InferenceEvent> events) {
        StringBuilder all = new StringBuilder();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.TextDelta delta) {
                all.append(delta.text());
            }
        }
        return all.toString();
    }

    private static <E extends InferenceEvent> List<E> only(List<InferenceEvent> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static InferenceEvent[] texts(List<String> pieces) {
        return pieces.stream().map(GatewayRig::text).toArray(InferenceEvent[]::new);
    }

    private static InferenceEvent[] ended(String... pieces) {
        return Stream.concat(
                        Stream.of(pieces).map(GatewayRig::text),
                        Stream.of(ScriptedAdapter.completed(FinishReason.STOP, pieces.length)))
                .toArray(InferenceEvent[]::new);
    }

    private static InferenceEvent note(int made, int characters, Object... pieces) {
        return new InferenceEvent.VendorNote(new AnswerTokens(made, characters, List.of(pieces)).toVendorData());
    }

    private static Message lastTurn(ScriptedAdapter.Seen seen) {
        List<Message> turns = seen.request().messages();
        return turns.get(turns.size() - 1);
    }

    // How it goes on

    @Test
    @Tag("row-146")
    void answer_thatBreaksOff_goesOnAtTheNextTarget_andTheReaderIsTold() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("Once"), text(" upon"));
        rig.anthropic.capabilities(BY_TEXT).events(ended(" a", " time"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("Tell"));
        assertThat(reader.complete).isTrue();
        assertThat(reader.got)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Started", "TextDelta", "TextDelta", "Resumed", "TextDelta", "TextDelta", "Completed");
        assertThat(textOf(reader.got)).isEqualTo("Once upon a time");
        InferenceEvent.Resumed resumed =
                only(reader.got, InferenceEvent.Resumed.class).get(0);
        assertThat(resumed.attempts()).isEqualTo(2);
        assertThat(resumed.after()).isEqualTo(ErrorCategory.CONNECTION);
        assertThat(resumed.target().model()).isEqualTo("claude-sonnet-4-6");
        assertThat(lastTurn(rig.anthropic.seen().get(0))).isEqualTo(Message.assistant("Once upon"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"CONNECTION", "SERVER_ERROR", "TIMEOUT", "OVERLOADED"})
    void failure_ofTheTarget_isOneToGoOnAfter(ErrorCategory category) {
        rig.openai.fails(failure(category), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("b"));
        assertThat(textOf(read(gateway(to("anthropic")), InferenceRequest.of("?")).got))
                .isEqualTo("ab");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"CONNECTION", "SERVER_ERROR", "TIMEOUT", "OVERLOADED"},
            mode = EnumSource.Mode.EXCLUDE)
    void failure_ofAnotherKind_isTheEnd(ErrorCategory category) {
        rig.openai.fails(failure(category), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("b"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("a");
        assertThat(((InferenceException) reader.error).category()).isEqualTo(category);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    static IntStream cuts() {
        return IntStream.range(1, PIECES.size());
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void answer_cutAnywhere_goesOnByText_withNothingTwiceAndNothingLost(int cut) {
        List<String> before = PIECES.subList(0, cut);
        String delivered = String.join("", before);
        rig.openai.fails(failure(ErrorCategory.CONNECTION), texts(before));
        // It says the white space again that it is not given.
        rig.anthropic
                .capabilities(BY_TEXT)
                .events(ended(
                        WHOLE.substring(delivered.stripTrailing().length()).split("(?<= )|(?=\n)")));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("Why?"));
        assertThat(textOf(reader.got)).isEqualTo(WHOLE);
        assertThat(lastTurn(rig.anthropic.seen().get(0)).text()).isEqualTo(delivered.stripTrailing());
        assertThat(only(reader.got, InferenceEvent.Started.class)).hasSize(1);
        assertThat(only(reader.got, InferenceEvent.Completed.class)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void answer_cutAnywhere_goesOnByTokens_whereTheModelIsTheSame(int cut) {
        List<InferenceEvent> before = new ArrayList<>();
        List<Object> ids = new ArrayList<>();
        int characters = 0;
        for (int i = 0; i < cut; i++) {
            characters += PIECES.get(i).length();
            ids.add(100 + i);
            before.add(text(PIECES.get(i)));
            before.add(note(i + 1, characters, 100 + i));
        }
        rig.openai
                .capabilities(BY_TOKENS)
                .fails(failure(ErrorCategory.CONNECTION), before.toArray(InferenceEvent[]::new));
        rig.anthropic
                .capabilities(BY_TOKENS)
                .events(ended(PIECES.subList(cut, PIECES.size()).toArray(String[]::new)));
        Reader<InferenceEvent> reader = Reader.of(gateway(to("anthropic/m"))
                .infer(
                        GatewayRequest.of(InferenceRequest.builder()
                                        .message(Message.user("Why?"))
                                        .maxTokens(50)
                                        .build())
                                .withTarget("openai", "m"),
                        rig.airframe.newCall()));
        assertThat(textOf(reader.got)).isEqualTo(WHOLE);
        assertThat(only(reader.got, InferenceEvent.VendorNote.class)).isEmpty();
        assertThat(rig.openai.seen().get(0).request().extra()).containsEntry(AnswerTokens.ASK, true);
        InferenceRequest asked = rig.anthropic.seen().get(0).request();
        assertThat(asked.sampling().maxTokens()).isEqualTo(50 - cut);
        Part.Text begun =
                (Part.Text) lastTurn(rig.anthropic.seen().get(0)).parts().get(0);
        assertThat(begun.text()).isEqualTo(String.join("", PIECES.subList(0, cut)));
        assertThat(AnswerTokens.of(begun.vendor()))
                .hasValue(new AnswerTokens(cut, begun.text().length(), ids));
    }

    @Test
    void tokens_ofAnotherModel_areNotSent() {
        rig.openai.capabilities(BY_TOKENS).fails(failure(ErrorCategory.CONNECTION), text("a"), note(1, 1, 7));
        rig.anthropic.capabilities(BY_TOKENS).events(ended("b"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic/another")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("ab");
        assertThat(lastTurn(rig.anthropic.seen().get(0))).isEqualTo(Message.assistant("a"));
    }

    @Test
    void tokens_thatAreNotKnownToTheLastCharacter_areNotSent() {
        rig.openai
                .capabilities(BY_TOKENS)
                .fails(failure(ErrorCategory.CONNECTION), text("a"), note(1, 1, 7), text("b"));
        rig.anthropic.capabilities(BY_TOKENS).events(ended("c"));
        Reader<InferenceEvent> reader = Reader.of(gateway(to("anthropic/m"))
                .infer(GatewayRequest.of("?").withTarget("openai", "m"), rig.airframe.newCall()));
        assertThat(textOf(reader.got)).isEqualTo("abc");
        assertThat(lastTurn(rig.anthropic.seen().get(0))).isEqualTo(Message.assistant("ab"));
    }

    @Test
    void beginning_ofTheCallers_isGoneOnWithTogetherWithWhatWasDelivered() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text(" two"));
        rig.anthropic.capabilities(BY_TEXT).events(ended(" three"));
        Reader<InferenceEvent> reader = read(
                gateway(to("anthropic")),
                InferenceRequest.builder()
                        .message(Message.user("Count"))
                        .message(Message.assistant("one"))
                        .build());
        assertThat(textOf(reader.got)).isEqualTo(" two three");
        assertThat(rig.anthropic.seen().get(0).request().messages()).hasSize(2);
        assertThat(lastTurn(rig.anthropic.seen().get(0)).text()).isEqualTo("one two");
    }

    @Test
    void continuation_thatFailsAtOnce_goesOnAtTheOneAfter() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.capabilities(BY_TEXT).events(ended("b"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic", "ollama")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("ab");
        assertThat(only(reader.got, InferenceEvent.Resumed.class))
                .singleElement()
                .satisfies(resumed -> assertThat(resumed.attempts()).isEqualTo(3));
    }

    @Test
    void continuation_thatBreaksOffToo_goesOnWithBothParts() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).fails(failure(ErrorCategory.TIMEOUT), text("b"));
        rig.ollama.capabilities(BY_TEXT).events(ended("c"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic", "ollama")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("abc");
        assertThat(only(reader.got, InferenceEvent.Resumed.class)).hasSize(2);
        assertThat(lastTurn(rig.ollama.seen().get(0)).text()).isEqualTo("ab");
    }

    @Test
    void target_thatCannotGoOn_isPassedOver() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.events(ended("never"));
        rig.ollama.capabilities(BY_TEXT).events(ended("b"));
        assertThat(textOf(read(gateway(to("anthropic", "ollama")), InferenceRequest.of("?")).got))
                .isEqualTo("ab");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void failure_beforeTheCommit_isAnOrdinaryFallback() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION));
        rig.anthropic.text("whole");
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("whole");
        assertThat(only(reader.got, InferenceEvent.Resumed.class)).isEmpty();
        assertThat(rig.anthropic.seen().get(0).request().messages()).hasSize(1);
    }

    @Test
    @Tag("row-147")
    void chunks_afterTheSeam_nameTheProviderThatGaveThem() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("b"));
        Reader<StreamingChunk> reader = Reader.of(gateway(to("anthropic")).completeStream(GatewayRequest.of("?")));
        assertThat(reader.got).extracting(StreamingChunk::text).containsExactly("a", "b", "");
        assertThat(reader.got).extracting(StreamingChunk::provider).containsExactly("openai", "anthropic", "anthropic");
    }

    // What is carried over

    private static InferenceRequest stoppedBy(String... stops) {
        return InferenceRequest.builder()
                .message(Message.user("?"))
                .sampling(Sampling.builder().stop(List.of(stops)).build())
                .build();
    }

    @Test
    void stopSequence_acrossTheSeam_stopsTheAnswer_andNothingOfItsRestIsDelivered() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("one E"));
        rig.anthropic.capabilities(BY_TEXT).events(text("N"), text("D two"), text(" three"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), stoppedBy("###", "END"));
        assertThat(textOf(reader.got)).isEqualTo("one E");
        assertThat(reader.complete).isTrue();
        assertThat(only(reader.got, InferenceEvent.Completed.class))
                .extracting(InferenceEvent.Completed::finish)
                .containsExactly(FinishReason.STOP);
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
        assertThat(rig.anthropic.seen().get(0).request().sampling().stop()).containsExactly("###", "END");
    }

    @Test
    void text_thatMightHaveBeenAStopSequence_isDelivered() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("one E"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("N", "D", "IVE"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), stoppedBy("ENDED"));
        assertThat(textOf(reader.got)).isEqualTo("one ENDIVE");
        assertThat(reader.complete).isTrue();
    }

    @Test
    void text_thatEndsWithinAPossibleStopSequence_isDelivered() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("one E"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("N"));
        assertThat(textOf(read(gateway(to("anthropic")), stoppedBy("END")).got)).isEqualTo("one EN");
    }

    @Test
    void answer_thatHadAllItsTokens_endsWithoutAnotherAttempt() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("one"), text(" two"), text(" three"));
        rig.anthropic.capabilities(BY_TEXT).events(ended(" four"));
        Reader<InferenceEvent> reader = read(
                gateway(to("anthropic")),
                InferenceRequest.builder()
                        .message(Message.user("?"))
                        .maxTokens(3)
                        .build());
        assertThat(textOf(reader.got)).isEqualTo("one two three");
        assertThat(only(reader.got, InferenceEvent.Completed.class))
                .extracting(InferenceEvent.Completed::finish)
                .containsExactly(FinishReason.LENGTH);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void tokens_ofLongPieces_areMeasured_soThatTheLimitHolds() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("x".repeat(80)));
        rig.anthropic.capabilities(BY_TEXT).events(ended("y"));
        read(
                gateway(to("anthropic")),
                InferenceRequest.builder()
                        .message(Message.user("?"))
                        .maxTokens(100)
                        .build());
        assertThat(rig.anthropic.seen().get(0).request().sampling().maxTokens()).isEqualTo(80);
    }

    // What does not go on

    static Stream<InferenceRequest> boundAnswers() {
        InferenceRequest.Builder plain = InferenceRequest.builder().message(Message.user("?"));
        return Stream.of(
                InferenceRequest.of("?").toBuilder()
                        .tool(ToolSpec.of("look", "looks", "{\"type\":\"object\"}"))
                        .build(),
                InferenceRequest.of("?").toBuilder()
                        .output(OutputFormat.JSON_OBJECT)
                        .build(),
                InferenceRequest.of("?").toBuilder()
                        .thinking(ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM))
                        .build(),
                plain.extra("grammar", "root ::= \"a\"").build());
    }

    @ParameterizedTest
    @MethodSource("boundAnswers")
    void answer_withToolsSchemaThinkingOrGrammar_failsWithWhatWasDelivered(InferenceRequest request) {
        rig.openai.capabilities(BY_TOKENS).fails(failure(ErrorCategory.CONNECTION), text("{\"a\""));
        rig.anthropic.capabilities(BY_TEXT).events(ended("never"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), request);
        assertThat(reader.error)
                .isInstanceOfSatisfying(
                        AnswerBrokenOffException.class,
                        error -> assertThat(error.partialText()).isEqualTo("{\"a\""))
                .hasMessageContaining("do not go on elsewhere");
        assertThat(rig.anthropic.seen()).isEmpty();
        assertThat(rig.openai.seen().get(0).request().extra()).doesNotContainKey(AnswerTokens.ASK);
    }

    static Stream<InferenceEvent> otherContent() {
        return Stream.of(
                new InferenceEvent.ThinkingDelta("hm"),
                new InferenceEvent.RefusalDelta("no"),
                new InferenceEvent.ToolCallDelta(0, "id", "look", "{"));
    }

    @ParameterizedTest
    @MethodSource("otherContent")
    void answer_thatIsMoreThanText_fails(InferenceEvent content) {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), content, text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("never"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        assertThat(reader.error).isInstanceOf(AnswerBrokenOffException.class);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    @Tag("row-146")
    void answer_thatNobodyCanGoOnWith_failsWithTextUsageAndCause() {
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR), text("Once upon"), text(" a time"));
        rig.anthropic.events(ended("never"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("Tell me a story"));
        assertThat(reader.error).isInstanceOfSatisfying(AnswerBrokenOffException.class, error -> {
            assertThat(error.partialText()).isEqualTo("Once upon a time");
            assertThat(error.category()).isEqualTo(ErrorCategory.SERVER_ERROR);
            assertThat(error.status()).hasValue(500);
            assertThat(error.usage().outputTotal().value()).isEqualTo(2);
            assertThat(error.usage().isEstimated()).isTrue();
            assertThat(error.usage().inputTotal().value()).isPositive();
        });
        assertThat(rig.anthropic.seen()).isEmpty();
        assertThat(ledgers.get(0).entries()).hasSize(1);
    }

    // One allowance, one deadline, both paid for

    @Test
    void continuation_takesItsAttemptFromTheCallsAllowance() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("never"));
        LLMGateway gateway = gateway(to("anthropic"), builder -> builder.retryPolicy(RetryPolicy.NEVER));
        Reader<InferenceEvent> reader = read(gateway, InferenceRequest.of("?"));
        assertThat(reader.error).hasMessageContaining("no more attempts are left");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void continuation_isBoundByTheCallsDeadline() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(text("b"));
        Reader<InferenceEvent> reader = Reader.of(gateway(to("anthropic"))
                .infer(GatewayRequest.of("?"), rig.airframe.newCall().withTotal(Duration.ofSeconds(5))));
        assertThat(rig.anthropic.seen().get(0).context().deadline().remaining()).isEqualTo(Duration.ofSeconds(5));
        reader.subscription.cancel();
    }

    @Test
    @Tag("row-145")
    void bothParts_arePaidFor_theOneThatBrokeOffByAnEstimate() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("Once"), text(" upon"), text(" a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended(" time", "."));
        LLMGateway gateway = gateway(to("anthropic"));
        Reader<InferenceEvent> reader = read(gateway, InferenceRequest.of("Tell me a story"));
        List<CallLedger.Entry> entries = ledgers.get(0).entries();
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).failure()).isEqualTo(ErrorCategory.CONNECTION);
        assertThat(entries.get(0).usage().isEstimated()).isTrue();
        assertThat(entries.get(0).usage().outputTotal().value()).isEqualTo(3);
        assertThat(entries.get(0).cost().usd()).isPositive();
        assertThat(entries.get(1).usage().outputTotal().value()).isEqualTo(2);
        assertThat(entries.get(1).succeeded()).isTrue();
        Usage told = only(reader.got, InferenceEvent.Completed.class).get(0).usage();
        assertThat(told.outputTotal().value()).isEqualTo(5);
        assertThat(told.total().value())
                .isEqualTo(ledgers.get(0).usage().total().value());
        GatewayStats stats = gateway.stats();
        assertThat(stats.totalRequests()).isEqualTo(1);
        assertThat(stats.totalTokens()).isEqualTo(told.total().value());
        assertThat(stats.totalCostUsd().doubleValue())
                .isCloseTo(
                        entries.get(0)
                                .cost()
                                .usd()
                                .add(entries.get(1).cost().usd())
                                .doubleValue(),
                        within(1e-12));
        assertThat(stats.byProvider()).containsOnlyKeys("openai", "anthropic");
    }

    // Readers that come slowly, or leave

    @Test
    void reader_thatAsksOneByOne_getsEachEventOnce() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"), text("b"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("c", "d"));
        Reader<InferenceEvent> reader = new Reader<>();
        gateway(to("anthropic"))
                .infer(GatewayRequest.of("?"), rig.airframe.newCall())
                .subscribe(reader);
        for (int asked = 1; !reader.complete; asked++) {
            reader.subscription.request(1);
            assertThat(reader.got.size()).isLessThanOrEqualTo(asked);
            assertThat(asked).isLessThan(20);
        }
        assertThat(textOf(reader.got)).isEqualTo("abcd");
    }

    @Test
    void reader_thatLeaves_beforeTheFailure_cancelsTheFirst() {
        rig.openai.events(text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("never"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        reader.subscription.cancel();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
        assertThat(rig.anthropic.seen()).isEmpty();
        assertThat(ledgers.get(0).entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.cancelled()).isEqualTo(CancelReason.CALLER));
    }

    @Test
    void reader_thatLeaves_beforeTheContinuationGaveAnything_cancelsThat() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events();
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("a");
        reader.subscription.cancel();
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
        assertThat(ledgers.get(0).entries())
                .extracting(CallLedger.Entry::failure)
                .containsExactly(ErrorCategory.CONNECTION, null);
    }

    @Test
    void reader_thatLeaves_withinTheContinuation_cancelsThat() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(text("b"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic")), InferenceRequest.of("?"));
        assertThat(textOf(reader.got)).isEqualTo("ab");
        reader.subscription.cancel();
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
        assertThat(rig.openai.cancelled()).isZero();
    }

    @Test
    void continuation_withoutContentInTime_goesOnAtTheOneAfter() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events();
        rig.ollama.capabilities(BY_TEXT).events(ended("b"));
        Reader<InferenceEvent> reader = read(gateway(to("anthropic", "ollama")), InferenceRequest.of("?"));
        rig.time.advance(Duration.ofSeconds(15));
        assertThat(textOf(reader.got)).isEqualTo("ab");
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
    }

    @Test
    void policy_byDefault_letsAnswersFail() {
        assertThat(to("anthropic").afterCommit()).isEqualTo(AfterCommit.FAIL);
        rig.openai.capabilities(BY_TOKENS).fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.anthropic.capabilities(BY_TEXT).events(ended("never"));
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        Reader<InferenceEvent> reader = read(gateway, InferenceRequest.of("?"));
        assertThat(reader.error).isExactlyInstanceOf(InferenceException.class);
        assertThat(rig.openai.seen().get(0).request().extra()).isEqualTo(Map.of());
        assertThat(rig.anthropic.seen()).isEmpty();
    }
}
