package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.settings.NearestName;
import dev.avionics.llm.settings.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A look before the first call: whether a backend answers and has the model. Spends no tokens. Thread-safe. */
public final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LLMProvider provider;

    /**
     * What was found.
     *
     * @param model the model as the backend lists it, else as it was asked for; empty if the backend's single one is meant
     * @param models what the backend offers; empty if it does not say
     * @param warnings what is odd, but no reason to stop
     */
    public record Report(String model, List<ModelInfo> models, List<String> warnings) {
        public Report {
            requireNonNull(model, "model");
            models = List.copyOf(models);
            warnings = List.copyOf(warnings);
        }
    }

    /** A check of a provider. */
    public Preflight(LLMProvider provider) {
        this.provider = requireNonNull(provider, "provider");
    }

    /**
     * Asks the backend for its models and looks for one. A list that cannot be read is a warning.
     *
     * @param model its name, with or without a tag, or null for the provider's default
     * @return completes within 10 seconds on the transport's thread; fails with {@link InferenceException}: CONNECTION or
     *     TIMEOUT with a hint what to start, the category of the backend's refusal, or MODEL_NOT_FOUND with the list
     */
    public CompletableFuture<Report> check(@Nullable String model) {
        String wanted = model == null ? provider.defaultModel() : model;
        CallContext call = provider.newCall().withTotal(PATIENCE);
        CompletableFuture<Report> report = new CompletableFuture<>();
        CompletableFuture<List<ModelInfo>> models = provider.models(call);
        models.whenComplete((list, error) -> {
            try {
                report.complete(error == null ? found(wanted, list) : unread(wanted, error));
            } catch (RuntimeException e) {
                report.completeExceptionally(e);
            }
        });
        report.whenComplete((done, error) -> {
            if (report.isCancelled()) {
                models.cancel(false);
            }
        });
        return report;
    }

    private Report found(String wanted, List<ModelInfo> models) {
        if (wanted.isEmpty()) {
            return new Report(wanted, models, List.of());
        }
        Optional<ModelNames.Match> match = ModelNames.find(wanted, models);
        if (match.isPresent()) {
            String id = match.get().id();
            List<String> warnings = match.get().exact()
                    ? List.of()
                    : List.of("Model '" + wanted + "' is there as '" + id + "' only; name it so to be sure.");
            return new Report(id, models, warnings);
        }
        if (provider.endpoint().kind().equals(ProviderId.LLAMASERVER.kind())) {
            // It answers with the model it was started with, whatever name is sent.
            return new Report(
                    wanted,
                    models,
                    List.of("Model '" + wanted + "' is not what the server has loaded: " + names(models)
                            + ". It answers all the same."));
        }
        List<String> ids = models.stream().map(ModelInfo::id).toList();
        throw describe(InferenceException.builder(
                        ErrorCategory.MODEL_NOT_FOUND,
                        "Model '" + wanted + "' not found. Available models: " + names(models)
                                + NearestName.hint(wanted, ids) + pullHint(wanted))
                .origin(ErrorOrigin.CALLER)
                .model(wanted));
    }

    private String pullHint(String wanted) {
        boolean ollama = provider.endpoint().kind().equals(ProviderId.OLLAMA.kind());
        return ollama ? " (to get it: ollama pull " + wanted + ")" : "";
    }

    private static String names(List<ModelInfo> models) {
        return models.isEmpty() ? "(none)" : models.stream().map(ModelInfo::id).collect(Collectors.joining(", "));
    }

    private Report unread(String wanted, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (!(cause instanceof InferenceException known)) {
            throw new IllegalStateException("models: " + cause, cause);
        }
        switch (known.category()) {
            case PARSE -> {
                LOG.warn("preflight_parse_error provider={}", provider.name());
                return new Report(
                        wanted,
                        List.of(),
                        List.of("preflight_parse_error: the list of models could not be read; " + known.getMessage()));
            }
            case UNSUPPORTED -> {
                return new Report(wanted, List.of(), List.of());
            }
            case CONNECTION ->
                throw describe(known.toBuilder()
                        .message("Cannot connect to " + provider.endpoint().address() + ". " + hint())
                        .cause(known));
            case TIMEOUT ->
                throw describe(known.toBuilder()
                        .message(provider.endpoint().address() + " took the connection, but did not answer in "
                                + PATIENCE.toSeconds() + " s. " + hint())
                        .cause(known));
            default -> throw known;
        }
    }

    private String hint() {
        if (provider.endpoint().kind().equals(ProviderId.OLLAMA.kind())) {
            return "Is Ollama running? (to start it: ollama serve)";
        }
        if (provider.endpoint().kind().equals(ProviderId.LLAMASERVER.kind())) {
            return "Is llama-server running?";
        }
        return "Are the address and the network right?";
    }

    private InferenceException describe(InferenceException.Builder builder) {
        return builder.provider(provider.name())
                .endpoint(provider.endpoint().address())
                .build();
    }
}
