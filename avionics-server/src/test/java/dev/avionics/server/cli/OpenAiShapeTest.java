package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonValues;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiShapeTest {
    @Test
    void message_ofEachRole_isUnderstood() {
        assertThat(message("{'role':'system','content':'s'}")).isEqualTo(Message.system("s"));
        assertThat(message("{'role':'developer','content':'s'}")).isEqualTo(Message.system("s"));
        assertThat(message("{'role':'user','content':'u'}")).isEqualTo(Message.user("u"));
        assertThat(message("{'role':'assistant','content':'a'}")).isEqualTo(Message.assistant("a"));
        assertThat(message("{'role':'tool','tool_call_id':'c','name':'n','content':'r'}"))
                .isEqualTo(Message.toolResult("c", "n", "r"));
    }

    @Test
    void message_withToolCalls_keepsTheArgumentsByteExact() {
        Message message = message("{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function',"
                + "'function':{'name':'add','arguments':'{ }'}},{'id':'c2','function':{'name':'sub',"
                + "'arguments':{'x':1}}}]}");

        assertThat(message.role()).isEqualTo(Role.ASSISTANT);
        assertThat(message.toolCalls())
                .containsExactly(new Part.ToolCall("c1", "add", "{ }"), new Part.ToolCall("c2", "sub", "{\"x\":1}"));
    }

    @Test
    void message_withImages_takesDataAndAddresses() {
        Message message = message("{'role':'user','content':[{'type':'text','text':'what?'},"
                + "{'type':'image_url','image_url':{'url':'data:image/png;base64,QUJD'}},"
                + "{'type':'image_url','image_url':'https://example.org/a.png'}]}");

        assertThat(message.parts())
                .containsExactly(
                        new Part.Text("what?"),
                        Part.image("image/png", "QUJD"),
                        Part.image(URI.create("https://example.org/a.png")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'content':'x'}|role: missing",
                "{'role':'robot','content':'x'}|role: robot (expected: system, user, assistant or tool)",
                "{'role':'user','content':7}|content: wrong type (expected: an array)",
                "{'role':'user','content':[{'type':'sound'}]}|content type sound",
                "{'role':'user','content':[{'type':'text'}]}|content[0].text: missing",
                "{'role':'tool','content':'x'}|tool_call_id: missing",
                "{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:x'}}]}|image_url: not understood",
            })
    void message_thatIsNone_saysWhy(String json, String why) {
        assertThatThrownBy(() -> message(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void tool_withSchema_isUnderstood() {
        ToolSpec tool = OpenAiShape.tool(fields("{'type':'function','function':{'name':'add','description':'adds',"
                + "'parameters':{'type':'object'},'strict':true}}"));

        assertThat(tool).isEqualTo(new ToolSpec("add", "adds", "{\"type\":\"object\"}", true));
        assertThat(OpenAiShape.tool(fields("{'type':'function','function':{'name':'now'}}")))
                .isEqualTo(ToolSpec.of("now", ""));
        assertThatThrownBy(() -> OpenAiShape.tool(fields("{'name':'now'}"))).hasMessage("function: missing");
    }

    private static Message message(String json) {
        return OpenAiShape.message(fields(json));
    }

    static Fields fields(String json) {
        return new Fields("", JsonValues.parseObject(json.replace('\'', '"')));
    }
}
