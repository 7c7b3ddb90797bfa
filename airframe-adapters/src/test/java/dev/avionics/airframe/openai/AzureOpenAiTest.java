package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where Azure has its operations, how it is told who asks, and what it refuses. */
class AzureOpenAiTest {
    private final AzureOpenAi protocol = new AzureOpenAi();

    private static EndpointSpec endpoint(String url, String... metadata) {
        EndpointSpec.Builder builder = EndpointSpec.builder("azure", URI.create(url), BackendKind.AZURE_OPENAI);
        for (int i = 0; i < metadata.length; i += 2) {
            builder.metadata(metadata[i], metadata[i + 1]);
        }
        return builder.build();
    }

    private String chat(EndpointSpec endpoint, String deployment, String... learned) {
        return protocol.inference(Dialogue.scope(endpoint, deployment, learned), InferenceRequest.of("q"))
                .first()
                .call()
                .uri()
                .toString();
    }

    @ParameterizedTest
    @Tag("row-60")
    @CsvSource({
        "https://r.openai.azure.com, '', /openai/deployments/my%20d/chat/completions?api-version=2024-02-01",
        "https://r.openai.azure.com/, 2024-10-21, /openai/deployments/my%20d/chat/completions?api-version=2024-10-21",
        "https://r.openai.azure.com, v1, /openai/v1/chat/completions",
        "https://r.openai.azure.com, preview, /openai/v1/chat/completions?api-version=preview",
        "https://r.openai.azure.com/openai/v1/, '', /openai/v1/chat/completions",
        "https://r.openai.azure.com/openai/deployments/e, 2024-10-21, "
                + "/openai/deployments/e/chat/completions?api-version=2024-10-21",
        "https://r.services.ai.azure.com, v1, /openai/v1/chat/completions",
    })
    void chats_ofEveryVersion_haveTheirPath(String base, String version, String path) {
        EndpointSpec endpoint = version.isEmpty() ? endpoint(base) : endpoint(base, "api_version", version);

        assertThat(chat(endpoint, "my d"))
                .isEqualTo("https://" + endpoint.baseUrl().getHost() + path);
    }

    @Test
    void chats_withApiPath_haveThatPath() {
        assertThat(chat(
                        endpoint(
                                "https://r.services.ai.azure.com",
                                "api_path",
                                "/models/chat/completions?api-version=2024-05-01-preview"),
                        ""))
                .startsWith("https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview");
    }

    @Test
    void otherOperations_haveTheirPaths() {
        EndpointSpec classic = endpoint("https://r.openai.azure.com");
        EndpointSpec v1 = endpoint("https://r.openai.azure.com", "api_version", "v1");

        assertThat(embeddings(classic)).endsWith("/openai/deployments/d/embeddings?api-version=2024-02-01");
        assertThat(embeddings(v1)).endsWith("azure.com/openai/v1/embeddings");
        assertThat(models(classic)).endsWith("azure.com/openai/models?api-version=2024-02-01");
        assertThat(models(v1)).endsWith("azure.com/openai/v1/models");
        assertThat(chat(classic, "d", "use responses")).endsWith("azure.com/openai/v1/responses");
    }

    private String embeddings(EndpointSpec endpoint) {
        return protocol.embeddings()
                .orElseThrow()
                .embed(Dialogue.scope(endpoint, "d"), EmbeddingRequest.of("x"))
                .first()
                .call()
                .uri()
                .toString();
    }

    private String models(EndpointSpec endpoint) {
        return protocol.models(Dialogue.scope(endpoint, "d"))
                .first()
                .call()
                .uri()
                .toString();
    }

    @Test
    void deployment_thatIsMissing_isAskedFor() {
        assertThatThrownBy(() -> chat(endpoint("https://r.openai.azure.com"), ""))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST))
                .hasMessageContaining("no deployment")
                .hasMessageContaining("AZURE_DEPLOYMENT_NAME");
    }

    @Test
    void secrets_goWhereAzureLooksForThem() {
        HttpCall call = HttpCall.get(URI.create("https://r.openai.azure.com"));
        EndpointSpec endpoint = endpoint("https://r.openai.azure.com");

        assertThat(protocol.authorize(call, endpoint, Credential.key(Secret.of("k")))
                        .headers())
                .containsEntry("api-key", "k")
                .doesNotContainKey("authorization");
        assertThat(protocol.authorize(call, endpoint, Credential.bearer(Secret.of("t")))
                        .headers())
                .containsEntry("authorization", "Bearer t")
                .doesNotContainKey("api-key");
        assertThat(protocol.authorize(call, endpoint, Credential.NONE).headers())
                .doesNotContainKeys("api-key", "authorization");
    }

    @Test
    void modelBehindADeployment_isHeededWhereItIsTold() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .temperature(0.5)
                .maxTokens(7)
                .build();

        assertThat(Dialogue.json(
                        protocol.inference(Dialogue.scope(endpoint("https://r.openai.azure.com"), "d"), request)
                                .first()
                                .call()))
                .containsEntry("temperature", 0.5)
                .containsEntry("max_tokens", 7L);
        assertThat(Dialogue.json(protocol.inference(
                                Dialogue.scope(endpoint("https://r.openai.azure.com", "model_hint", "gpt-5"), "d"),
                                request)
                        .first()
                        .call()))
                .doesNotContainKey("temperature")
                .containsEntry("max_completion_tokens", 7L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"The API deployment for this resource does not"
                        + " exist.\"}}|MODEL_NOT_FOUND",
                "400|{\"error\":{\"message\":\"The response was filtered due to the prompt triggering Azure OpenAI's content"
                        + " management policy.\",\"type\":null,\"param\":\"prompt\",\"code\":\"content_filter\",\"status\":400,"
                        + "\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}|CONTENT_FILTER",
                "400|{\"error\":{\"code\":\"OperationNotSupported\",\"message\":\"The chatCompletion operation does not work"
                        + " with the specified model.\"}}|UNSUPPORTED",
                "401|{\"error\":{\"code\":\"401\",\"message\":\"Access denied due to invalid subscription key\"}}|AUTHENTICATION",
                "429|{\"error\":{\"code\":\"429\",\"message\":\"Requests have exceeded call rate limit.\"}}|RATE_LIMITED",
                "429|{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded your current quota\"}}|QUOTA_EXHAUSTED",
            })
    void errors_ofAzure_areTold(int status, String body, ErrorCategory expected) {
        assertThat(Dialogue.of(protocol.inference(
                                Dialogue.scope(endpoint("https://r.openai.azure.com"), "d"), InferenceRequest.of("q")))
                        .answer(status, "application/json", body)
                        .failure()
                        .why()
                        .category())
                .isEqualTo(expected);
    }
}
