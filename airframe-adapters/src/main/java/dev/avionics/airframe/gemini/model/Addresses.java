package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.http.EndpointUrls;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * The addresses of one endpoint. A base URL with {@code /projects/} or {@code /publishers/} in its path is Vertex AI, any other
 * the Gemini API, with or without its version. Immutable.
 */
public final class Addresses {
    private static final String PREFIX = "/v1beta";
    private static final String VERTEX_PREFIX = "/publishers/google";
    private static final Set<String> SECRETS = Set.of("key", "access_token", "api_key", "apikey");

    private final EndpointSpec endpoint;
    private final boolean vertex;

    private Addresses(EndpointSpec endpoint, boolean vertex) {
        this.endpoint = endpoint;
        this.vertex = vertex;
    }

    /**
     * The addresses of an endpoint.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category INVALID_REQUEST if its base URL carries a key
     */
    public static Addresses of(EndpointSpec endpoint) {
        String query = endpoint.baseUrl().getRawQuery();
        for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
            String name = parameter.split("=", 2)[0].toLowerCase(Locale.ROOT);
            if (SECRETS.contains(name)) {
                throw Unsendable.invalid("the base URL of endpoint " + endpoint.name() + " carries a key as ?" + name
                        + "=…: leave it out and give the key as the endpoint's credential, which goes into a header");
            }
        }
        String path = path(endpoint) + "/";
        return new Addresses(endpoint, path.contains("/projects/") || path.contains("/publishers/"));
    }

    private static String path(EndpointSpec endpoint) {
        String path = endpoint.baseUrl().getRawPath();
        return path == null ? "" : path;
    }

    /** Whether it is Vertex AI. */
    public boolean isVertex() {
        return vertex;
    }

    /**
     * The address of a model's operation.
     *
     * @param operation such as {@code generateContent}; may carry a query
     */
    public URI operation(String model, String operation) {
        return resolve("/" + resource(model) + ":" + operation);
    }

    /** The address of a file that was uploaded, such as {@code files/abc}. */
    public URI file(String name) {
        return resolve("/" + name);
    }

    private URI resolve(String path) {
        return EndpointUrls.resolve(endpoint, vertex ? VERTEX_PREFIX : PREFIX, path);
    }

    /**
     * The address of the list of models.
     *
     * @param query without a question mark
     */
    public URI models(String query) {
        if (!vertex) {
            return resolve("/models?" + query);
        }
        // Google's own models are no resources of a project, and are listed by this version alone.
        String path = path(endpoint);
        int end = path.indexOf("/projects/") >= 0 ? path.indexOf("/projects/") : path.indexOf("/publishers/");
        String front = path.substring(0, end).replaceFirst("/v[0-9]+[a-z0-9]*$", "");
        URI base = endpoint.baseUrl().resolve(front + "/v1beta1");
        return EndpointUrls.resolve(base, "", VERTEX_PREFIX + "/models?" + query);
    }

    /** A model as a resource: {@code models/…}, with what URLs do not take escaped. */
    public static String resource(String model) {
        String id = id(model);
        String tuned = "tunedModels/";
        return id.startsWith(tuned) ? tuned + escaped(id.substring(tuned.length())) : "models/" + escaped(id);
    }

    /**
     * A model's name without what stands in front of it.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category INVALID_REQUEST if nothing is left
     */
    public static String id(String model) {
        String id = model.strip().replaceFirst("^(.*/)?models/", "").replaceFirst("^google/", "");
        if (id.isEmpty()) {
            throw Unsendable.invalid("model: empty (expected: the name of one; it is part of the address)");
        }
        return id;
    }

    private static String escaped(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
