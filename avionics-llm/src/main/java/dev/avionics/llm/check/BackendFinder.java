package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Finds a backend when none was configured: Ollama with a model, else llama-server, else the model in this process.
 * Thread-safe.
 */
public final class BackendFinder {
    private static final URI OLLAMA = URI.create("http://127.0.0.1:11434");
    private static final List<URI> LLAMA_SERVERS =
            List.of(URI.create("http://127.0.0.1:8080"), URI.create("http://127.0.0.1:9931"));
    private static final Duration LIMIT = Duration.ofMillis(500);
    /** What the name of a model says that answers no conversations. */
    private static final List<String> NOT_FOR_CHAT = List.of("embed", "bge-", "minilm", "rerank", "gte-", "e5-");

    private final AvionicsSettings settings;
    private final Airframe airframe;
    private final URI ollama;
    private final List<URI> llamaServers;

    /**
     * What to use.
     *
     * @param settings make the provider; if they {@linkplain ProviderSettings#needsModelFile() need a model file}, it has
     *     to be got first
     * @param reason one line that says which backend and why
     */
    public record Choice(ProviderSettings settings, String reason) {
        public Choice {
            requireNonNull(settings, "settings");
            requireNonNull(reason, "reason");
        }
    }

    /** What became of one probe: settings to use, or why not. */
    private record Probe(Optional<Choice> choice, String whyNot) {}

    /** A finder that looks at the usual addresses of this machine. */
    public BackendFinder(AvionicsSettings settings, Airframe airframe) {
        this(settings, airframe, OLLAMA, LLAMA_SERVERS);
    }

    BackendFinder(AvionicsSettings settings, Airframe airframe, URI ollama, List<URI> llamaServers) {
        this.settings = requireNonNull(settings, "settings");
        this.airframe = requireNonNull(airframe, "airframe");
        this.ollama = requireNonNull(ollama, "ollama");
        this.llamaServers = List.copyOf(llamaServers);
    }

    /**
     * The backend to use. What was configured wins and is not probed. Else every address is asked at the same time, for
     * half a second at most. If only a general base URL was given, it is asked which of the three it is.
     *
     * @return completes on the transport's thread; fails with {@link InferenceException} of category UNSUPPORTED, with one
     *     reason for each backend, if there is nothing to use
     */
    public CompletableFuture<Choice> find() {
        Optional<ProviderId> configured = settings.configuredProvider();
        if (configured.isPresent()) {
            ProviderSettings chosen = settings.provider(settings.providerName());
            return CompletableFuture.completedFuture(
                    new Choice(chosen, chosen.provider() + at(chosen) + ": as " + settings.configuredBy() + " says"));
        }
        Optional<String> base = settings.text("llm.base-url");
        List<CompletableFuture<Probe>> probes = new ArrayList<>();
        if (base.isPresent()) {
            for (ProviderId id : List.of(ProviderId.OLLAMA, ProviderId.LLAMASERVER, ProviderId.OPENAI_COMPATIBLE)) {
                probes.add(id == ProviderId.OLLAMA ? surelyOllama(local(id)) : server(local(id)));
            }
        } else {
            probes.add(
                    ollama(local(ProviderId.OLLAMA).toBuilder().baseUrl(ollama).build()));
            for (URI address : llamaServers) {
                probes.add(server(local(ProviderId.LLAMASERVER).toBuilder()
                        .baseUrl(address)
                        .build()));
            }
        }
        return CompletableFuture.allOf(probes.toArray(CompletableFuture[]::new)).thenApply(all -> {
            List<String> whyNot = new ArrayList<>();
            for (CompletableFuture<Probe> probe : probes) {
                Probe result = probe.join();
                if (result.choice().isPresent()) {
                    return result.choice().get();
                }
                whyNot.add(result.whyNot());
            }
            if (base.isEmpty() && has(ProviderId.LLAMACPP)) {
                ProviderSettings embedded = settings.provider(ProviderId.LLAMACPP);
                return new Choice(embedded, "llamacpp in this process: " + String.join("; ", whyNot));
            }
            throw nothing(whyNot, base.isEmpty());
        });
    }

    private InferenceException nothing(List<String> whyNot, boolean embeddedMissed) {
        List<String> reasons = new ArrayList<>(whyNot);
        if (embeddedMissed) {
            reasons.add("llamacpp: not part of this build");
        }
        return InferenceException.builder(
                        ErrorCategory.UNSUPPORTED,
                        "no backend found: " + String.join("; ", reasons)
                                + ". Start Ollama or llama-server, or set LLM_PROVIDER and its settings")
                .origin(ErrorOrigin.CALLER)
                .build();
    }

    /** A provider's settings as if it had been asked for, so that the general names are its own. */
    private ProviderSettings local(ProviderId id) {
        return settings.toBuilder().set("llm.provider", id.id()).build().provider(id);
    }

    private boolean has(ProviderId id) {
        return airframe.adapters().kinds().contains(id.kind().id());
    }

    private CompletableFuture<Probe> ollama(ProviderSettings candidate) {
        if (!has(ProviderId.OLLAMA)) {
            return done(no(candidate, "not part of this build"));
        }
        return limited(candidate, (adapter, call) -> adapter.models(target(candidate), call))
                .thenApply(models -> fromModels(candidate, models))
                .exceptionally(error -> no(candidate, why(error)));
    }

    /** As {@link #ollama}, at an address that may be anybody's: others list models at Ollama's path too. */
    private CompletableFuture<Probe> surelyOllama(ProviderSettings candidate) {
        return server(candidate)
                .thenCompose(probe ->
                        probe.choice().isPresent() ? ollama(candidate) : CompletableFuture.completedFuture(probe));
    }

    private Probe fromModels(ProviderSettings candidate, List<ModelInfo> models) {
        if (models.isEmpty()) {
            return no(candidate, "it has no model (to get one: ollama pull " + candidate.model() + ")");
        }
        Optional<ModelNames.Match> wanted = ModelNames.find(candidate.model(), models);
        if (wanted.isPresent()) {
            return yes(
                    candidate.toBuilder().model(wanted.get().id()).build(),
                    "it has the model " + wanted.get().id());
        }
        if (!settings.setting("ollama.model").origin().equals("default")
                || settings.text("llm.model").isPresent()) {
            // Whoever names a model wants no other; Ollama then says itself that it does not have it.
            return yes(candidate, "it answers, though it does not list " + candidate.model());
        }
        return models.stream()
                .map(ModelInfo::id)
                .filter(BackendFinder::chats)
                .findFirst()
                .map(id -> yes(candidate.toBuilder().model(id).build(), "it has the model " + id))
                .orElseGet(() -> no(candidate, "it has no model for conversations"));
    }

    private static boolean chats(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        return NOT_FOR_CHAT.stream().noneMatch(name::contains);
    }

    private CompletableFuture<Probe> server(ProviderSettings candidate) {
        if (!has(candidate.provider())) {
            return done(no(candidate, "not part of this build"));
        }
        return limited(candidate, (adapter, call) -> adapter.health(target(candidate), call))
                .thenApply(health -> health.status() == HealthState.Status.HEALTHY
                        ? yes(candidate, "it answers")
                        : no(candidate, unfit(health)))
                .exceptionally(error -> no(candidate, why(error)));
    }

    /** A refused connection is what a machine without the server looks like: no need for its whole story. */
    private static String unfit(HealthState health) {
        if (health.detail().contains("refused")) {
            return "nothing there";
        }
        return health.detail().isEmpty() ? "not healthy" : health.detail();
    }

    private interface Question<R> {
        CompletableFuture<R> ask(BackendAdapter adapter, CallContext call);
    }

    /** Asks once, without the retries of real calls, and not for long. */
    private <R> CompletableFuture<R> limited(ProviderSettings candidate, Question<R> question) {
        CompletableFuture<R> answer;
        try {
            BackendAdapter adapter =
                    airframe.adapters().adapter(candidate.provider().kind());
            answer = question.ask(adapter, airframe.newCall().withTotal(LIMIT));
        } catch (InferenceException unusable) {
            return CompletableFuture.failedFuture(unusable);
        }
        return Patience.limited(airframe.scheduler(), LIMIT, answer);
    }

    private static Target target(ProviderSettings candidate) {
        return new Target(candidate.endpoint(), candidate.model());
    }

    private static Probe yes(ProviderSettings chosen, String why) {
        return new Probe(Optional.of(new Choice(chosen, chosen.provider() + at(chosen) + ": " + why)), "");
    }

    private static Probe no(ProviderSettings candidate, String why) {
        return new Probe(Optional.empty(), candidate.provider() + at(candidate) + ": " + why);
    }

    private static String at(ProviderSettings candidate) {
        return candidate.baseUrl().equals(ProviderSettings.LOCAL)
                ? ""
                : " at " + candidate.endpoint().address();
    }

    private static String why(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof InferenceException known) {
            return switch (known.category()) {
                case CONNECTION -> "nothing there";
                case TIMEOUT -> "no answer within " + LIMIT.toMillis() + " ms";
                default -> String.valueOf(known.getMessage());
            };
        }
        return String.valueOf(cause);
    }

    private static <R> CompletableFuture<R> done(R value) {
        return CompletableFuture.completedFuture(value);
    }
}
