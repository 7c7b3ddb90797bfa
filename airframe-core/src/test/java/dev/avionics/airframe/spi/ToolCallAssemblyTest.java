package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ToolCallAssemblyTest {
    private final Notes notes = new Notes();
    private final EventSink sink = Notes.sink(notes);

    private ToolCallAssemblyTest piece(
            @Nullable Integer index, @Nullable String id, @Nullable String name, @Nullable String arguments) {
        sink.toolCall(index, id, name, arguments);
        return this;
    }

    private List<String> calls() {
        sink.finish(FinishReason.STOP, "stop");
        sink.complete(false);
        assertThat(notes.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        checkDeltas();
        List<String> calls = new ArrayList<>();
        for (Part.ToolCall call : notes.calls()) {
            calls.add(call.id() + " " + call.name() + " " + call.argumentsJson());
        }
        return calls;
    }

    /** The pieces of each call, put together, are the call. */
    private void checkDeltas() {
        Map<Integer, String> joined = new HashMap<>();
        Map<Integer, String> head = new HashMap<>();
        for (InferenceEvent event : notes.events) {
            if (event instanceof InferenceEvent.ToolCallDelta delta) {
                joined.merge(delta.index(), delta.arguments(), String::concat);
                String name = delta.id() + " " + delta.name();
                assertThat(head.getOrDefault(delta.index(), name)).isEqualTo(name);
                head.put(delta.index(), name);
            } else if (event instanceof InferenceEvent.ToolCallReady ready) {
                String whole = joined.get(ready.index()).strip();
                assertThat(whole.isEmpty() || whole.equals("null") ? "{}" : whole)
                        .isEqualTo(ready.call().argumentsJson());
                assertThat(head.get(ready.index()))
                        .isEqualTo(ready.call().id() + " " + ready.call().name());
            }
        }
    }

    @Test
    void fragments_ofOneCall_areJoined() {
        piece(0, "c1", "f", "")
                .piece(0, null, null, "{\"a\"")
                .piece(0, null, null, ":")
                .piece(0, null, null, "1");
        piece(0, null, null, "}");

        assertThat(calls()).containsExactly("c1 f {\"a\":1}");
    }

    @Test
    void parallelCalls_byIndex_areApart() {
        piece(0, "c1", "f", "")
                .piece(1, "c2", "g", "")
                .piece(0, null, null, "{\"a\":")
                .piece(1, null, null, "{}");
        piece(0, null, null, "1}");

        assertThat(calls()).containsExactly("c1 f {\"a\":1}", "c2 g {}");
    }

    @Test
    void pieceWithoutIdAndIndex_goesToTheLatestCall() {
        piece(null, "c1", "f", "{")
                .piece(null, null, null, "}")
                .piece(null, "c2", "g", "")
                .piece(null, null, null, "{}");

        assertThat(calls()).containsExactly("c1 f {}", "c2 g {}");
    }

    @Test
    void knownId_winsOverIndex() {
        piece(0, "c1", "f", "{")
                .piece(1, "c2", "g", "{")
                .piece(1, "c1", null, "}")
                .piece(0, "c2", null, "}");

        assertThat(calls()).containsExactly("c1 f {}", "c2 g {}");
    }

    @Test
    void newIdAtAnOldIndex_beginsACall() {
        piece(0, "c1", "f", "{\"a\":1}").piece(0, "c2", "g", "{\"b\":2}");

        assertThat(calls()).containsExactly("c1 f {\"a\":1}", "c2 g {\"b\":2}");
    }

    @Test
    void newIdAtAnOldIndex_afterACallWithoutArguments_beginsACall() {
        piece(0, "c1", "f", "").piece(0, "c2", "f", "{}");

        assertThat(calls()).containsExactly("c1 f {}", "c2 f {}");
    }

    @Test
    void newIdWithEachPiece_isOneCall() {
        piece(0, "x1", "f", "{\"a\"")
                .piece(0, "x2", "", ":1")
                .piece(0, "x3", null, "}")
                .piece(0, "x4", null, "");

        assertThat(calls()).containsExactly("x1 f {\"a\":1}");
    }

    @Test
    void newIdAndNameWithEachPiece_isOneCall() {
        piece(0, "x1", "f", "{\"a\"").piece(0, "x2", "f", ":1").piece(0, "x3", "f", "}");

        assertThat(calls()).containsExactly("x1 f {\"a\":1}");
    }

    @Test
    void wholeCallsWithoutIndexAndId_areApart() {
        piece(null, null, "f", "{\"a\":1}").piece(null, "", "f", "{\"a\":2}").piece(null, null, "g", null);

        List<String> calls = calls();
        assertThat(calls)
                .extracting(call -> call.substring(call.indexOf(' ')))
                .containsExactly(" f {\"a\":1}", " f {\"a\":2}", " g {}");
        assertThat(calls)
                .extracting(call -> call.substring(0, call.indexOf(' ')))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("call_[A-Za-z0-9]{24}"));
    }

    @Test
    void name_onceRepeatedOrLate_isNeverJoined() {
        piece(0, "c1", null, "{")
                .piece(0, null, "f", "\"a\":")
                .piece(0, null, "f", "1")
                .piece(0, null, "", "}");
        piece(0, null, "f", "");

        assertThat(calls()).containsExactly("c1 f {\"a\":1}");
        assertThat(notes.events.get(0)).isEqualTo(new InferenceEvent.ToolCallDelta(0, "c1", "f", "{\"a\":"));
    }

    @Test
    void idThatComesLate_staysWithItsCall() {
        piece(0, null, "f", "").piece(0, "late", "f", "{}");

        assertThat(calls()).singleElement().asString().startsWith("call_").endsWith(" f {}");
    }

    @Test
    void argumentsThatParse_mayStillGoOn() {
        piece(0, "c1", "f", "{}").piece(0, null, null, "  ");

        assertThat(calls()).containsExactly("c1 f {}");
    }

    @Test
    void noArguments_areAnEmptyObject() {
        piece(0, "c1", "f", "").piece(1, "c2", "g", "null").piece(2, "c3", "h", null);

        assertThat(calls()).containsExactly("c1 f {}", "c2 g {}", "c3 h {}");
    }

    @Test
    void emptyShell_isNoCall() {
        piece(0, "c1", "f", "{}").piece(1, null, null, "").piece(2, "", "", null);

        assertThat(calls()).containsExactly("c1 f {}");
    }

    @Test
    void badArguments_failTheAnswerWithTheRawText() {
        piece(0, "c1", "f", "{\"a\": oops");
        sink.finish(FinishReason.TOOL_CALLS, "tool_calls");
        sink.complete(false);

        assertThat(notes.failure.category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(notes.failure).hasMessage("the arguments of the call of tool f are not a JSON object");
        assertThat(notes.failure.excerpt()).contains("{\"a\": oops");
    }

    @Test
    void argumentsThatAreNoObject_failTheAnswer() {
        for (String arguments : new String[] {"[1]", "1", "\"x\"", "{} {}", "{\"a\":1}}"}) {
            Notes own = new Notes();
            EventSink other = Notes.sink(own);
            other.toolCall(0, "c", "f", arguments);
            other.finish(FinishReason.STOP, null);
            other.complete(false);
            assertThat(own.failure).as(arguments).isNotNull();
        }
    }

    @Test
    void cutAnswer_keepsWholeCallsOnly() {
        piece(0, "c1", "f", "{}").piece(1, "c2", "g", "{\"a\":");
        sink.finish(FinishReason.LENGTH, "length");
        sink.complete(false);

        assertThat(notes.completed().finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(notes.calls()).extracting(Part.ToolCall::id).containsExactly("c1");
    }

    @Test
    void vendorData_goesToTheCallThatCameLast() {
        piece(0, "c1", "f", "").piece(1, "c2", "g", "").piece(0, null, null, "{}");
        sink.toolCallVendor(VendorData.of("google", "\"sig\""));

        calls();
        assertThat(notes.calls().get(0).vendor().of("google")).contains("\"sig\"");
        assertThat(notes.calls().get(1).vendor().isEmpty()).isTrue();
    }

    @Test
    void generatedIds_sameSeed_areTheSame() {
        String first = onlyGenerated("one");

        assertThat(onlyGenerated("one")).isEqualTo(first);
        assertThat(onlyGenerated("two")).isNotEqualTo(first);
    }

    private static String onlyGenerated(String seed) {
        Notes own = new Notes();
        EventSink other = new EventSink(own, seed, false, false);
        other.toolCall(null, null, "f", "{}");
        other.complete(true);
        return own.calls().get(0).id();
    }

    @Test
    void anyPieces_ofAnyCalls_giveTheSameAsWhole() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 300; round++) {
            Notes streamed = new Notes();
            EventSink out = Notes.sink(streamed);
            List<String> wanted = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int call = 0; call < count; call++) {
                String arguments =
                        "{\"text\":\"" + "}\\\"{ä".repeat(random.nextInt(5)) + "\",\"n\":[{},{\"x\":" + call + "}]}";
                wanted.add("id" + call + " f" + call + " " + arguments);
                int at = 0;
                boolean first = true;
                while (at < arguments.length()) {
                    int to = Math.min(arguments.length(), at + 1 + random.nextInt(9));
                    boolean repeatName = random.nextBoolean();
                    boolean repeatId = random.nextBoolean();
                    out.toolCall(
                            random.nextBoolean() || first ? (Integer) call : null,
                            first || repeatId ? "id" + call : null,
                            first || repeatName ? "f" + call : "",
                            arguments.substring(at, to));
                    at = to;
                    first = false;
                }
            }
            out.finish(FinishReason.STOP, null);
            out.complete(false);
            assertThat(streamed.calls())
                    .extracting(c -> c.id() + " " + c.name() + " " + c.argumentsJson())
                    .isEqualTo(wanted);
        }
    }
}
