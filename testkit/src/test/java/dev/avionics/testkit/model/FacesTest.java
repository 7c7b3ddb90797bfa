package dev.avionics.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The faces refuse what their backends refuse, and what these would pass over without a word. */
class FacesTest {
    private static final SimulatedModel MODEL = SimulatedModel.of("m", 100);
    private static final OllamaFace OLLAMA = OllamaFace.of(MODEL);
    private static final LlamaServerFace LLAMA = LlamaServerFace.of(MODEL, "");
    private static final String TOOLS =
            "'tools':[{'type':'function','function':{'name':'t','parameters':{'type':'object'}}}]";

    /** Status line and body of an answer to a POST; quotes in the body are single ones. */
    private static String post(Function<SeenRequest, Reply> face, String path, String body) throws IOException {
        String json = body.replace('\'', '"');
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face));
                Socket socket = new Socket("127.0.0.1", backend.uri().getPort())) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring("HTTP/1.1 ".length());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "chat | 'messages':[{'role':'user','content':'x'}],'temperature':1 | unknown field",
                "chat | 'messages':[{'role':'user','content':[{'type':'text'}]}] | cannot unmarshal array",
                "chat | 'messages':[{'role':'developer','content':'x'}] | invalid role: developer",
                "chat | 'messages':[{'role':'user','content':'x','name':'Bob'}] | unknown field",
                "chat | 'messages':[{'role':'user','content':'x','images':['data:image/png;base64,AAAA']}] | illegal base64",
                "chat | 'messages':[{'role':'tool','content':'x','tool_call_id':'c'}] | answers no call",
                "chat | 'messages':[{'role':'assistant','content':'','tool_calls':[{'function':{'arguments':'{}'}}]}] | unmarshal",
                "chat | 'messages':[{'role':'user','content':'x'}],'options':{'stop':'END'} | of another type",
                "chat | 'messages':[{'role':'user','content':'x'}],'options':{'max_tokens':5} | is not known",
                "chat | 'messages':[{'role':'user','content':'x'}],'think':'xhigh' | invalid think value",
                "chat | 'messages':[{'role':'user','content':'x'}],'format':'xml' | invalid format",
                "chat | 'messages':[{'role':'user','content':'x'}],'keep_alive':'5' | missing unit",
                "chat | 'messages':[{'role':'user','content':'x'}],'tools':[{'name':'t'}] | invalid tool",
                "generate | 'prompt':'x','messages':[] | unknown field",
                "generate | 'prompt':['x'] | cannot unmarshal array",
                "embed | 'prompt':'x' | unknown field",
                "embed | 'input':1 | invalid input type"
            })
    void ollama_whatItDoesNotTake_isRefused(String path, String body, String words) throws IOException {
        assertThat(post(OLLAMA, "/api/" + path, "{'model':'m'," + body + "}"))
                .startsWith("400 ")
                .contains("{\"error\":\"")
                .contains(words);
    }

    @Test
    void ollama_modelThatCannot_saysSo() throws IOException {
        OllamaFace plain = OLLAMA.without("tools", "thinking", "vision", "embedding");
        String chat = "{'model':'m','messages':[{'role':'user','content':'x'%s}]%s}";

        assertThat(post(plain, "/api/chat", String.format(chat, "", "," + TOOLS)))
                .startsWith("400 ")
                .contains("m does not support tools");
        assertThat(post(plain, "/api/chat", String.format(chat, "", ",'think':true")))
                .startsWith("400 ")
                .contains("does not support thinking");
        assertThat(post(plain, "/api/chat", String.format(chat, ",'images':['AAAA']", "")))
                .startsWith("400 ");
        assertThat(post(plain, "/api/embed", "{'model':'m','input':'x'}")).startsWith("400 ");
        assertThat(post(plain, "/api/chat", String.format(chat, "", ",'think':false")))
                .startsWith("200 ");
        assertThat(post(plain, "/api/show", "{'model':'m'}")).contains("\"capabilities\":[\"completion\"]");
    }

    @Test
    void ollama_emptyConversation_loadsTheModel() throws IOException {
        assertThat(post(OLLAMA, "/api/chat", "{'model':'m','messages':[]}")).contains("\"done_reason\":\"load\"");
        assertThat(post(OLLAMA, "/api/generate", "{'model':'m'}")).contains("\"done_reason\":\"load\"");
        assertThat(post(OLLAMA, "/api/chat", "{'model':'other','messages':[]}"))
                .startsWith("404 ")
                .contains("model 'other' not found");
        assertThat(post(OLLAMA, "/api/embed", "{'model':'m','input':[]}")).contains("\"embeddings\":[]");
        assertThat(post(OLLAMA, "/api/other", "{}")).startsWith("404 ").endsWith("404 page not found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/completion | 'prompt':'x','stop':'END' | must be an array",
                "/completion | 'prompt':'x','max_tokens':5 | unknown field: max_tokens",
                "/completion | 'n_predict':5 | must be provided",
                "/completion | 'prompt':'x','grammar':'g','json_schema':{} | not both",
                "/apply-template | 'text':'x' | messages",
                "/apply-template | 'messages':[{'role':'tool','content':'x','tool_call_id':'c'}] | answers no call",
                "/tokenize | 'content':'x','text':'y' | unknown field: text",
                "/v1/chat/completions | 'messages':[{'role':'assistant','content':'a'},{'role':'assistant','content':'b'}] | 2 or more",
                "/v1/chat/completions | 'messages':[{'role':'user','content':'a'}],'tool_choice':{'type':'function'} | tool_choice"
            })
    void llamaServer_whatItDoesNotTake_isRefused(String path, String body, String words) throws IOException {
        assertThat(post(LLAMA, path, "{" + body + "}"))
                .startsWith("400 ")
                .contains("\"code\":400")
                .contains("invalid_request_error")
                .contains(words);
    }

    @Test
    void llamaServer_grammarWithTools_isRefused() throws IOException {
        assertThat(post(
                        LLAMA,
                        "/v1/chat/completions",
                        "{'messages':[{'role':'user','content':'a'}],'grammar':'g'," + TOOLS + "}"))
                .startsWith("400 ")
                .contains("grammar");
    }

    @Test
    void llamaServer_begunAnswerWithThinking_isRefused() throws IOException {
        assertThat(
                        post(
                                LLAMA,
                                "/apply-template",
                                "{'messages':[{'role':'assistant','content':'a'}],'chat_template_kwargs':{'enable_thinking':true}}"))
                .startsWith("400 ")
                .contains("enable_thinking");
    }

    @Test
    void llamaServer_completion_comesWholeOrStreamed() throws IOException {
        String prompt =
                "{'prompt':'<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n','temperature':0,'stream':%s}";

        assertThat(post(LLAMA, "/completion", String.format(prompt, "false")))
                .contains("application/json")
                .contains("\"content\":\"You asked: Hi")
                .contains("\"stop\":true");
        assertThat(post(LLAMA, "/completion", String.format(prompt, "true")))
                .contains("text/event-stream")
                .contains("\"stop\":false");
        assertThat(post(LLAMA, "/tokenize", "{'content':'a b c','add_special':true}"))
                .contains("{\"tokens\":[0,1,2,3]}");
    }
}
