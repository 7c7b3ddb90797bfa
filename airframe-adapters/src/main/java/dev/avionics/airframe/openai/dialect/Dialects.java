package dev.avionics.airframe.openai.dialect;

import static dev.avionics.airframe.openai.dialect.Dialect.Switch.CACHE_CONTROL;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.JSON_SCHEMA;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.REASONING_DETAILS;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.REASONING_REPLAY;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.REPEAT_PENALTY_FIELD;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.THINKING;
import static dev.avionics.airframe.openai.dialect.Dialect.Switch.VENDOR;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The dialects that are known, by name and by the hosts that speak them. */
public final class Dialects {
    private static final Dialect GENERIC = Dialect.generic();

    private record Entry(Dialect dialect, List<String> hosts) {}

    private static final List<Entry> KNOWN = List.of(
            entry("generic", Map.of()),
            entry(
                    "deepseek",
                    Map.of(
                            VENDOR,
                            "deepseek",
                            THINKING,
                            "thinking",
                            REASONING_REPLAY,
                            "reasoning_content",
                            JSON_SCHEMA,
                            "json_object"),
                    "deepseek.com"),
            entry(
                    "openrouter",
                    Map.of(
                            VENDOR,
                            "openrouter",
                            THINKING,
                            "reasoning",
                            REASONING_DETAILS,
                            "true",
                            CACHE_CONTROL,
                            "true"),
                    "openrouter.ai"),
            entry("together", Map.of(VENDOR, "together", THINKING, "reasoning_enabled"), "together.xyz", "together.ai"),
            entry(
                    "zai",
                    Map.of(VENDOR, "zai", THINKING, "thinking", JSON_SCHEMA, "json_object"),
                    "z.ai",
                    "bigmodel.cn"),
            entry("qwen", Map.of(VENDOR, "qwen", THINKING, "enable_thinking"), "aliyuncs.com"),
            entry("vllm", Map.of(THINKING, "chat_template_kwargs")),
            entry("lmstudio", Map.of(REPEAT_PENALTY_FIELD, "repeat_penalty")));

    private Dialects() {}

    private static Entry entry(String name, Map<Dialect.Switch, String> values, String... hosts) {
        return new Entry(GENERIC.with(name, values), List.of(hosts));
    }

    /** The dialect that an endpoint's api type or metadata {@code dialect} names, else that of its host, else the generic one. */
    public static Dialect of(EndpointSpec endpoint) {
        String wanted = endpoint.metadata().getOrDefault("dialect", endpoint.apiType());
        if (wanted.isEmpty() || wanted.equals("openai") || wanted.equals("auto")) {
            return byHost(endpoint).with(endpoint);
        }
        for (Entry entry : KNOWN) {
            if (entry.dialect.name().equalsIgnoreCase(wanted)) {
                return entry.dialect.with(endpoint);
            }
        }
        List<String> names = new ArrayList<>(
                new TreeSet<>(KNOWN.stream().map(entry -> entry.dialect.name()).toList()));
        throw InferenceException.of(
                ErrorCategory.INVALID_REQUEST,
                "endpoint " + endpoint.name() + ": dialect " + wanted + " (expected one of " + names + ")");
    }

    private static Dialect byHost(EndpointSpec endpoint) {
        String host = endpoint.baseUrl().getHost();
        if (host != null) {
            String lower = host.toLowerCase(Locale.ROOT);
            for (Entry entry : KNOWN) {
                for (String known : entry.hosts) {
                    if (lower.equals(known) || lower.endsWith("." + known)) {
                        return entry.dialect;
                    }
                }
            }
        }
        return GENERIC;
    }
}
