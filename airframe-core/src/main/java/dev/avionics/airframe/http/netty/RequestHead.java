package dev.avionics.airframe.http.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.ProxyRules;
import dev.avionics.airframe.http.ProxyRules.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head of a request. Every name and value is checked here, so that nothing a caller passes can end a line or
 * the head.
 */
final class RequestHead {
    /** What a message needs to be parted from the next one, and what concerns the connection: ours alone to say. */
    private static final Set<String> OURS = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization");

    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] USER_AGENT = ascii("user-agent: avionics/" + version() + "\r\n");
    private static final byte[] ACCEPT_PACKED = ascii("accept-encoding: gzip, deflate\r\n");
    private static final byte[] ACCEPT_PLAIN = ascii("accept-encoding: identity\r\n");
    private static final byte[] LENGTH = ascii("content-length: ");
    private static final byte[] END = ascii("\r\n");

    private byte[] bytes;
    private int count;

    private RequestHead(int size) {
        bytes = new byte[size];
    }

    /**
     * Where a call goes.
     *
     * @throws InferenceException if its URL cannot be called
     */
    static Origin origin(URI uri, ProxyRules proxies) {
        String scheme = uri.getScheme();
        boolean tls = "https".equalsIgnoreCase(scheme);
        if (!tls && !"http".equalsIgnoreCase(scheme)) {
            throw Failures.invalid("the address starts with " + scheme + ": (expected: http:// or https://)");
        }
        if (uri.getRawUserInfo() != null || (uri.getHost() == null && hasUser(uri))) {
            throw Failures.invalid("the address holds a user name: pass credentials as a key or a header");
        }
        String host = uri.getHost();
        int port = uri.getPort();
        if (host == null) {
            // java.net.URI knows no host names with an underscore, which container networks use.
            String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
            int colon = authority.lastIndexOf(':');
            host = colon < 0 ? authority : authority.substring(0, colon);
            port = colon < 0 ? -1 : port(authority.substring(colon + 1));
            if (host.isEmpty() || !isHostName(host)) {
                throw Failures.invalid("the address has no host (expected: such as http://localhost:8080)");
            }
        } else if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        if (port == 0 || port > 65535) {
            throw Failures.invalid("the address has port " + port + " (expected: 1 to 65535)");
        }
        String name = host.toLowerCase(Locale.ROOT);
        int number = port < 0 ? (tls ? 443 : 80) : port;
        Optional<Proxy> proxy = proxies.proxyFor(tls ? "https" : "http", name, number);
        return new Origin(tls, name, number, proxy.orElse(null));
    }

    private static boolean hasUser(URI uri) {
        return uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0;
    }

    private static boolean isHostName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean fits = letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int port(String digits) {
        try {
            return digits.isEmpty() ? -1 : Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The lines that all requests to an origin share: Host and what concerns the connection. */
    static byte[] shared(Origin origin) {
        String lines = "host: " + origin.authority() + "\r\nconnection: keep-alive\r\n";
        Secret authorization = proxyAuthorization(origin);
        return ascii(
                authorization != null && origin.absoluteForm()
                        ? lines + "proxy-authorization: " + authorization.reveal() + "\r\n"
                        : lines);
    }

    /** A request to a proxy for a tunnel. */
    static byte[] connect(Origin origin) {
        String target = origin.connectTarget();
        Secret authorization = proxyAuthorization(origin);
        return ascii("CONNECT " + target + " HTTP/1.1\r\nhost: " + target + "\r\n"
                + (authorization == null ? "" : "proxy-authorization: " + authorization.reveal() + "\r\n")
                + "\r\n");
    }

    private static @Nullable Secret proxyAuthorization(Origin origin) {
        Proxy proxy = origin.proxy();
        return proxy == null ? null : proxy.authorization();
    }

    /**
     * The head of a call, up to and with the empty line.
     *
     * @throws InferenceException if something in it cannot stand in a request; the message shows no values
     */
    static byte[] of(HttpCall call, Origin origin, byte[] shared) {
        RequestHead head = new RequestHead(512 + shared.length);
        head.token("method", call.method());
        head.add((byte) ' ');
        if (origin.absoluteForm()) {
            head.text(origin.name());
        }
        head.target(call.uri());
        head.add(VERSION);
        head.add(shared);
        boolean userAgent = false;
        boolean acceptEncoding = false;
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            String name = header.getKey();
            userAgent |= name.equalsIgnoreCase("user-agent");
            acceptEncoding |= name.equalsIgnoreCase("accept-encoding");
            head.header(name, header.getValue());
        }
        if (!userAgent) {
            head.add(USER_AGENT);
        }
        if (!acceptEncoding) {
            head.add(call.streamed() ? ACCEPT_PLAIN : ACCEPT_PACKED);
        }
        // A GET that announces a body, be it an empty one, is turned away by some front ends.
        boolean bodiless = call.body().length == 0
                && (call.method().equals("GET") || call.method().equals("HEAD"));
        if (!bodiless) {
            head.add(LENGTH);
            head.text(Integer.toString(call.body().length));
            head.add(END);
        }
        head.add(END);
        return head.count == head.bytes.length ? head.bytes : Arrays.copyOf(head.bytes, head.count);
    }

    private void target(URI uri) {
        URI plain = isAscii(uri.getRawPath()) && isAscii(uri.getRawQuery()) ? uri : URI.create(uri.toASCIIString());
        String path = plain.getRawPath();
        if (path == null || path.isEmpty()) {
            add((byte) '/');
        } else {
            text(path);
        }
        String query = plain.getRawQuery();
        if (query != null) {
            add((byte) '?');
            text(query);
        }
    }

    private static boolean isAscii(@Nullable String text) {
        if (text != null) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) > 0x7e) {
                    return false;
                }
            }
        }
        return true;
    }

    private void header(String name, String value) {
        token("header name", name);
        if (OURS.contains(name) || OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw Failures.invalid("header " + name + ": set by the transport, not by the caller");
        }
        room(value.length() + 4);
        bytes[count++] = ':';
        bytes[count++] = ' ';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c >= 0x7f) {
                throw Failures.invalid("header " + name + ": character " + (i + 1) + " is not printable ASCII");
            }
            bytes[count++] = (byte) c;
        }
        bytes[count++] = '\r';
        bytes[count++] = '\n';
    }

    private void token(String what, String value) {
        if (value.isEmpty()) {
            throw Failures.invalid(what + ": empty");
        }
        room(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                throw Failures.invalid(what + ": character " + (i + 1) + " cannot stand there");
            }
            bytes[count++] = (byte) c;
        }
    }

    /** Text that is known to be printable ASCII. */
    private void text(String value) {
        room(value.length());
        for (int i = 0; i < value.length(); i++) {
            bytes[count++] = (byte) value.charAt(i);
        }
    }

    private void add(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, count, more.length);
        count += more.length;
    }

    private void add(byte value) {
        room(1);
        bytes[count++] = value;
    }

    private void room(int more) {
        if (bytes.length - count < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, count + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    private static String version() {
        String known = RequestHead.class.getPackage().getImplementationVersion();
        return known == null ? "development" : known;
    }
}
