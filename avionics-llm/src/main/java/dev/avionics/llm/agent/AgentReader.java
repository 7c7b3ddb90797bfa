package dev.avionics.llm.agent;

import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.AvionicsSettings.Setting;
import dev.avionics.llm.settings.NearestName;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.SettingsException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts together what holds for one agent. */
final class AgentReader {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSettings.class);
    private static final List<String> FIELDS =
            List.of("provider", "model", "temperature", "max-tokens", "server-url", "timeout", "context-window");

    private final AvionicsSettings settings;
    private final String agent;
    private final @Nullable String override;
    private final AgentConfig said;
    private final Map<?, ?> file;
    private final boolean known;
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    AgentReader(AvionicsSettings settings, AgentRegistry agents, String agent, @Nullable String override) {
        this.settings = settings;
        this.agent = AgentRegistry.checkName(agent);
        this.override = override;
        Optional<AgentConfig> registered = agents.find(agent);
        said = registered.orElse(AgentConfig.of(agent));
        Map<?, ?> section = section();
        known = registered.isPresent() || section != null;
        file = section == null ? Map.of() : section;
    }

    private @Nullable Map<?, ?> section() {
        for (Map.Entry<String, @Nullable Object> each :
                settings.section("agents").entrySet()) {
            if (!AgentRegistry.key(each.getKey()).equals(AgentRegistry.key(agent))) {
                continue;
            }
            if (!(each.getValue() instanceof Map<?, ?> fields)) {
                throw wrong(each.getKey(), "names with values below it");
            }
            for (Object field : fields.keySet()) {
                if (!FIELDS.contains(String.valueOf(field))) {
                    throw new SettingsException("agents." + each.getKey() + "." + field + ": no such setting"
                            + NearestName.hint(String.valueOf(field), FIELDS) + "; from " + settings.configFile());
                }
            }
            return fields;
        }
        return null;
    }

    private SettingsException wrong(String path, String expected) {
        return new SettingsException("agents." + path + " (expected: " + expected + "); from " + settings.configFile());
    }

    AgentSettings read() {
        Optional<URI> url = value("server-url", "_SERVER_URL", said.serverUrl(), AgentReader::url);
        Duration general =
                settings.text("llm.timeout").map(AgentReader::duration).orElse(AgentSettings.TIMEOUT);
        AgentSettings read = new AgentSettings(
                agent,
                provider(url.isPresent()),
                value("model", "_MODEL", said.model(), text -> text).orElse(""),
                value("temperature", "_TEMPERATURE", said.temperature(), AgentReader::temperature)
                        .orElse(AgentSettings.TEMPERATURE),
                value("max-tokens", "_MAX_TOKENS", said.maxTokens(), AgentReader::count)
                        .orElse(AgentSettings.MAX_TOKENS),
                url.orElse(null),
                value("timeout", "_TIMEOUT", said.timeout(), AgentReader::duration)
                        .orElse(general),
                value("context-window", "_CONTEXT_WINDOW", said.contextWindow(), AgentReader::count)
                        .orElse(AgentSettings.CONTEXT_WINDOW),
                origins,
                warnings);
        warnings.forEach(LOG::warn);
        return read;
    }

    private String provider(boolean hasUrl) {
        Optional<String> told = value("provider", "_LLM_PROVIDER", said.provider(), text -> text);
        if (override != null) {
            origins.put("provider", "given");
            return override;
        }
        if (told.isPresent()) {
            return told.get();
        }
        if (!settings.configuredBy().isEmpty()) {
            origins.put("provider", settings.configuredBy());
        }
        // An address by itself is that of a llama-server.
        boolean server = hasUrl && settings.configuredProvider().isEmpty();
        return server ? ProviderId.LLAMASERVER.id() : settings.providerName();
    }

    /** The value of the first source that has one that can be read; empty if only the default is left. */
    private <V> Optional<V> value(String field, String suffix, @Nullable V registered, Function<String, V> read) {
        for (Setting given : known ? given(field, suffix) : List.<Setting>of()) {
            String text = String.valueOf(given.value());
            try {
                V value = read.apply(text);
                origins.put(field, given.origin());
                return Optional.of(value);
            } catch (IllegalArgumentException e) {
                warnings.add(given.origin() + ": " + text + " is not used (expected: " + e.getMessage() + ")");
            }
        }
        if (registered != null) {
            origins.put(field, "registered");
            return Optional.of(registered);
        }
        Object written = file.get(field);
        if (written == null) {
            origins.put(field, "default");
            return Optional.empty();
        }
        try {
            V value = read.apply(String.valueOf(written));
            origins.put(field, "agents." + agent + "." + field + " (" + settings.configFile() + ")");
            return Optional.of(value);
        } catch (IllegalArgumentException e) {
            throw wrong(agent + "." + field + ": " + written, String.valueOf(e.getMessage()));
        }
    }

    /** What is said outside the program, the winning one first. */
    private List<Setting> given(String field, String suffix) {
        List<Setting> given = new ArrayList<>();
        String key = AgentRegistry.key(agent);
        settings.property("agents." + agent + "." + field).ifPresent(given::add);
        settings.variable(key + suffix).ifPresent(given::add);
        if (field.equals("server-url")) {
            settings.variable("LLAMASERVER_" + key + "_URL").ifPresent(given::add);
        }
        return given;
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text.contains("://") ? text : "http://" + text);
            if (url.getHost() != null && String.valueOf(url.getScheme()).matches("https?")) {
                return url;
            }
        } catch (IllegalArgumentException noAddress) {
            // Told with all other wrong ones.
        }
        throw new IllegalArgumentException("an http or https address such as http://localhost:8080");
    }

    private static Double temperature(String text) {
        double value = decimal(text, "0 to 2");
        if (value < 0 || value > 2) {
            throw new IllegalArgumentException("0 to 2");
        }
        return value;
    }

    private static Duration duration(String text) {
        double seconds = decimal(text, "seconds above 0");
        if (seconds <= 0 || seconds > 86_400) {
            throw new IllegalArgumentException("seconds above 0");
        }
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
    }

    private static Integer count(String text) {
        double value = decimal(text, "a whole number, >= 1");
        if (value < 1 || value > Integer.MAX_VALUE || value != Math.rint(value)) {
            throw new IllegalArgumentException("a whole number, >= 1");
        }
        return (int) value;
    }

    private static double decimal(String text, String expected) {
        try {
            return new BigDecimal(text.strip()).doubleValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected);
        }
    }
}
