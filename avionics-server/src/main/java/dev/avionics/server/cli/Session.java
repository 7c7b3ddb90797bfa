package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.check.BackendFinder;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.model.ModelStore;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.server.telemetry.ServerTelemetry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The settings, the transport and the choice of a backend for one run of a command. */
final class Session implements AutoCloseable {
    /** A command has given its answer by then: nobody likes to wait for a collector that is down. */
    private static final Duration TELEMETRY_WAIT = Duration.ofSeconds(2);

    private final Console console;
    private final Calls calls;
    private final Map<String, String> environment;
    private final BackendOptions options;
    private final AvionicsSettings settings;
    private final Airframe airframe;
    private final ServerTelemetry telemetry;
    private final LLMFactory factory;
    private final AutoCloseable closing = this::closeParts;

    /**
     * A backend and why it was chosen.
     *
     * @param settings what made the provider
     * @param provider the backend
     * @param reason in words
     */
    record Choice(ProviderSettings settings, LLMProvider provider, String reason) {}

    /**
     * What was asked for; null stands for "as the settings say".
     *
     * @param provider a name
     * @param model a name, or a path to a model file
     * @param baseUrl an address
     * @param retries attempts after the first
     */
    record Wish(
            @Nullable String provider,
            @Nullable String model,
            @Nullable String baseUrl,
            @Nullable Integer retries) {}

    private record Wanted(ProviderSettings settings, String reason) {}

    Session(
            Console console,
            Calls calls,
            Map<String, String> environment,
            AvionicsSettings settings,
            BackendOptions options) {
        this.console = requireNonNull(console, "console");
        this.calls = requireNonNull(calls, "calls");
        this.environment = Map.copyOf(environment);
        this.settings = requireNonNull(settings, "settings");
        this.options = requireNonNull(options, "options");
        settings.warnings().forEach(console::note);
        telemetry = ServerTelemetry.of(environment);
        airframe = Airframe.create();
        factory = new LLMFactory(() -> settings, airframe, new AgentRegistry(), null, telemetry.calls());
        calls.add(closing);
    }

    AvionicsSettings settings() {
        return settings;
    }

    LLMFactory factory() {
        return factory;
    }

    Asking asking() {
        return new Asking(calls, Ticker.system());
    }

    CallReport report() {
        return new CallReport(console, options.verbose);
    }

    /** Tells of many calls only what is asked for. */
    CallObserver quietReport() {
        return options.verbose ? report() : CallObserver.NONE;
    }

    Airframe airframe() {
        return airframe;
    }

    /** What the options ask for, or else the settings; nothing is looked for, and nobody is asked. */
    ProviderSettings wished() {
        String name = options.provider;
        if (name == null
                && options.baseUrl != null
                && settings.configuredProvider().isEmpty()) {
            name = ProviderId.OPENAI_COMPATIBLE.id();
        }
        Wish wish = new Wish(name, options.model, options.baseUrl, null);
        ProviderSettings made =
                wanted(name == null ? settings.providerName() : name, wish, Optional.empty(), "").settings;
        return options.apiKeyEnv == null
                ? made
                : made.toBuilder().apiKey(key(options.apiKeyEnv)).build();
    }

    /** The backend that the options ask for; tells on standard error which it is and why. */
    Choice choose() {
        return chooseFor(new Wish(options.provider, options.model, options.baseUrl, null));
    }

    /** As {@link #choose()}, for embeddings: they may have a provider of their own, and {@code --model} is of theirs. */
    Choice chooseForEmbedding() {
        String name = options.provider;
        if (name == null
                && options.baseUrl == null
                && settings.text("EMBEDDING_PROVIDER").isPresent()) {
            name = settings.embeddingProviderName();
        }
        String file = modelFile(options.model).isPresent() ? options.model : null;
        Choice choice = choose(new Wish(name, file, options.baseUrl, null));
        boolean named = options.model != null && file == null;
        console.note(describe(choice, named ? options.model : choice.provider.defaultEmbeddingModel()));
        return choice;
    }

    /** As {@link #choose()}, for one of many wishes. */
    Choice chooseFor(Wish wish) {
        Choice choice = choose(wish);
        console.note(describe(choice, choice.provider.defaultModel()));
        return choice;
    }

    /** A backend for a wish; options stand in for what the wish leaves open. */
    private Choice choose(Wish wish) {
        Wanted wanted = wanted(wish);
        ProviderSettings.Builder made = wanted.settings.toBuilder();
        if (options.apiKeyEnv != null) {
            made.apiKey(key(options.apiKeyEnv));
        }
        if (wish.retries != null) {
            made.maxRetries(wish.retries);
        }
        ProviderSettings whole = withModelFile(made.build());
        return new Choice(whole, create(whole), wanted.reason);
    }

    private Wanted wanted(Wish wish) {
        Optional<Path> file = modelFile(wish.model);
        if (wish.provider != null) {
            boolean takesFile = settings.typeOf(wish.provider) == ProviderId.LLAMACPP;
            return wanted(wish.provider, wish, takesFile ? file : Optional.empty(), "asked for");
        }
        if (wish.baseUrl == null && file.isPresent()) {
            return wanted(ProviderId.LLAMACPP.id(), wish, file, "a model file was given");
        }
        Optional<ProviderId> configured = settings.configuredProvider();
        if (configured.isPresent()) {
            return wanted(settings.providerName(), wish, Optional.empty(), "by " + settings.configuredBy());
        }
        if (wish.baseUrl != null) {
            return wanted(
                    ProviderId.OPENAI_COMPATIBLE.id(), wish, Optional.empty(), "an address was given, but no provider");
        }
        return found(wish.model);
    }

    private Wanted found(@Nullable String model) {
        AvionicsSettings asked = model == null
                ? settings
                : settings.toBuilder().set("llm.model", model).build();
        BackendFinder.Choice found;
        try {
            found = new BackendFinder(asked, airframe).find().join();
        } catch (CompletionException e) {
            throw unusable(e.getCause(), e);
        }
        if (model != null && found.settings().provider() == ProviderId.LLAMACPP) {
            throw new UsageException("nothing here has the model " + model + " (" + found.reason()
                    + "); name a backend with --provider, or give a .gguf file to --model");
        }
        return new Wanted(found.settings(), found.reason());
    }

    /** What this program cannot do as it is set up is the user's to mend, not the backend's. */
    private static RuntimeException unusable(@Nullable Throwable error, RuntimeException otherwise) {
        return error instanceof InferenceException failure && failure.category() == ErrorCategory.UNSUPPORTED
                ? new UsageException(ErrorLine.oneLine(failure))
                : otherwise;
    }

    private Wanted wanted(String name, Wish wish, Optional<Path> file, String reason) {
        if (settings.namedProviders().contains(name)) {
            ProviderSettings.Builder named = settings.provider(name).toBuilder();
            if (wish.baseUrl != null) {
                named.baseUrl(URI.create(address(wish.baseUrl)));
            }
            if (wish.model != null && file.isEmpty()) {
                named.model(wish.model);
            }
            ProviderSettings made = named.build();
            return new Wanted(file.map(made::withModelFile).orElse(made), reason);
        }
        ProviderId id = ProviderId.of(name);
        AvionicsSettings.Builder explicit = settings.toBuilder();
        if (wish.baseUrl != null) {
            if (id == ProviderId.LLAMACPP || id == ProviderId.MOCK) {
                throw new UsageException("--base-url: " + id + " runs in this process and has no address");
            }
            explicit.set(section(id) + ".base-url", address(wish.baseUrl));
        }
        ProviderSettings made = explicit.build().provider(id);
        if (file.isPresent()) {
            return new Wanted(made.withModelFile(file.get()), reason);
        }
        return new Wanted(
                wish.model == null ? made : made.toBuilder().model(wish.model).build(), reason);
    }

    /** The part of the settings that is a provider's own. */
    private static String section(ProviderId id) {
        return id == ProviderId.OPENAI_COMPATIBLE ? "openai" : id.id();
    }

    private static String address(String text) {
        boolean complete;
        try {
            URI uri = URI.create(text.strip());
            complete = uri.getScheme() != null && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            complete = false;
        }
        if (!complete) {
            throw new UsageException(
                    "--base-url: " + text + " is no address (expected: such as http://localhost:8080)");
        }
        return text.strip();
    }

    /** The model file that a model's name means, if it means one. */
    private static Optional<Path> modelFile(@Nullable String model) {
        if (model == null || !model.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
            return Optional.empty();
        }
        Path path;
        try {
            path = Path.of(model);
        } catch (InvalidPathException e) {
            throw new UsageException("--model: " + model + " is no path to a file");
        }
        if (!Files.isRegularFile(path)) {
            throw new UsageException("--model: there is no file " + path.toAbsolutePath());
        }
        return Optional.of(path.toAbsolutePath().normalize());
    }

    private ProviderSettings withModelFile(ProviderSettings made) {
        if (!made.needsModelFile()) {
            return made;
        }
        ModelStore store = ModelStore.create(settings);
        Optional<Path> there = store.find();
        if (there.isPresent()) {
            return made.withModelFile(there.get());
        }
        console.note("fetching the model " + store.path().getFileName() + " (once, into "
                + store.path().getParent() + ") ...");
        FetchBar bar = new FetchBar(console);
        try {
            return made.withModelFile(store.fetch(bar));
        } finally {
            console.clearStatus();
        }
    }

    private Secret key(String variable) {
        String value = environment.get(variable);
        if (value == null || value.isBlank()) {
            throw new UsageException("--api-key-env: " + variable + " is not set in the environment");
        }
        try {
            return Secret.of(value);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--api-key-env: the value of " + variable + " is no key (" + e.getMessage() + ")");
        }
    }

    private LLMProvider create(ProviderSettings made) {
        try {
            return factory.create(made);
        } catch (InferenceException e) {
            throw unusable(e, e);
        }
    }

    private static String describe(Choice choice, @Nullable String model) {
        EndpointSpec endpoint = choice.provider.endpoint();
        String name = choice.provider.name();
        String at = name + " " + place(endpoint);
        // What was found says itself where it is.
        String line = choice.reason.startsWith(name) ? choice.reason : at + " (" + choice.reason + ")";
        return "using " + line + (model == null || model.isEmpty() || line.endsWith(model) ? "" : ", model " + model);
    }

    /** Where a backend is, in words. */
    static String place(EndpointSpec endpoint) {
        return "local".equals(endpoint.baseUrl().getScheme()) ? "in this process" : "at " + endpoint.address();
    }

    /** How to give a key to a backend. */
    String keyHint(ProviderSettings made) {
        if (made.provider() == ProviderId.LLAMACPP || made.provider() == ProviderId.MOCK) {
            return "";
        }
        String variable = settings.setting(section(made.provider()) + ".api-key")
                .variables()
                .get(0);
        String where = "set " + variable + ", or name the variable that holds it with --api-key-env";
        return made.apiKey() == null ? "no key was sent: " + where : "check the key: " + where;
    }

    @Override
    public void close() {
        calls.remove(closing);
        closeParts();
    }

    private void closeParts() {
        factory.close();
        airframe.close();
        telemetry.close(TELEMETRY_WAIT);
    }
}
