package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.llm.settings.AvionicsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchRequestTest {
    private final AnswerOptions options = new AnswerOptions();
    private final BackendOptions backend = new BackendOptions();
    private final AvionicsSettings settings = AvionicsSettings.builder().build();

    private BatchRequest parse(String json) {
        return BatchRequest.parse(json.replace('\'', '"'), options, backend, settings);
    }

    @Test
    void parse_everyField_isTaken() {
        BatchRequest asked = parse("{'prompt':'p','system':'s','provider':'ollama','model':'m','baseUrl':'http://h:1',"
                + "'stream':false,'temperature':0,'maxTokens':7,'retries':2,"
                + "'tools':[{'type':'function','function':{'name':'now'}}]}");

        assertThat(asked.wish()).isEqualTo(new Session.Wish("ollama", "m", "http://h:1", 2));
        assertThat(asked.request())
                .isEqualTo(InferenceRequest.builder()
                        .message(Message.system("s"))
                        .message(Message.user("p"))
                        .tool(ToolSpec.of("now", ""))
                        .temperature(0.0)
                        .maxTokens(7)
                        .stream(false)
                        .build());
    }

    @Test
    void parse_silentLine_takesTheOptions() {
        options.system = "s";
        options.temperature = 0.5;
        options.noStream = true;
        backend.provider = "ollama";
        backend.model = "m";
        backend.baseUrl = "http://h:1";

        BatchRequest asked = parse("{'messages':[{'role':'user','content':'p'}]}");

        assertThat(asked.wish()).isEqualTo(new Session.Wish("ollama", "m", "http://h:1", null));
        assertThat(asked.request().messages()).containsExactly(Message.system("s"), Message.user("p"));
        assertThat(asked.request().sampling().temperature()).isEqualTo(0.5);
        assertThat(asked.request().stream()).isFalse();
    }

    @Test
    void parse_lineWithAnotherProvider_leavesModelAndAddressOfTheOptionsOut() {
        backend.provider = "ollama";
        backend.model = "m";
        backend.baseUrl = "http://h:1";

        assertThat(parse("{'prompt':'p','provider':'mock'}").wish())
                .isEqualTo(new Session.Wish("mock", null, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|prompt or messages is missing",
                "{'prompt':'p','messages':[]}|prompt and messages (expected: one of them)",
                "{'promt':'p'}|promt: no such field; did you mean prompt?",
                "{'prompt':7}|prompt: wrong type (expected: a string)",
                "{'messages':'p'}|messages: wrong type (expected: an array)",
                "{'messages':[7]}|messages[0]: wrong type (expected: an object)",
                "{'messages':[]}|messages: empty",
                "{'prompt':'p','maxTokens':1.5}|maxTokens: wrong type (expected: a whole number)",
                "{'prompt':'p','temperature':'hot'}|temperature: wrong type (expected: a number)",
                "{'prompt':'p','stream':'yes'}|stream: wrong type (expected: true or false)",
                "{'prompt':'p','retries':11}|retries: 11 (expected: 0 to 10)",
            })
    void parse_wrongLine_saysWhy(String json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
