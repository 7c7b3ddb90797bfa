package dev.avionics.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the vendor would not take, its simulation does not take either. */
class CohereFaceTest {
    private static HttpResponse<String> post(String key, String path, String body)
            throws IOException, InterruptedException {
        SimulatedModel model = SimulatedModel.of("m", 100);
        try (SimulatedBackend backend =
                SimulatedBackend.start(Scenario.create().otherwise(CohereFace.of(model, "right")))) {
            HttpRequest request = HttpRequest.newBuilder(backend.uri().resolve(path))
                    .header("Authorization", "Bearer " + key)
                    .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                    .build();
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v2/chat | {'model':'m','messages':[{'role':'user','content':'q'}],'top_p':0.5} | 422 | parameter 'top_p'",
                "/v2/chat | {'model':'m','messages':[{'role':'user','content':'q','name':'x'}]} | 422 | parameter 'name'",
                "/v2/chat | {'model':'m','messages':[{'role':'user','content':'q'}],'p':1} | 400 | p must be between",
                "/v2/chat | {'model':'m','messages':[{'role':'user','content':'q'}],'tool_choice':'AUTO'} | 400 | tool_choice",
                "/v2/chat | {'model':'m','messages':[{'role':'user','content':''}]} | 400 | at least 1 token",
                "/v2/chat | {'model':'m','messages':[{'role':'tool','tool_call_id':'t','content':'x'}]} | 400 | no tool call",
                "/v2/chat | {'model':'m','messages':[{'role':'robot','content':'x'}]} | 400 | role must be",
                "/v2/chat | {'model':'n','messages':[{'role':'user','content':'q'}]} | 404 | model 'n' not found",
                "/v2/chat | {'model':'m'} | 400 | messages",
                "/v2/embed | {'model':'m','texts':['a'],'embedding_types':['float']} | 400 | input_type",
                "/v2/embed | {'model':'m','texts':['a'],'input_type':'search_query'} | 400 | embedding_types",
                "/v2/rerank | {'model':'m','documents':['a']} | 400 | query",
                "/v1/chat | {} | 404 | page not found",
            })
    void request_thatTheVendorWouldNotTake_isRefusedInItsShape(String path, String body, int status, String words)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = post("right", path, body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(String.valueOf(JsonValues.parseObject(answer.body()).get("message")))
                .contains(words);
    }

    @Test
    void key_thatIsWrong_isRefused() throws IOException, InterruptedException {
        HttpResponse<String> answer = post("wrong", "/v2/chat", "{}");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("invalid api token");
    }
}
