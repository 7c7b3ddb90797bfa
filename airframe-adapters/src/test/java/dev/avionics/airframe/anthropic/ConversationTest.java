package dev.avionics.airframe.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of messages and their parts. */
class ConversationTest {
    private static Given.Sent sent(Message... messages) {
        return Given.sent(
                Given.OLD,
                InferenceRequest.builder().messages(List.of(messages)).build());
    }

    private static Object messages(Given.Sent sent) {
        return sent.field("messages");
    }

    private static Object json(String text) {
        return JsonValues.parse(text.replace('\'', '"'));
    }

    private static VendorData own(String json) {
        return VendorData.of("anthropic", json.replace('\'', '"'));
    }

    private static Part.Text cached(String text, CacheHint hint) {
        return new Part.Text(text, VendorData.none(), hint);
    }

    @Test
    @Tag("row-56")
    void turns_ofOneSpeaker_areOneMessage_andResultsStandFirst() {
        Given.Sent sent = sent(
                Message.system("Be brief."),
                Message.user("a"),
                Message.user("b"),
                Message.assistant(new Part.ToolCall("t1", "f", "{\"x\":1}"), new Part.ToolCall("t2", "g", "")),
                Message.toolResult("t1", "f", "one"),
                Message.user("and?"),
                Message.toolResult("t2", "g", ""));

        assertThat(sent.field("system")).isEqualTo("Be brief.");
        assertThat(messages(sent))
                .isEqualTo(json("[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},"
                        + "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'f','input':{'x':1}},"
                        + "{'type':'tool_use','id':'t2','name':'g','input':{}}]},"
                        + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':'one'},"
                        + "{'type':'tool_result','tool_use_id':'t2'},{'type':'text','text':'and?'}]}]"));
        assertThat(sent.adjustments()).isEmpty();
    }

    @Test
    void systemMessages_several_areBlocksOfTheirOwn() {
        Given.Sent sent = sent(Message.system("One."), Message.system(" "), Message.system("Two."), Message.user("q"));

        assertThat(sent.field("system"))
                .isEqualTo(json("[{'type':'text','text':'One.'},{'type':'text','text':'Two.'}]"));
        assertThat(sent.adjusted()).containsExactly("text");
    }

    @Test
    @Tag("row-4")
    void media_ofEverySource_haveTheirForms() {
        String text = java.util.Base64.getEncoder().encodeToString("Grüße".getBytes(StandardCharsets.UTF_8));
        Given.Sent sent = sent(Message.user(
                Part.image("image/png", "QUJD"),
                Part.image(URI.create("https://example.com/a.png")),
                new Part.Image(new MediaSource.FileId("anthropic", "file_1")),
                new Part.Document(
                        new MediaSource.Inline("application/pdf", "QUJD"),
                        "Report",
                        own("{'citations':{'enabled':true},'context':'of 2020'}"),
                        null),
                new Part.Document(new MediaSource.Inline("text/markdown", text), null, VendorData.none(), null),
                new Part.Document(
                        new MediaSource.Url(URI.create("https://example.com/a.pdf"), null),
                        null,
                        VendorData.none(),
                        null)));

        assertThat(((Map<?, ?>) ((List<?>) messages(sent)).get(0)).get("content"))
                .isEqualTo(json("[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'QUJD'}},"
                        + "{'type':'image','source':{'type':'url','url':'https://example.com/a.png'}},"
                        + "{'type':'image','source':{'type':'file','file_id':'file_1'}},"
                        + "{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'QUJD'},"
                        + "'title':'Report','context':'of 2020','citations':{'enabled':true}},"
                        + "{'type':'document','source':{'type':'text','media_type':'text/plain','data':'Grüße'}},"
                        + "{'type':'document','source':{'type':'url','url':'https://example.com/a.pdf'}}]"));
        assertThat(sent.adjusted()).containsExactly("document");
    }

    @Test
    void media_thatCannotBeSent_areRefused() {
        for (Part part : List.of(
                new Part.Image(new MediaSource.FileId("openai", "file_1")),
                new Part.Document(
                        new MediaSource.Inline("application/msword", "QUJD"), null, VendorData.none(), null))) {
            assertThatThrownBy(() -> sent(Message.user(part))).isInstanceOfSatisfying(InferenceException.class, why -> {
                assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
                assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
                assertThat(why.getMessage()).contains("expected");
            });
        }
    }

    @Test
    @Tag("row-6")
    void toolResult_withPicturesAndAnError_keepsBoth() {
        Given.Sent sent = sent(
                Message.user("q"),
                Message.assistant(new Part.ToolCall("call|1", "f", "{}")),
                new Message(
                        Role.TOOL,
                        List.of(new Part.ToolResult(
                                "call|1",
                                "f",
                                List.of(Part.text("no"), Part.text(""), Part.image("image/png", "QUJD")),
                                true,
                                VendorData.none(),
                                CacheHint.SHORT))));

        List<?> messages = (List<?>) messages(sent);
        Map<?, ?> call = (Map<?, ?>) ((List<?>) ((Map<?, ?>) messages.get(1)).get("content")).get(0);
        Map<?, ?> result = (Map<?, ?>) ((List<?>) ((Map<?, ?>) messages.get(2)).get("content")).get(0);
        assertThat((String) call.get("id")).matches("[a-zA-Z0-9]{24}");
        assertThat(result.get("tool_use_id")).isEqualTo(call.get("id"));
        assertThat(result.get("is_error")).isEqualTo(true);
        assertThat(result.get("cache_control")).isEqualTo(Map.of("type", "ephemeral"));
        assertThat(result.get("content"))
                .isEqualTo(json("[{'type':'text','text':'no'},"
                        + "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'QUJD'}}]"));
    }

    @Test
    void modelsTurn_isReplayedByteForByte_andWhatIsOthersIsLeftOut() {
        String search =
                "{ \"type\":\"server_tool_use\" , \"id\":\"s1\",\"name\":\"web_search\",\"input\":{\"q\":1.50}}";
        Message turn = Message.assistant(
                new Part.Thinking("Hm.", own("{'signature':'c2ln/+=='}"), null),
                new Part.Opaque("redacted_thinking", own("{'type':'redacted_thinking','data':'ZGF0YQ=='}"), null),
                new Part.Opaque("server_tool_use", VendorData.of("anthropic", search), null),
                new Part.Text(
                        "Rome.",
                        own("{'citations':[{'type':'web','i':1},{'type':'page','file_id':null,'n':2}]}"),
                        null),
                new Part.Thinking("Else.", VendorData.of("openai", "{\"encrypted\":1}"), null),
                new Part.Thinking("Unsigned."),
                new Part.Opaque("reasoning", VendorData.of("openai", "{}"), null),
                new Part.Refusal("No.", own("{'stop_details':{}}"), null),
                new Part.Text("\n\n"),
                new Part.ToolCall("t1", "f", "{\"a\": 1.0}", own("{'caller':{'type':'code'}}"), null));
        var exchange = Given.ANTHROPIC.inference(
                Dialogue.scope(Given.ENDPOINT, Given.OLD),
                InferenceRequest.builder()
                        .message(Message.user("q"))
                        .message(turn)
                        .message(Message.toolResult("t1", "f", "x"))
                        .build());
        String body = new String(exchange.first().call().body(), StandardCharsets.UTF_8);

        assertThat(body)
                .contains("\"content\":[{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"c2ln/+==\"},"
                        + "{\"type\":\"redacted_thinking\",\"data\":\"ZGF0YQ==\"},"
                        + search
                        + ",{\"type\":\"text\",\"text\":\"Rome.\",\"citations\":"
                        + "[{\"type\":\"web\",\"i\":1},{\"type\":\"page\",\"n\":2}]},"
                        + "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"f\",\"input\":{\"a\": 1.0},"
                        + "\"caller\":{\"type\":\"code\"}}]");
        assertThat(exchange.adjustments())
                .extracting(one -> one.what())
                .containsExactly("thinking", "opaque", "refusal", "text");
    }

    @Test
    void modelsTurn_ofNothingThatCanBeSent_isLeftOut() {
        Given.Sent sent = sent(Message.user("q"), Message.assistant(new Part.Thinking("Hm.")), Message.user("r"));

        assertThat(messages(sent))
                .isEqualTo(json("[{'role':'user','content':[{'type':'text','text':'q'},{'type':'text','text':'r'}]}]"));
    }

    @Test
    void conversation_thatTheUserDoesNotBegin_isRefused() {
        for (List<Message> messages : List.of(
                List.of(Message.system("Be brief.")),
                List.of(Message.assistant("Hello."), Message.user("q")),
                List.of(Message.user(" ")))) {
            assertThatThrownBy(() -> sent(messages.toArray(Message[]::new)))
                    .isInstanceOfSatisfying(InferenceException.class, why -> {
                        assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
                        assertThat(why.getMessage()).contains("user", "expected");
                    });
        }
    }

    @Test
    void arguments_thatAreNoObject_areRefused() {
        for (String arguments : List.of("[1]", "{\"a\":", "x")) {
            assertThatThrownBy(
                            () -> sent(Message.user("q"), Message.assistant(new Part.ToolCall("t1", "f", arguments))))
                    .hasMessageContaining("t1")
                    .hasMessageContaining("no JSON object");
        }
    }

    @Test
    void ownTurnAtTheEnd_isGoneOnWithByModelsThatDo() {
        Message[] messages = {Message.user("q"), Message.assistant("The answer is ")};

        Given.Sent sent = sent(messages);

        assertThat(messages(sent))
                .isEqualTo(json("[{'role':'user','content':[{'type':'text','text':'q'}]},"
                        + "{'role':'assistant','content':[{'type':'text','text':'The answer is'}]}]"));
        assertThat(sent.adjusted()).containsExactly("text");
        InferenceRequest request =
                InferenceRequest.builder().messages(List.of(messages)).build();
        for (String model : List.of(Given.MIDDLE, Given.NEW, "claude-next-9")) {
            assertThatThrownBy(() -> Given.sent(model, request)).hasMessageContaining("nothing was sent");
        }
    }

    @Test
    void pausedTurn_isSentBackAsItIs() {
        Part.Opaque search = new Part.Opaque("server_tool_use", own("{'type':'server_tool_use','id':'s1'}"), null);
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant(search, Part.text("Searching.")))
                .build();

        assertThat(messages(Given.sent(Given.NEW, request))).asString().contains("server_tool_use", "Searching.");
    }

    @Test
    void cacheHints_becomeMarks_theLastFour() {
        List<Message> messages = new ArrayList<>();
        messages.add(new Message(Role.SYSTEM, List.of(cached("s", CacheHint.LONG))));
        messages.add(Message.user(cached("a", CacheHint.LONG), cached("b", CacheHint.SHORT)));
        messages.add(Message.assistant("c"));
        messages.add(Message.user(
                cached("d", CacheHint.LONG),
                cached("e", CacheHint.SHORT),
                Part.text("f"),
                cached(" ", CacheHint.SHORT)));
        Given.Sent sent = sent(messages.toArray(Message[]::new));

        assertThat(sent.field("system")).isEqualTo(json("[{'type':'text','text':'s'}]"));
        assertThat(messages(sent))
                .isEqualTo(json("[{'role':'user','content':["
                        + "{'type':'text','text':'a','cache_control':{'type':'ephemeral','ttl':'1h'}},"
                        + "{'type':'text','text':'b','cache_control':{'type':'ephemeral'}}]},"
                        + "{'role':'assistant','content':[{'type':'text','text':'c'}]},"
                        + "{'role':'user','content':["
                        + "{'type':'text','text':'d','cache_control':{'type':'ephemeral'}},"
                        + "{'type':'text','text':'e','cache_control':{'type':'ephemeral'}},"
                        + "{'type':'text','text':'f'}]}]"));
        assertThat(sent.adjusted()).containsExactly("text", "cache hint", "cache hint");
    }

    @Test
    void vendor_byTheEndpoint_keepsDataApart() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant(new Part.Thinking("Hm.", own("{'signature':'x'}"), null), Part.text("a")))
                .message(Message.user("r"))
                .build();

        assertThat(Given.sent(Given.with("vendor", "other"), Given.OLD, request).adjusted())
                .containsExactly("thinking");
        assertThat(Given.sent(Given.OLD, request).adjusted()).isEmpty();
    }
}
