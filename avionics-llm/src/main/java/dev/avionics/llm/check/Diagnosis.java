package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.check.Probes.Answer;
import dev.avionics.llm.settings.ApiType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Questions to the address of a backend that does not work as it should. Spends no tokens: what has to be posted is
 * incomplete. Thread-safe; the futures never fail, and complete on the transport's or the timer's thread.
 */
public final class Diagnosis {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final List<String> GETS =
            List.of("/", "/api/tags", "/api/version", "/health", "/props", "/v1/models");
    private static final List<String> POSTS = List.of("/api/generate", "/api/chat", "/v1/chat/completions");

    private final Probes probes;
    private final String address;

    /** Questions to an endpoint, with its key and headers; the airframe stays its owner's. */
    public Diagnosis(Airframe airframe, EndpointSpec endpoint) {
        probes = new Probes(requireNonNull(airframe, "airframe"), requireNonNull(endpoint, "endpoint"));
        address = endpoint.address();
    }

    /**
     * Whether it can be reached: asks for its models, in Ollama's way or in OpenAI's, or in both where the type is AUTO. Takes
     * 5 seconds at most for each.
     */
    public CompletableFuture<ConnectionReport> connection(ApiType type) {
        return switch (requireNonNull(type, "type")) {
            case OPENAI, NATIVE -> probes.get("/v1/models", LIMIT).thenApply(this::report);
            case OLLAMA_CHAT, OLLAMA_GENERATE -> probes.get("/api/tags", LIMIT).thenApply(this::report);
            case AUTO ->
                probes.get("/api/tags", LIMIT)
                        .thenCompose(answer -> Signs.path(answer) == Signs.Path.MISSING
                                ? probes.get("/v1/models", LIMIT)
                                : CompletableFuture.completedFuture(answer))
                        .thenApply(this::report);
        };
    }

    private ConnectionReport report(Answer answer) {
        boolean list = answer.json().containsKey("models") || answer.json().containsKey("data");
        List<String> hints = new ArrayList<>();
        String hint = probes.hint(answer);
        if (!hint.isEmpty()) {
            hints.add(hint);
        }
        if (answer.isSuccess() && !list) {
            hints.add("Something answers " + answer.path() + ", but with no list of models: is a proxy between?");
        }
        return new ConnectionReport(answer.isSuccess() && list, answer.status(), address, Signs.models(answer), hints);
    }

    /**
     * How every path answers: {@code /}, those of Ollama, of OpenAI and of llama-server. All are asked at the same time, for 5
     * seconds at most.
     */
    public CompletableFuture<DiagnosticReport> run() {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        GETS.forEach(path -> asked.add(probes.get(path, LIMIT)));
        POSTS.forEach(path -> asked.add(probes.post(path, LIMIT)));
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(all -> {
            Secret[] known = probes.key();
            List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();
            return new DiagnosticReport(
                    address,
                    apiType(answers),
                    answers.stream().map(answer -> probe(answer, known)).toList());
        });
    }

    private DiagnosticReport.Probe probe(Answer answer, Secret[] known) {
        InferenceException error = answer.error();
        String words = error == null ? answer.body() : error.category() + ": " + error.getMessage();
        String shown = Excerpt.of(words, Excerpt.LENGTH, known);
        // An incomplete request is refused where all is well.
        boolean well = answer.method().equals("POST") && Signs.path(answer) == Signs.Path.THERE;
        return new DiagnosticReport.Probe(
                answer.method(), answer.path(), answer.status(), shown, well ? "" : probes.hint(answer));
    }

    private static String apiType(List<Answer> answers) {
        Map<String, Answer> byPath = answers.stream().collect(Collectors.toMap(Answer::path, Function.identity()));
        if (Signs.isLlamaServer(requireNonNull(byPath.get("/props")))
                || Signs.isLlamaServersList(requireNonNull(byPath.get("/v1/models")))) {
            return ApiType.NATIVE.id();
        }
        if (isThere(byPath, "/api/chat")) {
            return ApiType.OLLAMA_CHAT.id();
        }
        if (isThere(byPath, "/api/generate")) {
            return ApiType.OLLAMA_GENERATE.id();
        }
        boolean openAi =
                Signs.isOpenAi(requireNonNull(byPath.get("/v1/models"))) || isThere(byPath, "/v1/chat/completions");
        return openAi ? ApiType.OPENAI.id() : "";
    }

    private static boolean isThere(Map<String, Answer> byPath, String path) {
        return Signs.path(requireNonNull(byPath.get(path))) == Signs.Path.THERE;
    }
}
