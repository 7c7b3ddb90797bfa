package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which calls go through a proxy: the rules of {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}. Immutable.
 *
 * <p>This machine ({@code localhost} and names below it, 127.0.0.0/8, ::1) is never called through a proxy.
 */
public final class ProxyRules {
    private static final ProxyRules NONE = new ProxyRules(null, null, List.of());

    private final @Nullable Proxy http;
    private final @Nullable Proxy https;
    private final List<Direct> directs;

    /**
     * A proxy.
     *
     * @param host name or address; IPv6 without brackets
     * @param port 1 to 65535
     * @param authorization the value of the {@code Proxy-Authorization} header; null for none
     */
    public record Proxy(String host, int port, @Nullable Secret authorization) {
        public Proxy {
            requireNonNull(host, "host");
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
            }
        }
    }

    /** A host that is called directly; the port is 0 for any. */
    private record Direct(String host, boolean below, int port) {}

    private ProxyRules(@Nullable Proxy http, @Nullable Proxy https, List<Direct> directs) {
        this.http = http;
        this.https = https;
        this.directs = directs;
    }

    /** Rules that use no proxy. */
    public static ProxyRules none() {
        return NONE;
    }

    /**
     * The rules that an environment holds.
     *
     * <p>Reads {@code http_proxy}, {@code https_proxy} and {@code no_proxy}, in lower case or else in upper case. Upper
     * case {@code HTTP_PROXY} is ignored where {@code REQUEST_METHOD} is set, because there a remote caller can set it.
     * A proxy is {@code http://user:password@host:port} or {@code host:port}; the port is 80 if left out. {@code
     * NO_PROXY} is a list, parted by commas or spaces, of {@code *} for all, {@code example.com} or {@code .example.com}
     * or {@code *.example.com} for a domain and all below it, and addresses; each may end in {@code :port}.
     *
     * @throws IllegalArgumentException if a proxy cannot be understood; the message does not show its value
     */
    public static ProxyRules of(Map<String, String> environment) {
        boolean remote = environment.containsKey("REQUEST_METHOD");
        Proxy http = proxy("http_proxy", value(environment, "http_proxy", !remote));
        Proxy https = proxy("https_proxy", value(environment, "https_proxy", true));
        List<Direct> directs = new ArrayList<>();
        for (String entry : value(environment, "no_proxy", true).split("[,\\s]+", -1)) {
            if (!entry.isEmpty()) {
                directs.add(direct(entry.toLowerCase(Locale.ROOT)));
            }
        }
        return new ProxyRules(http, https, List.copyOf(directs));
    }

    /**
     * The proxy for a call; empty to call directly.
     *
     * @param scheme http or https
     * @param host of the target; IPv6 with or without brackets
     * @param port of the target, not -1
     */
    public Optional<Proxy> proxyFor(String scheme, String host, int port) {
        Proxy proxy = scheme.equalsIgnoreCase("https") ? https : http;
        if (proxy == null) {
            return Optional.empty();
        }
        String name = bare(host.toLowerCase(Locale.ROOT));
        if (isThisMachine(name)) {
            return Optional.empty();
        }
        for (Direct direct : directs) {
            if (matches(direct, name, port)) {
                return Optional.empty();
            }
        }
        return Optional.of(proxy);
    }

    private static boolean matches(Direct direct, String name, int port) {
        if (direct.port != 0 && direct.port != port) {
            return false;
        }
        return direct.host.equals("*")
                || name.equals(direct.host)
                || (direct.below && name.endsWith("." + direct.host));
    }

    private static boolean isThisMachine(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("0:0:0:0:0:0:0:1")
                || (isAddress(name) && name.startsWith("127."));
    }

    private static Direct direct(String entry) {
        int port = 0;
        String host = entry;
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
        if (hasPort) {
            try {
                port = Integer.parseInt(entry.substring(colon + 1));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("no_proxy: " + entry + " (expected: host or host:port)", e);
            }
            host = entry.substring(0, colon);
        }
        host = bare(host);
        if (host.startsWith("*.")) {
            host = host.substring(2);
        } else if (host.startsWith(".")) {
            host = host.substring(1);
        }
        return new Direct(host, !isAddress(host), port);
    }

    private static boolean isAddress(String host) {
        if (host.indexOf(':') >= 0) {
            return true;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return !host.isEmpty();
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static String value(Map<String, String> environment, String name, boolean upperCaseToo) {
        String lower = environment.get(name);
        if (lower != null) {
            return lower.strip();
        }
        String upper = upperCaseToo ? environment.get(name.toUpperCase(Locale.ROOT)) : null;
        return upper == null ? "" : upper.strip();
    }

    private static @Nullable Proxy proxy(String name, String value) {
        if (value.isEmpty()) {
            return null;
        }
        URI uri;
        try {
            uri = new URI(value.contains("://") ? value : "http://" + value);
        } catch (URISyntaxException e) {
            // The cause holds the value, and that may hold a password.
            throw new IllegalArgumentException(name + ": not a URL (expected: http://host:port)");
        }
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    name + ": a proxy that is called by " + uri.getScheme() + " (expected: http://host:port)");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(name + ": no host (expected: http://host:port)");
        }
        String user = uri.getRawUserInfo();
        return new Proxy(
                bare(uri.getHost()), uri.getPort() < 0 ? 80 : uri.getPort(), user == null ? null : authorization(user));
    }

    private static Secret authorization(String userInfo) {
        String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (plain.indexOf(':') < 0) {
            plain = plain + ":";
        }
        return Secret.of("Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    }

    /** The proxies by host and port, without user and password. */
    @Override
    public String toString() {
        return "ProxyRules[http=" + name(http) + ", https=" + name(https) + ", direct="
                + directs.stream()
                        .map(e -> e.host + (e.port == 0 ? "" : ":" + e.port))
                        .toList() + "]";
    }

    private static String name(@Nullable Proxy proxy) {
        return proxy == null ? "none" : proxy.host + ":" + proxy.port;
    }
}
