package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointUrlsTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, /v1, /chat/completions, https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1/, /v1, /chat/completions, https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1//, /v1/, chat/completions, https://api.openai.com/v1/chat/completions",
        "https://api.openai.com, /v1, /chat/completions, https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/, v1, /chat/completions, https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1/chat/completions, /v1, /models, https://api.openai.com/v1/models",
        "http://localhost:8000/gateway/v1, /v1, /models, http://localhost:8000/gateway/v1/models",
        "http://localhost:8000/gateway, /v1, /models, http://localhost:8000/gateway/v1/models",
        "http://[::1]:11434, '', /api/chat, http://[::1]:11434/api/chat",
        "http://localhost:11434/api/, /api, /chat, http://localhost:11434/api/chat",
        "https://openrouter.ai/api, /api/v1, /models, https://openrouter.ai/api/v1/models",
        "https://openrouter.ai/api/v1, /api/v1, /models, https://openrouter.ai/api/v1/models",
        "https://api.z.ai/api/paas/v4/, /v1, /chat/completions, https://api.z.ai/api/paas/v4/chat/completions",
        "https://g.example/v1beta/openai/, /v1, /chat/completions, https://g.example/v1beta/openai/chat/completions",
        "https://g.example, /v1beta, /models/m:stream?alt=sse, https://g.example/v1beta/models/m:stream?alt=sse",
        "https://a.example/x?api-version=1, /v1, /models, https://a.example/x/v1/models?api-version=1",
        "https://a.example/x?k=1, /v1, /m?alt=sse, https://a.example/x/v1/m?alt=sse&k=1",
        "https://user:pass@a.example, /v1, /models, https://a.example/v1/models",
        "https://a.example/a%20b, /v1, /models, https://a.example/a%20b/v1/models",
    })
    void resolve_baseUrlsAsPeopleWriteThem_giveOneRightAddress(String base, String prefix, String path, String wanted) {
        assertThat(EndpointUrls.resolve(URI.create(base), prefix, path)).hasToString(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:8000, /api/v3/chat, http://host:8000/api/v3/chat",
        "http://host:8000/, api/v3/chat, http://host:8000/api/v3/chat",
        "http://host:8000/v1, /api/v3/chat, http://host:8000/api/v3/chat",
        "http://host:8000/v1, /v1/chat/completions, http://host:8000/v1/chat/completions",
        "http://host:8000/proxy/v1/, /v1/chat/completions, http://host:8000/proxy/v1/chat/completions",
        "http://host:8000/api, /api/v3/chat, http://host:8000/api/v3/chat",
        "http://host:8000?tenant=7, /chat?mode=x, http://host:8000/chat?mode=x&tenant=7",
    })
    void inference_pathInMetadata_isUsedAsGiven(String base, String apiPath, String wanted) {
        EndpointSpec endpoint = EndpointSpec.builder("e", URI.create(base), BackendKind.of("openai"))
                .metadata(EndpointUrls.API_PATH, apiPath)
                .build();

        assertThat(EndpointUrls.inference(endpoint, "/v1", "/chat/completions")).hasToString(wanted);
    }

    @Test
    void inference_noPathInMetadata_isResolved() {
        EndpointSpec endpoint = EndpointSpec.builder("e", URI.create("http://host/v1/"), BackendKind.of("openai"))
                .build();

        assertThat(EndpointUrls.inference(endpoint, "/v1", "/chat/completions"))
                .hasToString("http://host/v1/chat/completions");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, true",
        "http://LOCALHOST, true",
        "http://127.0.0.2/v1, true",
        "http://[::1]:1, true",
        "https://localhost.example.com, false",
        "https://api.example.com, false",
    })
    void isLocal_byTheHost(String url, boolean local) {
        assertThat(EndpointUrls.isLocal(URI.create(url))).isEqualTo(local);
    }
}
