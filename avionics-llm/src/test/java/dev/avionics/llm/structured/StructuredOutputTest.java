package dev.avionics.llm.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.Inference;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import dev.avionics.llm.schema.Described;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.schema.JsonProblem;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StructuredOutputTest {
    record Item(@Described("as printed") String name, double price) {}

    record Bill(LocalDate day, List<Item> items, Optional<String> note) {}

    record Prices(Map<String, Double> prices) {}

    private static final String RIGHT = "{\"day\":\"2026-01-31\",\"items\":[{\"name\":\"tea\",\"price\":2.5}]}";
    private static final String WRONG = "{\"day\":\"2026-01-31\",\"items\":[{\"name\":\"tea\",\"price\":\"cheap\"}]}";
    private static final Bill BILL =
            new Bill(LocalDate.of(2026, 1, 31), List.of(new Item("tea", 2.5)), Optional.empty());
    private static final Capabilities NATIVE = Capabilities.unknown().yes(Feature.JSON_SCHEMA);

    private static Usage usage(long input, long output) {
        return Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
    }

    private static MockProvider saying(String... texts) {
        MockProvider.Builder builder = MockProvider.builder();
        for (String text : texts) {
            builder.reply(MockReply.text(text).withUsage(usage(10, 1)));
        }
        return builder.build();
    }

    private static StructuredOutput<Bill> bills(MockProvider provider) {
        return StructuredOutput.builder(provider, Bill.class).build();
    }

    @Test
    void ask_backendWithoutSchemas_isToldItInWords() {
        try (MockProvider provider = saying(RIGHT)) {
            StructuredResult<Bill> result = bills(provider).ask("Read the bill.");

            assertThat(result.value()).isEqualTo(BILL);
            assertThat(result.json()).isEqualTo(RIGHT);
            assertThat(result.answers()).isEqualTo(1);
            InferenceRequest sent = provider.calls().get(0).request();
            assertThat(sent.output()).isEqualTo(OutputFormat.TEXT);
            assertThat(sent.messages()).extracting(Message::role).containsExactly(Role.SYSTEM, Role.USER);
            assertThat(sent.messages().get(0).text())
                    .contains("JSON Schema:\n" + bills(provider).schema().json())
                    .contains("as printed");
        }
    }

    @Test
    void ask_wordsOfTheSystem_stayInFront() {
        try (MockProvider provider = saying(RIGHT)) {
            bills(provider)
                    .ask(InferenceRequest.builder()
                            .message(Message.system("You read bills."))
                            .message(Message.user("Read."))
                            .build());

            List<Message> sent = provider.calls().get(0).request().messages();
            assertThat(sent).hasSize(2);
            assertThat(sent.get(0).text()).startsWith("You read bills.\n\nAnswer with one JSON object");
        }
    }

    @Test
    void ask_backendThatCanDoSomeJson_isAskedForIt() {
        try (MockProvider provider = saying(RIGHT)) {
            StructuredOutput.builder(provider, Bill.class)
                    .capabilities(Capabilities.unknown().yes(Feature.JSON_OBJECT))
                    .build()
                    .ask("Read.");

            InferenceRequest sent = provider.calls().get(0).request();
            assertThat(sent.output()).isEqualTo(OutputFormat.JSON_OBJECT);
            assertThat(sent.messages()).hasSize(2);
        }
    }

    @Test
    void ask_backendWithSchemas_getsTheClosedSchemaAndNoWords() {
        try (MockProvider provider = saying(RIGHT)) {
            StructuredResult<Bill> result = StructuredOutput.builder(provider, Bill.class)
                    .capabilities(NATIVE)
                    .model("m")
                    .build()
                    .ask("Read.");

            assertThat(result.value()).isEqualTo(BILL);
            assertThat(provider.calls().get(0).model()).isEqualTo("m");
            InferenceRequest sent = provider.calls().get(0).request();
            assertThat(sent.messages()).containsExactly(Message.user("Read."));
            assertThat(sent.output().kind()).isEqualTo(OutputFormat.Kind.JSON_SCHEMA);
            assertThat(sent.output().name()).isEqualTo("Bill");
            assertThat(sent.output().strict()).isTrue();
            assertThat(sent.output().schemaJson()).contains("\"required\":[\"day\",\"items\",\"note\"]");
        }
    }

    /** Answers, but is no provider, and says nothing of what its models can do. */
    private static class Plain implements Inference {
        private final MockProvider provider;

        Plain(MockProvider provider) {
            this.provider = provider;
        }

        @Override
        public InferenceStream<InferenceEvent> infer(
                @Nullable String model, InferenceRequest request, CallContext context) {
            return provider.infer(model, request, context);
        }

        @Override
        public CallContext newCall() {
            return provider.newCall();
        }
    }

    /** As a gateway does: it knows what is behind it. */
    private static final class Routed extends Plain {
        Routed(MockProvider provider) {
            super(provider);
        }

        @Override
        public Capabilities capabilities(@Nullable String model) {
            return model == null ? Capabilities.unknown().yes(Feature.JSON_OBJECT) : NATIVE;
        }
    }

    @Test
    void ask_ofWhatIsNoProvider_isInTheFormThatItsModelTakes() {
        try (MockProvider provider = saying(RIGHT, RIGHT, RIGHT)) {
            StructuredOutput.builder(new Routed(provider), Bill.class)
                    .model("able")
                    .build()
                    .ask("Read.");
            StructuredOutput.builder(new Routed(provider), Bill.class).build().ask("Read.");
            StructuredOutput.builder(new Plain(provider), Bill.class).build().ask("Read.");

            assertThat(provider.calls())
                    .extracting(call -> call.request().output().kind())
                    .containsExactly(
                            OutputFormat.Kind.JSON_SCHEMA, OutputFormat.Kind.JSON_OBJECT, OutputFormat.Kind.TEXT);
        }
    }

    @Test
    void ask_schemaThatCannotBeHeldStrictly_isSentAsSuch() {
        try (MockProvider provider = saying("{\"prices\":{\"tea\":2}}")) {
            StructuredResult<Prices> result = StructuredOutput.builder(provider, Prices.class)
                    .capabilities(NATIVE)
                    .build()
                    .ask("Read.");

            assertThat(result.value()).isEqualTo(new Prices(Map.of("tea", 2.0)));
            assertThat(provider.calls().get(0).request().output().strict()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "```json\n%s\n```",
                "Here it is:\n```json\n%s\n```\nAnything else?",
                "```\n%s```",
                "```JSON %s ```",
                "```json\n%s",
                "The bill is %s, I think.",
                "\uFEFF%s\n",
                "Not ```this``` but\n```json\n%s\n```"
            })
    void ask_jsonAmongOtherThings_isFound(String around) {
        try (MockProvider provider = saying(around.replace("%s", RIGHT))) {
            StructuredResult<Bill> result = bills(provider).ask("Read.");

            assertThat(result.value()).isEqualTo(BILL);
            assertThat(result.answers()).isEqualTo(1);
        }
    }

    @Test
    void ask_fencesInsideOfAText_areLeftThere() {
        record Code(String code) {}
        String json = "{\"code\":\"```java\\nint i;\\n```\"}";
        for (String answer : List.of(json, "```json\n" + json + "\n```")) {
            try (MockProvider provider = saying(answer)) {
                assertThat(StructuredOutput.builder(provider, Code.class)
                                .build()
                                .ask("Go")
                                .value())
                        .isEqualTo(new Code("```java\nint i;\n```"));
            }
        }
    }

    @Test
    void ask_answerThatDoesNotFit_isShownWithWhatIsWrong() {
        try (MockProvider provider = saying(WRONG, RIGHT)) {
            StructuredResult<Bill> result = bills(provider).ask("Read.");

            assertThat(result.value()).isEqualTo(BILL);
            assertThat(result.answers()).isEqualTo(2);
            assertThat(result.usage()).isEqualTo(usage(20, 2));
            List<Message> sent = provider.calls().get(1).request().messages();
            assertThat(sent)
                    .extracting(Message::role)
                    .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER);
            assertThat(sent.get(2).text()).isEqualTo(WRONG);
            assertThat(sent.get(3).text()).contains("- $.items[0].price: string found, number expected");
        }
    }

    @Test
    void ask_stillWrong_failsWithThePathAndTheUsage() {
        try (MockProvider provider = saying(WRONG, WRONG, RIGHT)) {
            JsonMismatchException e = catchThrowableOfType(
                    JsonMismatchException.class, () -> bills(provider).ask("Read."));

            assertThat(e.category()).isEqualTo(ErrorCategory.PARSE);
            assertThat(e)
                    .hasMessage("the answer does not fit the schema: $.items[0].price: string found, number expected");
            assertThat(e.problems())
                    .containsExactly(new JsonProblem("$.items[0].price", "string found, number expected"));
            assertThat(e.usage()).isEqualTo(usage(20, 2));
            assertThat(provider.callCount()).isEqualTo(2);
        }
    }

    @Test
    void ask_whatOnlyTheRecordKnows_isRepairedToo() {
        record Even(int number) {
            Even {
                if (number % 2 != 0) {
                    throw new IllegalArgumentException("number: " + number + " (expected: even)");
                }
            }
        }
        try (MockProvider provider = saying("{\"number\":3}", "{\"number\":4}")) {
            assertThat(StructuredOutput.builder(provider, Even.class)
                            .build()
                            .ask("Go")
                            .value())
                    .isEqualTo(new Even(4));
            assertThat(provider.calls().get(1).request().messages().get(3).text())
                    .contains("- $: number: 3 (expected: even)");
        }
    }

    @Test
    void ask_noRepairs_failsAtOnceAndMoreTryMore() {
        try (MockProvider provider = saying(WRONG, RIGHT)) {
            assertThatThrownBy(() -> StructuredOutput.builder(provider, Bill.class)
                            .repairs(0)
                            .build()
                            .ask("Read."))
                    .isInstanceOf(JsonMismatchException.class);
        }
        try (MockProvider provider = saying(WRONG, "no", WRONG, RIGHT)) {
            assertThat(StructuredOutput.builder(provider, Bill.class)
                            .repairs(3)
                            .build()
                            .ask("Read.")
                            .answers())
                    .isEqualTo(4);
        }
    }

    @Test
    void ask_answerThatWasCutOff_isNotRepaired() {
        try (MockProvider provider = MockProvider.builder()
                .reply(MockReply.text("{\"day\":").withFinish(FinishReason.LENGTH))
                .build()) {
            assertThatThrownBy(() -> bills(provider).ask("Read."))
                    .isInstanceOf(JsonMismatchException.class)
                    .hasMessageStartingWith("the answer was cut off by the limit on tokens: $: not valid JSON");
            assertThat(provider.callCount()).isEqualTo(1);
        }
    }

    @Test
    void ask_modelThatRefuses_isAContentFilter() {
        try (MockProvider provider = MockProvider.builder()
                .reply(MockReply.text("I will not.").withFinish(FinishReason.CONTENT_FILTER))
                .build()) {
            assertThat(catchThrowableOfType(
                                    InferenceException.class,
                                    () -> bills(provider).ask("Read."))
                            .category())
                    .isEqualTo(ErrorCategory.CONTENT_FILTER);
        }
    }

    @Test
    void ask_callThatFails_keepsItsError() {
        InferenceException busy = InferenceException.of(ErrorCategory.OVERLOADED, "busy");
        try (MockProvider provider =
                MockProvider.builder().reply(MockReply.failure(busy)).build()) {
            assertThatThrownBy(() -> bills(provider).ask("Read.")).isSameAs(busy);
        }
    }

    @Test
    void start_listener_seesTheTextOfEachAnswer() {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (MockProvider provider = saying("nothing", RIGHT)) {
            bills(provider)
                    .start(
                            InferenceRequest.of("Read."),
                            (answer, piece) -> seen.accumulateAndGet(answer + piece, String::concat))
                    .join();
        }
        assertThat(seen.get()).startsWith("1noth1ing2{\"day\"");
    }

    @Test
    void cancel_whileTheAnswerComes_endsTheCall() throws Exception {
        CountDownLatch text = new CountDownLatch(1);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        try (MockProvider provider = MockProvider.builder()
                .reply(MockReply.text(RIGHT).paced(Duration.ofDays(1)))
                .build()) {
            Inference watched = new Inference() {
                @Override
                public InferenceStream<InferenceEvent> infer(
                        @Nullable String model, InferenceRequest request, CallContext context) {
                    return provider.infer(model, request, context).observe(outcome::complete);
                }

                @Override
                public CallContext newCall() {
                    return provider.newCall();
                }
            };
            CompletableFuture<StructuredResult<Bill>> coming = StructuredOutput.builder(watched, Bill.class)
                    .build()
                    .start(InferenceRequest.of("Read."), (answer, piece) -> text.countDown());
            assertThat(text.await(30, TimeUnit.SECONDS)).isTrue();

            coming.cancel(true);

            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Cancelled.class);
        }
    }

    @Test
    void bySchema_givesMaps() {
        String schema = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":5}}}";
        try (MockProvider provider = saying("{\"n\":3}", "{\"n\":7}")) {
            StructuredOutput<Map<String, Object>> output =
                    StructuredOutput.builder(provider, "number", schema).build();

            assertThat(output.ask("Go").value()).isEqualTo(Map.of("n", 7L));
            assertThat(provider.calls().get(1).request().messages().get(3).text())
                    .contains("- $.n: must have a minimum value of 5");
            assertThat(output.read("so: {\"n\":9}")).isEqualTo(Map.of("n", 9L));
            assertThatThrownBy(() -> output.read("nothing")).isInstanceOf(JsonMismatchException.class);
        }
    }

    @Test
    void builder_wrongValues_areRefused() {
        try (MockProvider provider = MockProvider.create()) {
            assertThatThrownBy(() -> StructuredOutput.builder(provider, "list", "{\"type\":\"array\"}"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not of objects");
            assertThatThrownBy(
                            () -> StructuredOutput.builder(provider, Bill.class).repairs(-1))
                    .hasMessage("repairs: -1 (expected: >= 0)");
        }
    }
}
