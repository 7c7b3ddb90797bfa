package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.check.Probes.Answer;
import dev.avionics.llm.settings.ApiType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which API an address speaks. Spends no tokens and loads no model. Thread-safe; keeps what it found for the 256
 * addresses that were asked for last, but not failures.
 *
 * <p>First it asks {@code GET /api/version}, {@code GET /v1/models} and {@code GET /props} at the same time, for 5 seconds
 * at most. Where these do not tell, it posts an incomplete request to {@code /api/chat}, {@code /api/generate} and {@code
 * /v1/chat/completions}, in this order, and takes the first path that is there; each has 60 seconds, because servers that
 * load a model may take long. A path that says nothing in that time counts if no other one is there.
 */
public final class ApiTypeDetector {
    private static final int MAX_ADDRESSES = 256;
    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Map<String, ApiType> PATHS = Map.of(
            "/api/chat", ApiType.OLLAMA_CHAT,
            "/api/generate", ApiType.OLLAMA_GENERATE,
            "/v1/chat/completions", ApiType.OPENAI);
    private static final List<String> ORDER = List.of("/api/chat", "/api/generate", "/v1/chat/completions");

    private final Airframe airframe;
    private final Map<String, CompletableFuture<Detection>> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<Detection>> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /**
     * What was found.
     *
     * @param type never AUTO
     * @param reason which answer told it
     */
    public record Detection(ApiType type, String reason) {
        public Detection {
            requireNonNull(type, "type");
            requireNonNull(reason, "reason");
        }
    }

    /** A detector; the airframe stays its owner's, and needs an adapter that speaks HTTP. */
    public ApiTypeDetector(Airframe airframe) {
        this.airframe = requireNonNull(airframe, "airframe");
    }

    /**
     * The API of an address; what the endpoint says of its kind is not looked at. Concurrent questions share the probes.
     *
     * @return completes on the transport's or the timer's thread; fails with {@link InferenceException}: CONNECTION if
     *     nothing is there, AUTHENTICATION if every path wants a key, TIMEOUT if it says nothing, UNSUPPORTED if it is
     *     something else; the message tells every answer
     */
    public CompletableFuture<Detection> detect(EndpointSpec endpoint) {
        String address = endpoint.address();
        CompletableFuture<Detection> fresh = new CompletableFuture<>();
        CompletableFuture<Detection> before;
        synchronized (known) {
            before = known.putIfAbsent(address, fresh);
        }
        if (before != null) {
            return before.copy();
        }
        new Search(new Probes(airframe, endpoint), address).run().whenComplete((found, error) -> {
            if (error == null) {
                fresh.complete(found);
            } else {
                synchronized (known) {
                    known.remove(address, fresh);
                }
                fresh.completeExceptionally(error.getCause() == null ? error : error.getCause());
            }
        });
        return fresh.copy();
    }

    /** Forgets what was found at an address, such as after another server was started there. */
    public void forget(EndpointSpec endpoint) {
        synchronized (known) {
            known.remove(endpoint.address());
        }
    }

    /** The search at one address. Its steps come one after the other. */
    private static final class Search {
        private final Probes probes;
        private final String address;
        private final List<Answer> seen = new ArrayList<>();

        Search(Probes probes, String address) {
            this.probes = probes;
            this.address = address;
        }

        CompletableFuture<Detection> run() {
            CompletableFuture<Answer> version = probes.get("/api/version", QUICK);
            CompletableFuture<Answer> models = probes.get("/v1/models", QUICK);
            CompletableFuture<Answer> props = probes.get("/props", QUICK);
            return CompletableFuture.allOf(version, models, props).thenCompose(all -> {
                seen.addAll(List.of(version.join(), models.join(), props.join()));
                return told(version.join(), models.join(), props.join());
            });
        }

        private CompletableFuture<Detection> told(Answer version, Answer models, Answer props) {
            if (Signs.isLlamaServer(props)) {
                return found(ApiType.NATIVE, props);
            }
            if (Signs.isLlamaServersList(models)) {
                return found(ApiType.NATIVE, models);
            }
            if (Signs.isOllama(version)) {
                return post(0, 2).thenCompose(type -> type == null ? ollama(version) : done(type));
            }
            if (Signs.isOpenAi(models)) {
                return found(ApiType.OPENAI, models);
            }
            if (seen.stream().allMatch(Search::isUnreachable)) {
                return CompletableFuture.failedFuture(nothing());
            }
            return post(0, ORDER.size()).thenCompose(type -> type == null ? guess() : done(type));
        }

        /** It is Ollama for sure; a path that cannot be asked just now is the newer one, unless that is missing. */
        private CompletableFuture<Detection> ollama(Answer version) {
            boolean old = seen.stream()
                    .anyMatch(each -> each.path().equals("/api/chat") && Signs.path(each) == Signs.Path.MISSING);
            return found(old ? ApiType.OLLAMA_GENERATE : ApiType.OLLAMA_CHAT, version);
        }

        private static boolean isUnreachable(Answer answer) {
            InferenceException error = answer.error();
            return error != null && error.category() != ErrorCategory.TIMEOUT;
        }

        /** The first path from one on that is there; null if none is. */
        private CompletableFuture<@Nullable Detection> post(int from, int to) {
            if (from == to) {
                return CompletableFuture.completedFuture(null);
            }
            String path = ORDER.get(from);
            return probes.post(path, LONG).thenCompose(answer -> {
                seen.add(answer);
                return Signs.path(answer) == Signs.Path.THERE
                        ? CompletableFuture.completedFuture(detection(path, answer))
                        : post(from + 1, to);
            });
        }

        /** No path is there for sure: one that differs from the others is meant. */
        private CompletableFuture<Detection> guess() {
            List<Answer> posts = seen.subList(seen.size() - ORDER.size(), seen.size());
            for (Signs.Path sign : List.of(Signs.Path.SILENT, Signs.Path.REFUSED)) {
                List<Answer> such =
                        posts.stream().filter(each -> Signs.path(each) == sign).toList();
                if (!such.isEmpty() && such.size() < posts.size()) {
                    return done(detection(such.get(0).path(), such.get(0)));
                }
            }
            return CompletableFuture.failedFuture(nothing());
        }

        private static Detection detection(String path, Answer answer) {
            return new Detection(requireNonNull(PATHS.get(path)), answer.shown());
        }

        private static CompletableFuture<Detection> found(ApiType type, Answer answer) {
            return done(new Detection(type, answer.shown()));
        }

        private static CompletableFuture<Detection> done(Detection detection) {
            return CompletableFuture.completedFuture(detection);
        }

        private InferenceException nothing() {
            Answer last = seen.get(seen.size() - 1);
            ErrorCategory category = switch (Signs.path(last)) {
                case REFUSED ->
                    switch (last.status()) {
                        case 401 -> ErrorCategory.AUTHENTICATION;
                        case 403, 407 -> ErrorCategory.PERMISSION;
                        case 429 -> ErrorCategory.RATE_LIMITED;
                        default -> ErrorCategory.OVERLOADED;
                    };
                case SILENT -> ErrorCategory.TIMEOUT;
                case BROKEN -> last.error() == null ? ErrorCategory.SERVER_ERROR : ErrorCategory.CONNECTION;
                default -> ErrorCategory.UNSUPPORTED;
            };
            String answers = seen.stream().map(Answer::shown).collect(Collectors.joining(", "));
            String hint = probes.hint(last);
            return InferenceException.builder(
                            category,
                            "no known API at " + address + " (" + answers + ")" + (hint.isEmpty() ? "" : ". " + hint))
                    .origin(category == ErrorCategory.UNSUPPORTED ? ErrorOrigin.CALLER : ErrorOrigin.BACKEND)
                    .endpoint(address)
                    .status(last.status())
                    .build();
        }
    }
}
