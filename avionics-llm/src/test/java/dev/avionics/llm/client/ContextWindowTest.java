package dev.avionics.llm.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.client.ContextWindow.Budget;
import dev.avionics.llm.client.ContextWindow.Fitted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("row-130")
class ContextWindowTest {
    /** One token for each character. */
    private final ContextWindow window = new ContextWindow(CharSequence::length);

    private static Message call(String id) {
        return Message.assistant(new Part.ToolCall(id, "t", "{}"));
    }

    private static Message results(String... ids) {
        return new Message(
                Role.TOOL,
                Stream.of(ids)
                        .<Part>map(id -> new Part.ToolResult(id, "t", "r"))
                        .toList());
    }

    private List<Message> fit(long conversation, Message prompt, Message... history) {
        return window.fit(List.of(history), new Budget(conversation + 10, 10), prompt)
                .messages();
    }

    @Test
    void everythingThatFits_isKept() {
        Message[] history = {Message.system("s"), Message.user("u"), call("1"), results("1")};

        assertThat(fit(1000, Message.user("p"), history))
                .containsExactly(history[0], history[1], history[2], history[3], Message.user("p"));
    }

    @Test
    void oldest_goFirst_andSystemStays() {
        Message system = Message.system("be brief");
        Message last = Message.assistant("new");

        // 12 + 7 + 5 = 24: nothing older has room.
        assertThat(fit(24, Message.user("p"), Message.user("old"), system, Message.user("new"), last))
                .containsExactly(system, last, Message.user("p"));
    }

    @Test
    void turnThatDoesNotFit_endsIt_soThatThereIsNoGap() {
        Message big = Message.assistant("x".repeat(100));

        assertThat(fit(50, Message.user("p"), Message.user("a"), big, Message.user("b")))
                .containsExactly(Message.user("b"), Message.user("p"));
    }

    @Test
    void callAndResults_stayOrGoTogether() {
        Message[] history = {Message.user("u"), call("1"), results("1"), Message.assistant("done")};

        // 5 for the prompt, 8 for the answer, 12 for call and result.
        assertThat(fit(24, Message.user("p"), history)).containsExactly(history[3], Message.user("p"));
        assertThat(fit(25, Message.user("p"), history))
                .containsExactly(history[1], history[2], history[3], Message.user("p"));
    }

    @Test
    void promptOfResults_keepsItsCall() {
        Message[] history = {Message.user("u".repeat(50)), call("1")};

        assertThat(fit(20, results("1"), history)).containsExactly(history[1], results("1"));
        assertThatThrownBy(() -> fit(20, results("2"), history)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void orphanResults_areLeftOut_alsoFromTheMidstOfATurn() {
        assertThat(fit(1000, Message.user("p"), results("0"), call("1"), results("1", "x")))
                .containsExactly(call("1"), results("1"), Message.user("p"));
    }

    @Test
    void idThatComesAgain_meansItsLatestCall() {
        Message[] history = {call("1"), results("1"), Message.user("u"), call("1"), results("1")};

        assertThat(fit(25, Message.user("p"), history))
                .containsExactly(history[2], history[3], history[4], Message.user("p"));
    }

    @Test
    void systemAndPrompt_beyondTheBudget_areRefused() {
        assertThatThrownBy(() -> fit(10, Message.user("a long prompt")))
                .isInstanceOfSatisfying(InferenceException.class, why -> {
                    assertThat(why.category()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
                    assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
                });
    }

    @Test
    void budget_leavesRoomForTheAnswer() {
        assertThat(Budget.of(4096)).isEqualTo(new Budget(4096, 1024));
        assertThat(Budget.of(1).conversation()).isOne();
        assertThatThrownBy(() -> new Budget(10, 10)).hasMessage("answer: 10 (expected: 0 to 9)");
    }

    @Test
    void anyConversation_staysInBudgetInOrderAndWithoutOrphans() {
        int shortened = 0;
        for (long seed = 0; seed < 5000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Message> history = conversation(random);
            long room = random.nextLong(60, 400);
            Budget budget = new Budget(room + 50, 50);
            Fitted fitted = window.fit(history, budget, Message.user("prompt"));
            List<Message> sent = fitted.messages();

            long tokens = sent.stream().mapToLong(window::tokens).sum();
            assertThat(tokens).as("seed %d", seed).isEqualTo(fitted.tokens()).isLessThanOrEqualTo(room);
            assertThat(sent.get(sent.size() - 1)).isEqualTo(Message.user("prompt"));
            assertThat(inOrder(history, sent)).as("seed %d", seed).isTrue();
            assertThat(orphans(sent)).as("seed %d", seed).isEmpty();
            assertThat(torn(history, sent)).as("seed %d", seed).isEmpty();
            assertThat(sent)
                    .filteredOn(message -> message.role() == Role.SYSTEM)
                    .hasSize((int) history.stream()
                            .filter(each -> each.role() == Role.SYSTEM)
                            .count());
            shortened += fitted.omitted() > 0 ? 1 : 0;
        }
        assertThat(shortened).isBetween(500, 4990);
    }

    /** Turns of all kinds; calls have ids of their own, results may come late, in one turn, or without a call. */
    private static List<Message> conversation(SplittableRandom random) {
        List<Message> history = new ArrayList<>();
        List<String> open = new ArrayList<>();
        int systems = 0;
        int turns = random.nextInt(0, 25);
        for (int i = 0; i < turns; i++) {
            String text = "x".repeat(random.nextInt(1, 20));
            switch (random.nextInt(7)) {
                case 0 -> {
                    if (systems++ < 2) {
                        history.add(Message.system("system " + i));
                    }
                }
                case 1, 2 -> history.add(Message.user(i + text));
                case 3 -> history.add(Message.assistant(i + text));
                case 4 -> {
                    open.add("c" + i);
                    open.add("d" + i);
                    history.add(Message.assistant(
                            new Part.Text(text),
                            new Part.ToolCall("c" + i, "tool", "{}"),
                            new Part.ToolCall("d" + i, "tool", "{}")));
                }
                case 5 -> {
                    if (!open.isEmpty()) {
                        String first = open.remove(random.nextInt(open.size()));
                        history.add(
                                open.isEmpty() || random.nextBoolean()
                                        ? results(first)
                                        : results(first, open.remove(0)));
                    }
                }
                default -> history.add(results("nobody" + i));
            }
        }
        return history;
    }

    private static boolean inOrder(List<Message> history, List<Message> sent) {
        int at = 0;
        for (Message message : sent.subList(0, sent.size() - 1)) {
            while (at < history.size() && !history.get(at).equals(message)) {
                at++;
            }
            if (at++ >= history.size()) {
                return false;
            }
        }
        return true;
    }

    private static List<String> orphans(List<Message> sent) {
        Set<String> called = new HashSet<>();
        List<String> orphans = new ArrayList<>();
        for (Message message : sent) {
            message.toolCalls().forEach(call -> called.add(call.id()));
            for (Part.ToolResult result : message.only(Part.ToolResult.class)) {
                if (!called.contains(result.callId())) {
                    orphans.add(result.callId());
                }
            }
        }
        return orphans;
    }

    /** Calls that were sent without a result that the history has. */
    private static List<String> torn(List<Message> history, List<Message> sent) {
        Set<String> answered = answered(history);
        answered.removeAll(answered(sent));
        return sent.stream()
                .flatMap(message -> message.toolCalls().stream())
                .map(Part.ToolCall::id)
                .filter(answered::contains)
                .toList();
    }

    private static Set<String> answered(List<Message> messages) {
        Set<String> ids = new HashSet<>();
        for (Message message : messages) {
            message.only(Part.ToolResult.class).forEach(result -> ids.add(result.callId()));
        }
        return ids;
    }
}
