package dev.avionics.llm.settings;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.llm.settings.SettingSources.Found;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the settings of one provider together. */
final class ProviderReader {
    /** Providers whose first byte is not waited for longer than this, unless the settings say otherwise. */
    private static final Set<ProviderId> QUICK =
            EnumSet.of(ProviderId.OPENAI_COMPATIBLE, ProviderId.ANTHROPIC, ProviderId.AZURE);

    private static final Duration FIRST_BYTE = Duration.ofSeconds(60);

    private final SettingSources sources;
    private final ProviderId id;
    private final boolean general;

    /**
     * A reader.
     *
     * @param general whether the general names, such as {@code LLM_BASE_URL}, are this provider's too
     */
    ProviderReader(SettingSources sources, ProviderId id, boolean general) {
        this.sources = sources;
        this.id = id;
        this.general = general;
    }

    /** The settings of a provider with a name of its own. */
    static ProviderSettings read(SettingSources sources, ConfigFile.Named named) {
        Set<String> foreign = named.values().containsKey(SettingTable.section(named.type()) + ".base-url")
                // A key is for the address that it was given for.
                ? Set.of(
                        SettingTable.section(named.type()) + ".api-key",
                        SettingTable.section(named.type()) + ".bearer-token")
                : Set.of();
        Map<String, Found> values = new LinkedHashMap<>(named.values());
        Found variable = named.keyVariable();
        if (variable != null) {
            SettingSources.Variable key = sources.variable(variable.value())
                    .orElseThrow(() -> new SettingsException(variable.name() + ": " + variable.value()
                            + " is not set (expected: a variable that holds the key); from " + variable.place()));
            values.put(variable.key().name(), new Found(variable.key(), key.value(), key.name(), key.place()));
        }
        ProviderSettings.Builder settings = new ProviderReader(sources.under(values, foreign), named.type(), false)
                .read().toBuilder().name(named.name());
        String apiType = named.apiType();
        if (apiType != null) {
            settings.apiType(apiType);
        }
        named.headers().forEach(settings::header);
        named.metadata().forEach(settings::metadata);
        return settings.build();
    }

    ProviderSettings read() {
        SettingTable.of(id).forEach(key -> sources.find(key).ifPresent(SettingValues::check));
        URI baseUrl = baseUrl();
        ProviderSettings settings = new ProviderSettings(
                id.id(),
                id,
                baseUrl,
                apiType(),
                secret(),
                text(key("model"), SettingTable.MODEL),
                text(key("embedding-model"), null),
                billing(baseUrl),
                timeouts(baseUrl),
                value(SettingTable.MAX_RETRIES)
                        .map(found -> SettingValues.integer(found, 0, 10))
                        .orElse(3),
                value(SettingTable.DISABLE_TEMPERATURE).map(SettingValues::flag).orElse(false),
                options(),
                headers(),
                metadata());
        Optional<Found> file = id == ProviderId.LLAMACPP ? value(SettingTable.LLAMACPP_MODEL_PATH) : Optional.empty();
        return file.map(found -> settings.withModelFile(Path.of(found.value()))).orElse(settings);
    }

    private URI baseUrl() {
        if (id == ProviderId.LLAMACPP || id == ProviderId.MOCK) {
            return ProviderSettings.LOCAL;
        }
        SettingKey own = key("base-url");
        Found found = find(own, SettingTable.BASE_URL)
                .orElseThrow(() -> new SettingsException((own == null ? "base-url" : own.shownName())
                        + ": not set (expected: the address of " + id + ")"));
        return SettingValues.url(found, own == null ? 0 : SettingValues.localPort(own));
    }

    /** What runs on this machine costs nothing, whoever's protocol it speaks; Ollama's hosted service does cost. */
    private EndpointSpec.Billing billing(URI baseUrl) {
        String host = baseUrl.getHost() == null ? "" : baseUrl.getHost().toLowerCase(Locale.ROOT);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return EndpointSpec.Billing.FREE;
        }
        boolean hosted = host.equals("ollama.com") || host.endsWith(".ollama.com");
        return hosted ? EndpointSpec.Billing.METERED : id.billing();
    }

    private Timeouts.@Nullable Override timeouts(URI baseUrl) {
        Optional<Found> total = value(SettingTable.TIMEOUT);
        if (total.isPresent()) {
            double seconds = SettingValues.decimal(total.get(), 600);
            return Timeouts.Override.total(Duration.ofMillis(Math.round(seconds * 1000)));
        }
        boolean quick = QUICK.contains(id) && billing(baseUrl) == EndpointSpec.Billing.METERED;
        return quick ? new Timeouts.Override(null, FIRST_BYTE, null, null, null, null) : null;
    }

    private @Nullable Secret secret() {
        return find(key("api-key"), SettingTable.API_KEY)
                .or(() -> find(key("bearer-token"), null))
                .map(SettingValues::secret)
                .orElse(null);
    }

    private String apiType() {
        Optional<Found> given = general ? sources.find(SettingTable.LLM_API_TYPE) : Optional.empty();
        if (id == ProviderId.LLAMASERVER) {
            Found found = find(SettingTable.LLAMASERVER_API_TYPE, SettingTable.LLM_API_TYPE)
                    .orElseThrow(() -> new IllegalStateException("no default"));
            boolean auto = found.key().equals(SettingTable.LLM_API_TYPE)
                    && SettingValues.apiType(found).equals("auto");
            return auto ? "native" : SettingValues.oneOf(found, List.of("native", "openai"));
        }
        if (given.isEmpty()) {
            return id.apiType();
        }
        String wanted = SettingValues.apiType(given.get());
        boolean fits = switch (id) {
            case OLLAMA -> wanted.startsWith("ollama-");
            case OPENAI_COMPATIBLE -> wanted.equals("openai");
            default -> false;
        };
        if (!fits && !wanted.equals("auto")) {
            throw SettingValues.wrong(
                    given.get(),
                    id == ProviderId.OLLAMA ? "ollama-chat or ollama-generate for ollama" : "auto for " + id);
        }
        return id == ProviderId.OLLAMA && fits ? wanted : id.apiType();
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        value(SettingTable.TEMPERATURE_KEY)
                .ifPresent(found -> options.put("temperature", SettingValues.decimal(found, 2)));
        value(SettingTable.MAX_TOKENS)
                .ifPresent(found -> options.put("num_predict", SettingValues.integer(found, 1, Integer.MAX_VALUE)));
        return options;
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (id == ProviderId.OPENAI_COMPATIBLE) {
            value(SettingTable.OPENAI_ORGANIZATION)
                    .ifPresent(found -> headers.put("OpenAI-Organization", found.value()));
            value(SettingTable.OPENAI_PROJECT).ifPresent(found -> headers.put("OpenAI-Project", found.value()));
        }
        return headers;
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (id == ProviderId.LLAMACPP) {
            put(metadata, "n_ctx", SettingTable.LLAMACPP_CONTEXT);
            put(metadata, "n_gpu_layers", SettingTable.LLAMACPP_GPU_LAYERS);
            put(metadata, "n_threads", SettingTable.LLAMACPP_THREADS);
        } else if (id == ProviderId.AZURE) {
            put(metadata, "api_version", SettingTable.AZURE_API_VERSION);
            put(metadata, "model_hint", SettingTable.AZURE_MODEL_HINT);
        } else if (id == ProviderId.ANTHROPIC) {
            put(metadata, "max_tokens_stream", SettingTable.ANTHROPIC_MAX_TOKENS_STREAM);
            put(metadata, "max_tokens_complete", SettingTable.ANTHROPIC_MAX_TOKENS_COMPLETE);
            put(metadata, "anthropic_version", SettingTable.ANTHROPIC_VERSION);
        }
        boolean token = find(key("api-key"), SettingTable.API_KEY).isEmpty()
                && find(key("bearer-token"), null).isPresent();
        if (token) {
            metadata.put(ProviderSettings.AUTH, ProviderSettings.BEARER);
        }
        return metadata;
    }

    private void put(Map<String, String> metadata, String name, SettingKey key) {
        value(key).ifPresent(found -> metadata.put(name, found.value()));
    }

    private String text(@Nullable SettingKey own, @Nullable SettingKey generalKey) {
        return find(own, generalKey).map(Found::value).orElse("");
    }

    private Optional<Found> value(SettingKey key) {
        return sources.findOrDefault(key);
    }

    private @Nullable SettingKey key(String what) {
        return SettingTable.of(id, what);
    }

    private Optional<Found> find(@Nullable SettingKey own, @Nullable SettingKey generalKey) {
        return sources.findOrDefault(Stream.of(own, general ? generalKey : null)
                .filter(key -> key != null)
                .toArray(SettingKey[]::new));
    }
}
