package dev.avionics.llm.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads addresses as people write them. */
final class BaseUrls {
    private BaseUrls() {}

    /**
     * Reads an address.
     *
     * @param localPort the port that is meant where neither scheme nor port is written, as {@code OLLAMA_HOST} allows; 0
     *     if a scheme is needed
     * @return null if it is no http or https address
     */
    static @Nullable URI read(String text, int localPort) {
        String given = text.strip();
        boolean bare = !given.contains("://");
        if (bare && localPort == 0) {
            return null;
        }
        String whole = bare ? "http://" + bracketed(given) : given;
        URI url;
        try {
            url = new URI(whole).parseServerAuthority();
        } catch (URISyntaxException e) {
            // ":8080" is the port of this machine.
            return bare && given.startsWith(":") ? read("127.0.0.1" + given, localPort) : null;
        }
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || url.getHost() == null || url.getPort() > 65535) {
            return null;
        }
        int port = url.getPort() < 0 && bare ? localPort : url.getPort();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        String user = url.getRawUserInfo() == null ? "" : url.getRawUserInfo() + "@";
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return URI.create(
                scheme + "://" + user + callable(url.getHost()) + (port < 0 ? "" : ":" + port) + path + query);
    }

    /** Puts the brackets around an IPv6 address that stands without. */
    private static String bracketed(String host) {
        boolean plainIpv6 = host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
        return plainIpv6 && host.matches("[0-9a-fA-F:.]+") ? "[" + host + "]" : host;
    }

    /** Servers are told to listen on "every address"; nobody can be called there. */
    private static String callable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "[::]", "[0:0:0:0:0:0:0:0]" -> "[::1]";
            default -> host;
        };
    }

    /** An address fit for messages: without user and query. */
    static String shown(String url) {
        String plain = url.replaceFirst("//[^/?#]*@", "//");
        int query = plain.indexOf('?');
        return query < 0 ? plain : plain.substring(0, query);
    }
}
