package dev.avionics.airframe.http;

import dev.avionics.airframe.EndpointSpec;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Joins the base URLs that people write with the paths of protocols: with or without the protocol's prefix such as
 * {@code /v1}, with or without slashes at the end, with a path in front for gateways, with a query that is kept.
 */
public final class EndpointUrls {
    /** The metadata key of a path that takes the place of a protocol's own. */
    public static final String API_PATH = "api_path";

    private static final List<String> OPERATIONS = List.of(
            "/api/chat",
            "/api/generate",
            "/chat/completions",
            "/completions",
            "/responses",
            "/embeddings",
            "/messages",
            "/models");

    /** What was joined before: programs call few addresses, and call them often. Emptied when it is full. */
    private static final Map<Joined, URI> KNOWN = new ConcurrentHashMap<>();

    private static final int MOST_KNOWN = 1024;

    private record Joined(URI base, String prefix, String path, String own) {}

    private EndpointUrls() {}

    /**
     * The address of one operation.
     *
     * @param endpoint gives the base URL
     * @param prefix what stands before every path of the protocol, such as {@code /v1} or {@code /api/v1}; not added when
     *     the base URL ends with it or has a version already; empty for none
     * @param path the operation's path, such as {@code /chat/completions}; may carry a query
     */
    public static URI resolve(EndpointSpec endpoint, String prefix, String path) {
        return resolve(endpoint.baseUrl(), prefix, path);
    }

    /** As {@link #resolve(EndpointSpec, String, String)}, from the base URL alone. */
    public static URI resolve(URI baseUrl, String prefix, String path) {
        return known(new Joined(baseUrl, prefix, path, ""));
    }

    /** The address of a server without the part of its API, such as {@code /v1}, which people copy along; a query is kept. */
    public static URI root(URI baseUrl) {
        String path = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
        String front = path.replaceFirst("/*((/v1|/api)?(/chat/completions|/chat|/generate|/models)?)/*$", "");
        String query = baseUrl.getRawQuery() == null ? "" : "?" + baseUrl.getRawQuery();
        return URI.create(baseUrl.getScheme() + "://" + baseUrl.getRawAuthority() + front + query);
    }

    private static URI known(Joined parts) {
        URI known = KNOWN.get(parts);
        if (known == null) {
            known = parts.own.isEmpty() ? join(parts.base, parts.prefix, parts.path) : replaced(parts);
            if (KNOWN.size() >= MOST_KNOWN) {
                KNOWN.clear();
            }
            KNOWN.put(parts, known);
        }
        return known;
    }

    private static URI join(URI baseUrl, String prefix, String path) {
        String base = base(baseUrl);
        return address(baseUrl, base + missing(base, slashed(prefix)) + slashed(path));
    }

    /**
     * The address of the inference operation. The endpoint's metadata may give its path with {@link #API_PATH}: then that
     * path is used as it stands, behind the host and whatever path a gateway has there; without it as
     * {@link #resolve(EndpointSpec, String, String)}.
     */
    public static URI inference(EndpointSpec endpoint, String prefix, String path) {
        String own = endpoint.metadata().getOrDefault(API_PATH, "").strip();
        return known(new Joined(endpoint.baseUrl(), prefix, path, own));
    }

    private static URI replaced(Joined parts) {
        String given = parts.own.startsWith("/") ? parts.own : "/" + parts.own;
        String base = base(parts.base);
        String front = slashed(parts.prefix);
        String gateway =
                !front.isEmpty() && base.endsWith(front) ? base.substring(0, base.length() - front.length()) : base;
        return address(parts.base, given.startsWith(gateway + "/") ? given : gateway + given);
    }

    /** Whether an address leads to this machine, where models are loaded when they are asked for. */
    public static boolean isLocal(URI url) {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.isEmpty();
    }

    /** The base's path without slashes at its end, and without the operation if it was copied from an example. */
    private static String base(URI baseUrl) {
        String base = trimmed(baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath());
        for (String operation : OPERATIONS) {
            if (base.endsWith(operation)) {
                return base.substring(0, base.length() - operation.length());
            }
        }
        return base;
    }

    /** What of the prefix the base lacks. */
    private static String missing(String base, String prefix) {
        if (prefix.isEmpty() || base.endsWith(prefix)) {
            return "";
        }
        // …/v1beta/openai and …/api/paas/v4 have their version already.
        if (isVersion(prefix.substring(prefix.lastIndexOf('/') + 1)) && endsWithVersion(base)) {
            return "";
        }
        for (int at = prefix.indexOf('/', 1); at > 0; at = prefix.indexOf('/', at + 1)) {
            if (base.endsWith(prefix.substring(0, at))) {
                return prefix.substring(at);
            }
        }
        return prefix;
    }

    private static boolean endsWithVersion(String base) {
        String[] segments = base.split("/", -1);
        int last = segments.length - 1;
        return isVersion(segments[last]) || (last > 0 && isVersion(segments[last - 1]));
    }

    private static boolean isVersion(String segment) {
        return segment.matches("v[0-9]+[a-z0-9]*");
    }

    private static URI address(URI base, String pathAndQuery) {
        String query = base.getRawQuery();
        String whole = pathAndQuery;
        if (query != null && !query.isEmpty()) {
            whole += (whole.indexOf('?') < 0 ? "?" : "&") + query;
        }
        return URI.create(
                base.getScheme() + "://" + base.getHost() + (base.getPort() < 0 ? "" : ":" + base.getPort()) + whole);
    }

    private static String trimmed(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static String slashed(String path) {
        String value = path.indexOf('?') < 0 ? trimmed(path) : path;
        return value.isEmpty() || value.startsWith("/") || value.startsWith("?") ? value : "/" + value;
    }
}
