package dev.avionics.benchmarks.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Scenario;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamServerTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void whole_isThePinnedDocument() throws Exception {
        try (UpstreamServer server = UpstreamServer.start(20)) {
            HttpResponse<byte[]> response =
                    post(server, new String(Scenario.WHOLE.requestBody(), StandardCharsets.UTF_8));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(Answers.whole());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 33, 200, 500})
    void stream_inWritesOfAnySize_isThePinnedEvents(int chunksPerWrite) throws Exception {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Answers.events().forEach(expected::writeBytes);
        try (UpstreamServer server = UpstreamServer.start(chunksPerWrite)) {
            HttpResponse<byte[]> response =
                    post(server, new String(Scenario.STREAM.requestBody(), StandardCharsets.UTF_8));
            assertThat(response.body()).isEqualTo(expected.toByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"stream\":true}", "{\n  \"stream\" : true\n}", "{\"stream\": true}"})
    void streamFlag_howeverSpaced_isSeen(String body) throws Exception {
        try (UpstreamServer server = UpstreamServer.start(20)) {
            assertThat(post(server, body).headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/event-stream");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"stream\" : false}", "{\"stream_options\":{\"include_usage\":true}}", "{}"})
    void streamFlag_absentOrFalse_givesAWholeAnswer(String body) throws Exception {
        try (UpstreamServer server = UpstreamServer.start(20)) {
            assertThat(post(server, body).headers().firstValue("content-type")).contains("application/json");
        }
    }

    private HttpResponse<byte[]> post(UpstreamServer server, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v1/chat/completions");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
