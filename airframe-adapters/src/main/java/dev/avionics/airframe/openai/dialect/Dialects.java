package dev.avionics.airframe.openai.dialect;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.ModelTraits;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The dialects that are known, by name and by the hosts that speak them. What holds comes from, each over the one before: the
 * generic dialect, the dialect, the rules on the model, the endpoint's metadata.
 */
public final class Dialects {
    /** The metadata key that names a dialect. */
    public static final String DIALECT = "dialect";

    private static final Dialect GENERIC = Dialect.generic();
    private static final List<DialectFile.Entry> KNOWN = DialectFile.all();
    private static final int MOST_FITTED = 1024;

    private static final Map<String, Dialect> HOSTS = new ConcurrentHashMap<>();
    private static final Map<Asked, Dialect> FITTED = new ConcurrentHashMap<>();

    private record Asked(Dialect dialect, String model) {}

    private Dialects() {}

    /**
     * The dialect that a model at an endpoint is spoken to in. Its metadata {@code dialect} or its api type names it; api type
     * {@code openai}, {@code auto} or none leaves it to the host, and a host that nobody knows to the generic one.
     *
     * @param traits the rules on models
     * @throws InferenceException of category INVALID_REQUEST if there is no dialect of that name, or a switch in the metadata is wrong
     */
    public static Dialect of(EndpointSpec endpoint, String model, ModelTraits traits) {
        Dialect named = of(endpoint);
        if (!endpoint.metadata().isEmpty()) {
            return named.withTraits(traits.of(endpoint, model, named.name()).ofRules())
                    .with(endpoint);
        }
        Asked asked = new Asked(named, model);
        Dialect fitted = FITTED.get(asked);
        if (fitted == null) {
            fitted = named.withTraits(traits.of(endpoint, model, named.name()).ofRules());
            if (FITTED.size() >= MOST_FITTED) {
                FITTED.clear();
            }
            FITTED.put(asked, fitted);
        }
        return fitted;
    }

    /** The dialect of an endpoint, whatever the model, without what its metadata sets. */
    private static Dialect of(EndpointSpec endpoint) {
        String named = endpoint.metadata().get(DIALECT);
        if (named != null) {
            return named(endpoint, named);
        }
        String type = endpoint.apiType();
        boolean ofKind = type.equals(endpoint.kind().id());
        if (type.isEmpty() || ofKind || type.equals("openai") || type.equals("auto")) {
            return endpoint.kind().equals(BackendKind.AZURE_OPENAI) ? named(endpoint, "azure") : byHost(endpoint);
        }
        return named(endpoint, type);
    }

    private static Dialect named(EndpointSpec endpoint, String name) {
        for (DialectFile.Entry entry : KNOWN) {
            if (entry.names().stream().anyMatch(name::equalsIgnoreCase)) {
                return entry.dialect();
            }
        }
        throw InferenceException.builder(
                        ErrorCategory.INVALID_REQUEST,
                        "endpoint " + endpoint.name() + ": dialect " + name + " (expected one of " + names() + ")")
                .origin(ErrorOrigin.CALLER)
                .build();
    }

    /** The names of all dialects, in order. */
    public static TreeSet<String> names() {
        return KNOWN.stream().map(entry -> entry.dialect().name()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Dialect byHost(EndpointSpec endpoint) {
        String host = endpoint.baseUrl().getHost();
        if (host == null) {
            return GENERIC;
        }
        Dialect known = HOSTS.get(host);
        if (known == null) {
            known = ofHost(host.toLowerCase(Locale.ROOT));
            if (HOSTS.size() >= MOST_FITTED) {
                HOSTS.clear();
            }
            HOSTS.put(host, known);
        }
        return known;
    }

    private static Dialect ofHost(String host) {
        for (DialectFile.Entry entry : KNOWN) {
            for (String known : entry.hosts()) {
                if (host.equals(known) || host.endsWith("." + known)) {
                    return entry.dialect();
                }
            }
        }
        return GENERIC;
    }
}
