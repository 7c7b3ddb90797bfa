package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A request, complete with its body. {@code toString} shows no header values, no body and no query.
 *
 * @param method such as GET or POST
 * @param uri http or https, absolute
 * @param headers lower-case names
 * @param body the bytes, empty for none; not copied and not to be changed
 * @param streamed whether the answer is expected piece by piece, so that the clocks of streams hold
 */
public record HttpCall(String method, URI uri, Map<String, String> headers, byte[] body, boolean streamed) {
    private static final byte[] NO_BODY = {};

    public HttpCall {
        requireNonNull(method, "method");
        requireNonNull(uri, "uri");
        requireNonNull(body, "body");
        headers = Collections.unmodifiableMap(headers instanceof Own ? headers : new LinkedHashMap<>(headers));
    }

    /** Headers that nobody else holds, and so need no copy. */
    private static final class Own extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1L;

        Own() {}

        Own(Map<String, String> start) {
            super(start);
        }
    }

    /** A GET that accepts JSON. */
    public static HttpCall get(URI uri) {
        return new HttpCall("GET", uri, Map.of("accept", "application/json"), NO_BODY, false);
    }

    /** A POST of JSON. */
    public static HttpCall postJson(URI uri, byte[] json, boolean streamed) {
        Map<String, String> headers = new Own();
        headers.put("content-type", "application/json");
        headers.put(
                "accept", streamed ? "text/event-stream, application/x-ndjson, application/json" : "application/json");
        return new HttpCall("POST", uri, headers, json, streamed);
    }

    /** This with a header, which takes the place of one with the same name. */
    public HttpCall withHeader(String name, String value) {
        Map<String, String> more = new Own(headers);
        more.put(name.toLowerCase(Locale.ROOT), value);
        return new HttpCall(method, uri, more, body, streamed);
    }

    /** This with headers, which take the place of those with the same names. */
    public HttpCall withHeaders(Map<String, String> others) {
        if (others.isEmpty()) {
            return this;
        }
        Map<String, String> more = new Own(headers);
        others.forEach((name, value) -> more.put(name.toLowerCase(Locale.ROOT), value));
        return new HttpCall(method, uri, more, body, streamed);
    }

    @Override
    public String toString() {
        return method + " " + uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + uri.getRawPath() + " (" + body.length + " bytes, headers " + headers.keySet() + ")";
    }
}
