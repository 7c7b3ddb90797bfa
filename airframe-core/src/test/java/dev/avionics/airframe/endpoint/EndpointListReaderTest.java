package dev.avionics.airframe.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.EndpointSpec.CapacityHints;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.spi.Credential;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("row-21")
class EndpointListReaderTest {
    private static final String KEY = "sk-canary-5150";
    private final EndpointListReader reader = new EndpointListReader(
            List.of("openai-chat", "llama-server", "ollama"),
            Map.of("GPU_KEY", KEY, "BLANK", " ", "BROKEN", "sk-\nx")::get);

    private static String one(String fields) {
        return "[{\"name\":\"a\",\"baseUrl\":\"http://a:8080\",\"kind\":\"ollama\"" + fields + "}]";
    }

    @Test
    void json_withEveryField_loads() {
        List<EndpointSpec> endpoints = reader.json("""
                [{"name": "gpu-a", "baseUrl": "http://gpu-a:8080/v1", "kind": "LLAMA_SERVER", "apiType": "native",
                  "apiKeyEnv": "GPU_KEY", "apiKeyHeader": "x-key", "billing": "FREE",
                  "capacity": {"maxConcurrency": 4, "tier": "A100-80GB"},
                  "timeouts": {"connect": 2, "firstByte": 0.5, "total": 60},
                  "tags": {"zone": "a"}, "headers": {"x-team": "red"},
                  "metadata": {"api_path": "/v3/chat", "n_ctx": 4096, "cache": true}},
                 {"name": "cloud", "baseUrl": "https://api.test", "kind": "openai-chat"}]""");

        EndpointSpec full = endpoints.get(0);
        assertThat(full.name()).isEqualTo("gpu-a");
        assertThat(full.baseUrl()).isEqualTo(URI.create("http://gpu-a:8080/v1"));
        assertThat(full.kind()).isEqualTo(BackendKind.LLAMA_SERVER);
        assertThat(full.apiType()).isEqualTo("native");
        assertThat(full.credentials().credential().toCompletableFuture())
                .isCompletedWithValue(Credential.header("x-key", Secret.of(KEY)));
        assertThat(full.billing()).isEqualTo(Billing.FREE);
        assertThat(full.capacity()).isEqualTo(new CapacityHints(4, "A100-80GB"));
        assertThat(full.timeouts())
                .isEqualTo(new Timeouts.Override(
                        Duration.ofSeconds(2), Duration.ofMillis(500), null, null, null, Duration.ofSeconds(60)));
        assertThat(full.tags()).containsExactly(Map.entry("zone", "a"));
        assertThat(full.headers()).containsExactly(Map.entry("x-team", "red"));
        assertThat(full.metadata())
                .containsExactly(
                        Map.entry("api_path", "/v3/chat"), Map.entry("n_ctx", "4096"), Map.entry("cache", "true"));

        EndpointSpec bare = endpoints.get(1);
        assertThat(bare.credentials().credential().toCompletableFuture()).isCompletedWithValue(Credential.NONE);
        assertThat(bare.billing()).isEqualTo(Billing.METERED);
        assertThat(bare.capacity()).isEqualTo(CapacityHints.UNKNOWN);
        assertThat(bare.timeouts()).isNull();
    }

    @Test
    void values_asAYamlLibraryReadsThem_load() {
        List<EndpointSpec> endpoints = reader.values(List.of(
                Map.of("name", "a", "baseUrl", "http://a", "kind", "ollama", "capacity", Map.of("maxConcurrency", 2))));

        assertThat(endpoints).extracting(EndpointSpec::name).containsExactly("a");
        assertThat(endpoints.get(0).capacity().maxConcurrency()).isEqualTo(2);
    }

    @Test
    void key_isShownNowhere() {
        EndpointSpec endpoint = reader.json(one(",\"apiKeyEnv\":\"GPU_KEY\"")).get(0);

        assertThat(endpoint.toString()).doesNotContain(KEY);
        assertThat(endpoint.credentials().credential().toCompletableFuture().join())
                .isEqualTo(Credential.key(Secret.of(KEY)))
                .hasToString("Credential[placement=PROTOCOL, secret=***, header=null]");
    }

    @Test
    @Tag("row-22")
    void kind_unknown_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json(one("").replace("ollama", "lama-server")))
                .withMessage("endpoints[0] a: kind: lama-server is unknown"
                        + " (expected one of: llama-server, ollama, openai-chat)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",\"apiKey\":\"sk-canary-5150\" | apiKey: unknown field (expected: apiKeyEnv with the name of an"
                        + " environment variable)",
                ",\"metadata\":{\"azure_api_key\":\"sk-canary-5150\"} | metadata.azure_api_key: keys do not belong here",
                ",\"headers\":{\"Authorization\":\"sk-canary-5150\"} | headers.Authorization: keys do not belong here",
                ",\"base\":\"x\" | base: unknown field (expected: one of apiKeyEnv, apiKeyHeader, apiType, baseUrl",
                ",\"timeouts\":{\"read\":1} | timeouts.read: unknown field (expected: one of connect, firstByte, idle",
                ",\"timeouts\":{\"total\":0} | timeouts.total: 0 (expected: seconds, > 0)",
                ",\"timeouts\":{\"total\":\"5s\"} | timeouts.total: 5s (expected: seconds, > 0)",
                ",\"timeouts\":7 | timeouts (expected: an object)",
                ",\"capacity\":{\"maxConcurrency\":1.5} | capacity.maxConcurrency: 1.5 (expected: a whole number)",
                ",\"capacity\":{\"maxConcurrency\":0} | maxConcurrency: 0 (expected: >= 1)",
                ",\"capacity\":{\"gpu\":1} | capacity.gpu: unknown field",
                ",\"billing\":\"cheap\" | billing: cheap (expected: metered or free)",
                ",\"apiType\":3 | apiType: 3 (expected: a string)",
                ",\"tags\":{\"zone\":[]} | tags.zone (expected: a string)",
                ",\"apiKeyEnv\":\"NONE\" | apiKeyEnv: NONE is not set",
                ",\"apiKeyEnv\":\"BLANK\" | apiKeyEnv: BLANK: secret: empty",
                ",\"apiKeyEnv\":\"BROKEN\" | apiKeyEnv: BROKEN: secret: character 4 is not printable ASCII",
                ",\"apiKeyHeader\":\"x-key\" | apiKeyHeader: without apiKeyEnv (expected: both)",
            })
    void field_wrong_isNamed_withoutTheKey(String fields, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json(one(fields)))
                .withMessageStartingWith("endpoints[0] a: " + message)
                .withMessageNotContaining(KEY);
    }

    @Test
    void address_withPassword_isRefused_withoutIt() {
        for (String address : List.of("http://me:sk-canary-5150@a", "http://me:sk-canary-5150@a b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reader.json(one("").replace("http://a:8080", address)))
                    .withMessageStartingWith("endpoints[0] a: baseUrl: ")
                    .withMessageNotContaining("sk-canary");
        }
    }

    @Test
    void list_wrongAsAWhole_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json("{}"))
                .withMessage("not a list (expected: a JSON array of endpoints)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json("[{"))
                .withMessageStartingWith("not valid JSON");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.values(Arrays.asList("a", null)))
                .withMessage("endpoints[0] (expected: an object)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json("[null]"))
                .withMessage("endpoints[0] (expected: an object)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json("[{\"name\":\"a\",\"kind\":\"ollama\"}]"))
                .withMessage("endpoints[0] a: baseUrl: missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader.json(
                        "[" + one("").replaceAll("[\\[\\]]", "") + "," + one("").replaceAll("[\\[\\]]", "") + "]"))
                .withMessage("endpoints[1]: name: a twice (expected: unique names)");
    }
}
