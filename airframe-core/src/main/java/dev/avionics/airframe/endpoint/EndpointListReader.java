package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.EndpointSpec.CapacityHints;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list of endpoints: a JSON array of objects, or the same as lists and maps from another format.
 *
 * <p>An object has {@code name}, {@code baseUrl} and {@code kind}, and may have {@code apiType}, {@code apiKeyEnv} (the
 * environment variable that holds the key), {@code apiKeyHeader} (the header it goes into, if not where the protocol puts
 * it), {@code billing} ({@code metered} or {@code free}), {@code capacity} ({@code maxConcurrency}, {@code tier}),
 * {@code timeouts} (the six clocks, in seconds), {@code tags}, {@code headers} and {@code metadata}. A field of another
 * name is refused, and so is a key in the list itself. Thread-safe.
 */
public final class EndpointListReader {
    private static final Set<String> KEY_NAMES = Set.of(
            "apikey",
            "azureapikey",
            "authorization",
            "proxyauthorization",
            "xapikey",
            "xgoogapikey",
            "cookie",
            "token",
            "secret",
            "password");

    private final Set<String> kinds;
    private final Function<String, @Nullable String> environment;

    /**
     * A reader that knows some kinds of backends.
     *
     * @param kinds their ids, such as {@link dev.avionics.airframe.AdapterRegistry#kinds} gives; copied
     * @param environment gives the value of a variable, or null; {@code System::getenv} in a program
     */
    public EndpointListReader(Collection<String> kinds, Function<String, @Nullable String> environment) {
        this.kinds = new TreeSet<>(kinds);
        this.environment = requireNonNull(environment, "environment");
    }

    /**
     * The endpoints of a JSON text.
     *
     * @throws IllegalArgumentException that names the endpoint, the field and what was expected; it holds no key
     */
    public List<EndpointSpec> json(String text) {
        return values(tree(text));
    }

    /**
     * The endpoints of a list of maps, such as a YAML library reads.
     *
     * @throws IllegalArgumentException that names the endpoint, the field and what was expected; it holds no key
     */
    public List<EndpointSpec> values(List<? extends @Nullable Object> list) {
        return values(list, Collections.emptyMap());
    }

    /** As {@link #values(List)}; an entry that is known already stays the same object. */
    List<EndpointSpec> values(List<? extends @Nullable Object> list, Map<?, EndpointSpec> known) {
        List<EndpointSpec> endpoints = new ArrayList<>(list.size());
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < list.size(); i++) {
            EndpointSpec same = known.get(list.get(i));
            EndpointSpec endpoint = same != null ? same : endpoint(i, list.get(i));
            if (!names.add(endpoint.name())) {
                throw new IllegalArgumentException(
                        "endpoints[" + i + "]: name: " + endpoint.name() + " twice (expected: unique names)");
            }
            endpoints.add(endpoint);
        }
        return List.copyOf(endpoints);
    }

    static List<?> tree(String json) {
        Object tree;
        try {
            tree = JsonValues.parse(json);
        } catch (InferenceException malformed) {
            throw new IllegalArgumentException(String.valueOf(malformed.getMessage()), malformed);
        }
        if (!(tree instanceof List<?> list)) {
            throw new IllegalArgumentException("not a list (expected: a JSON array of endpoints)");
        }
        return list;
    }

    private EndpointSpec endpoint(int index, @Nullable Object entry) {
        String where = "endpoints[" + index + "]";
        if (!(entry instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(where + " (expected: an object)");
        }
        if (map.get("name") instanceof String name) {
            where += " " + name;
        }
        try {
            return endpoint(new Fields(map));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(where + ": " + wrong.getMessage(), wrong);
        }
    }

    private EndpointSpec endpoint(Fields fields) {
        EndpointSpec.Builder builder =
                EndpointSpec.builder(fields.text("name"), address(fields.text("baseUrl")), kind(fields.text("kind")));
        builder.apiType(fields.text("apiType", ""));
        builder.credentials(credentials(fields.textOrNull("apiKeyEnv"), fields.textOrNull("apiKeyHeader")));
        builder.billing(billing(fields.text("billing", "metered")));
        Fields capacity = fields.object("capacity");
        builder.capacity(new CapacityHints(capacity.wholeOrNull("maxConcurrency"), capacity.text("tier", "")));
        capacity.refuseOthers();
        builder.timeouts(fields.clocks("timeouts"));
        fields.texts("tags").forEach(builder::tag);
        withoutKeys("headers", fields.texts("headers")).forEach(builder::header);
        withoutKeys("metadata", fields.texts("metadata")).forEach(builder::metadata);
        fields.refuseOthers();
        return builder.build();
    }

    private static URI address(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // The text itself may hold a password.
            throw new IllegalArgumentException("baseUrl: not an address (expected: such as http://localhost:8080)");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "baseUrl: holds a user or password (expected: a key, in the variable that apiKeyEnv names)");
        }
        return uri;
    }

    private BackendKind kind(String name) {
        String id = name.toLowerCase(Locale.ROOT).replace('_', '-');
        if (!kinds.contains(id)) {
            throw new IllegalArgumentException(
                    "kind: " + name + " is unknown (expected one of: " + String.join(", ", kinds) + ")");
        }
        return BackendKind.of(id);
    }

    private static Billing billing(String name) {
        for (Billing billing : Billing.values()) {
            if (billing.name().equalsIgnoreCase(name)) {
                return billing;
            }
        }
        throw new IllegalArgumentException("billing: " + name + " (expected: metered or free)");
    }

    private CredentialSource credentials(@Nullable String variable, @Nullable String header) {
        if (variable == null) {
            if (header != null) {
                throw new IllegalArgumentException("apiKeyHeader: without apiKeyEnv (expected: both)");
            }
            return CredentialSource.none();
        }
        String value = environment.apply(variable);
        if (value == null) {
            throw new IllegalArgumentException("apiKeyEnv: " + variable + " is not set");
        }
        Secret key;
        try {
            key = Secret.of(value);
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException("apiKeyEnv: " + variable + ": " + unusable.getMessage(), unusable);
        }
        return header == null ? CredentialSource.key(key) : CredentialSource.header(header, key);
    }

    private static Map<String, String> withoutKeys(String field, Map<String, String> texts) {
        for (String name : texts.keySet()) {
            if (isKeyName(name)) {
                throw new IllegalArgumentException(field + "." + name
                        + ": keys do not belong here (expected: apiKeyEnv with the name of an environment variable)");
            }
        }
        return texts;
    }

    static boolean isKeyName(String name) {
        return KEY_NAMES.contains(name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", ""));
    }
}
