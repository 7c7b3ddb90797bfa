package dev.avionics.llm.tool;

import static dev.avionics.llm.tool.Replies.call;
import static dev.avionics.llm.tool.Replies.calls;
import static dev.avionics.llm.tool.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ToolLoopTest {
    private static final InferenceRequest QUESTION = InferenceRequest.of("How warm is it?");
    private static final Tool ECHO = Tool.of(
            ToolSpec.of(
                    "echo",
                    "repeats",
                    "{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\"}},\"required\":[\"word\"]}"),
            arguments -> arguments.get("word"));

    private static Tool tool(String name, ToolFunction<java.util.Map<String, Object>> function) {
        return Tool.of(ToolSpec.of(name, name), function);
    }

    private static List<Part.ToolResult> results(ToolRun run) {
        return run.messages().stream()
                .flatMap(message -> message.only(Part.ToolResult.class).stream())
                .toList();
    }

    private static String firstResult(Tool tool, Part.ToolCall call) {
        MockProvider provider =
                MockProvider.builder().reply(calls(call)).reply("ok").build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(tool).build()) {
            Part.ToolResult result = results(loop.run(QUESTION)).get(0);
            return (result.isError() ? "error: " : "") + result.text();
        }
    }

    @Test
    void run_modelCallsATool_isToldTheResultAndAnswers() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "echo", "{\"word\":\"21 °C\"}")))
                .reply(MockReply.text("It is 21 °C.").withUsage(usage(30, 7)))
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            ToolRun run = loop.run(QUESTION);

            assertThat(run.text()).isEqualTo("It is 21 °C.");
            assertThat(run.rounds()).isEqualTo(2);
            assertThat(run.usage()).isEqualTo(usage(40, 12));
            assertThat(run.messages())
                    .extracting(Message::role)
                    .containsExactly(Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT);
            assertThat(results(run)).containsExactly(new Part.ToolResult("1", "echo", "21 °C"));
            assertThat(provider.calls().get(0).request().tools()).containsExactly(ECHO.spec());
            assertThat(provider.calls().get(1).request().messages())
                    .isEqualTo(run.messages().subList(0, 3));
        }
    }

    @Test
    void run_noToolIsCalled_takesOneRound() {
        MockProvider provider = MockProvider.builder().reply("Hello").build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).model("m").build()) {
            assertThat(loop.run(QUESTION).rounds()).isEqualTo(1);
            assertThat(provider.calls().get(0).model()).isEqualTo("m");
        }
    }

    @Test
    void run_messagesOfARun_goOnInTheNext() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "echo", "{\"word\":\"a\"}")))
                .reply("First.")
                .reply("Second.")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            ToolRun first = loop.run(QUESTION);
            ToolRun second = loop.run(InferenceRequest.builder()
                    .messages(first.messages())
                    .message(Message.user("And now?"))
                    .build());

            assertThat(second.messages()).hasSize(6).startsWith(first.messages().toArray(Message[]::new));
            assertThat(second.usage()).isNotEqualTo(first.usage());
        }
    }

    @Test
    void run_severalCalls_runAtOnceAndAreToldInTheirOrder() throws Exception {
        CountDownLatch all = new CountDownLatch(3);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch third = new CountDownLatch(1);
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "a", "{}"), call("2", "b", "{}"), call("3", "c", "{}")))
                .reply("ok")
                .build();
        List<String> done = new ArrayList<>();
        ToolLoop loop = ToolLoop.builder(provider)
                .tool(tool("a", none -> met(all, second, "A")))
                .tool(tool("b", none -> met(all, third, "B")))
                .tool(tool("c", none -> met(all, new CountDownLatch(0), "C")))
                .build();
        try (provider;
                loop) {
            ToolRun run = loop.run(QUESTION, event -> {
                if (event instanceof ToolEvent.ToolDone end) {
                    done.add(end.result().text());
                    (done.size() == 1 ? third : second).countDown();
                }
            });

            assertThat(done).containsExactly("C", "B", "A");
            assertThat(results(run)).extracting(Part.ToolResult::text).containsExactly("A", "B", "C");
        }
    }

    private static String met(CountDownLatch all, CountDownLatch then, String word) throws InterruptedException {
        all.countDown();
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(then.await(30, TimeUnit.SECONDS)).isTrue();
        return word;
    }

    @Test
    void run_toolThatThrows_isToldToTheModelWithoutATrace() {
        assertThat(firstResult(
                        tool("t", none -> {
                            throw new java.io.IOException("the disk is full", new RuntimeException("inner"));
                        }),
                        call("1", "t", "{}")))
                .isEqualTo("error: The tool failed: the disk is full");
        assertThat(firstResult(
                        tool("t", none -> {
                            throw new NullPointerException();
                        }),
                        call("1", "t", "{}")))
                .isEqualTo("error: The tool failed: NullPointerException");
        assertThat(firstResult(
                        tool("t", none -> CompletableFuture.failedFuture(new IllegalStateException("later"))),
                        call("1", "t", "{}")))
                .isEqualTo("error: The tool failed: later");
    }

    @Test
    void run_unknownTool_isToldTheNamesThereAre() {
        assertThat(firstResult(ECHO, call("1", "ecco", "{}")))
                .isEqualTo("error: There is no tool named ecco. Tools: echo");
    }

    @Test
    void run_wrongArguments_areToldWithTheirPaths() {
        assertThat(firstResult(ECHO, call("1", "echo", "{\"word\":5}")))
                .isEqualTo("error: The arguments of echo are wrong. $.word: integer found, string expected");
        assertThat(firstResult(ECHO, call("1", "echo", "{}"))).contains("$: required property 'word' not found");
        assertThat(firstResult(ECHO, call("1", "echo", "{\"word\":"))).contains("$: not valid JSON");
    }

    @Test
    void run_valueThatIsNoText_isToldAsJson() {
        record Weather(String sky, int degrees) {}

        assertThat(firstResult(tool("t", none -> new Weather("blue", 21)), call("1", "t", "{}")))
                .isEqualTo("{\"sky\":\"blue\",\"degrees\":21}");
        assertThat(firstResult(tool("t", none -> List.of(1, true)), call("1", "t", "{}")))
                .isEqualTo("[1,true]");
        assertThat(firstResult(tool("t", none -> null), call("1", "t", "{}"))).isEqualTo("null");
        assertThat(firstResult(tool("t", none -> CompletableFuture.completedFuture("later")), call("1", "t", "{}")))
                .isEqualTo("later");
        assertThat(firstResult(tool("t", none -> new Object()), call("1", "t", "{}")))
                .startsWith("error: The tool failed: value: java.lang.Object");
    }

    @Test
    void run_imageAsResult_isKept() {
        Part.Image image = Part.image("image/png", "aGk=");
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "t", "{}")))
                .reply("ok")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider)
                        .tool(tool("t", none -> List.of(Part.text("see"), image)))
                        .build()) {
            assertThat(results(loop.run(QUESTION)).get(0).content()).containsExactly(Part.text("see"), image);
        }
    }

    @Test
    void run_longResult_isCutAndSaysSo() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "t", "{}")))
                .reply("ok")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider)
                        .maxResultCharacters(4)
                        .tool(tool("t", none -> "abc🙂def"))
                        .build()) {
            assertThat(results(loop.run(QUESTION)).get(0).text()).isEqualTo("abc… [cut: 3 of 8 characters]");
        }
    }

    @Test
    void run_roundsUsedUp_failsWithTheWholeRounds() {
        MockProvider provider = MockProvider.builder()
                .otherwise(request -> calls(call("c" + request.messages().size(), "echo", "{\"word\":\"x\"}")))
                .build();
        try (provider;
                ToolLoop loop =
                        ToolLoop.builder(provider).tool(ECHO).maxRounds(3).build()) {
            ToolLoopException e = catchThrowableOfType(ToolLoopException.class, () -> loop.run(QUESTION));

            assertThat(e.category()).isEqualTo(ErrorCategory.REJECTED);
            assertThat(e).hasMessageContaining("round 3 (maxRounds: 3)");
            assertThat(e.rounds()).isEqualTo(3);
            assertThat(e.usage()).isEqualTo(usage(30, 15));
            assertThat(e.messages()).hasSize(5);
            assertThat(e.messages().get(4).role()).isEqualTo(Role.TOOL);
            assertThat(provider.callCount()).isEqualTo(3);
        }
    }

    @Test
    void run_answerThatFails_keepsItsCategoryAndTheRoundsBefore() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "echo", "{\"word\":\"x\"}")))
                .reply(MockReply.failure(InferenceException.of(ErrorCategory.OVERLOADED, "busy")))
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            ToolLoopException e = catchThrowableOfType(ToolLoopException.class, () -> loop.run(QUESTION));

            assertThat(e.category()).isEqualTo(ErrorCategory.OVERLOADED);
            assertThat(e).hasMessage("busy");
            assertThat(e.messages()).hasSize(3);
            assertThat(e.usage()).isEqualTo(usage(10, 5));
        }
    }

    @Test
    void run_thinkingAndVendorData_areSentBackAsTheyCame() {
        Part.ToolCall signed =
                new Part.ToolCall("1", "echo", "{\"word\":\"x\"}", VendorData.of("gemini", "{\"sig\": 1}"), null);
        MockProvider provider = MockProvider.builder()
                .reply(calls(signed).withThinking("Let me look."))
                .reply("ok")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            loop.run(QUESTION);

            Message assistant = provider.calls().get(1).request().messages().get(1);
            assertThat(assistant.thinking()).isEqualTo("Let me look.");
            assertThat(assistant.toolCalls()).containsExactly(signed);
        }
    }

    @Test
    void run_toolThatMustBeCalled_mustInTheFirstRoundOnly() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "echo", "{\"word\":\"x\"}")))
                .reply("ok")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            loop.run(QUESTION.toBuilder().toolChoice(ToolChoice.tool("echo")).build());

            assertThat(provider.calls().get(0).request().toolChoice()).isEqualTo(ToolChoice.tool("echo"));
            assertThat(provider.calls().get(1).request().toolChoice()).isNull();
        }
    }

    @Test
    void listener_seesRoundsTextAndTools() {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "echo", "{\"word\":\"x\"}")))
                .reply("It is done.")
                .build();
        List<String> seen = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            loop.run(QUESTION, event -> {
                text.append(event.text());
                String line = event.fold(
                        begun -> "round " + begun.round(),
                        answering -> "",
                        called -> "call " + called.call().name(),
                        done -> "done " + done.result().text(),
                        other -> "other");
                if (!line.isEmpty()) {
                    seen.add(line);
                }
                throw new IllegalStateException("what a listener throws is logged");
            });
        }
        assertThat(seen).containsExactly("round 1", "call echo", "done x", "round 2");
        assertThat(text).hasToString("It is done.");
    }

    @Test
    void fold_everyKindOfEvent_hasABranch() {
        assertThat(ToolEvent.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        ToolEvent.RoundBegun.class,
                        ToolEvent.Answering.class,
                        ToolEvent.ToolCalled.class,
                        ToolEvent.ToolDone.class);
    }

    @Test
    void start_toolOfTheRequestThatTheLoopHasNot_isRefused() {
        MockProvider provider = MockProvider.create();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(ECHO).build()) {
            assertThatThrownBy(() -> loop.start(
                            QUESTION.toBuilder().tool(ToolSpec.of("other", "")).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the tool other");
            assertThat(loop.run(QUESTION.toBuilder().tool(ECHO.spec()).build()).rounds())
                    .isEqualTo(1);
        }
    }

    @Test
    void builder_wrongValues_areRefused() {
        ToolLoop.Builder builder = ToolLoop.builder(MockProvider.create());

        assertThatThrownBy(() -> builder.maxRounds(0)).hasMessage("maxRounds: 0 (expected: >= 1)");
        assertThatThrownBy(() -> builder.timeout(java.time.Duration.ZERO)).hasMessageContaining("timeout: PT0S");
        assertThatThrownBy(() -> builder.tool(ECHO).tool(ECHO).build()).hasMessageContaining("two are named echo");
        assertThatThrownBy(() -> Tool.of(ToolSpec.of("x", "", "{\"$ref\":\"#/nowhere\"}"), none -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tool x: ");
    }
}
