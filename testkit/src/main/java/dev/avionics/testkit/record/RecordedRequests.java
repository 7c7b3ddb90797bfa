package dev.avionics.testkit.record;

import dev.avionics.airframe.http.HttpCall;
import dev.avionics.testkit.backend.Header;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.record.RecordedExchange.Request;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Requests in the form in which they are kept and compared. */
final class RecordedRequests {
    /** Stands for the address of the backend in the message of a failure. */
    static final String ADDRESS = "{address}";

    private RecordedRequests() {}

    static String address(HttpCall call) {
        return call.uri().getScheme() + "://" + call.uri().getRawAuthority();
    }

    static Request of(HttpCall call) {
        URI uri = call.uri();
        String query = uri.getRawQuery();
        return new Request(
                call.method(), path(uri.getRawPath()), query == null ? "" : query, call.headers(), call.body());
    }

    static Request of(SeenRequest seen) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : seen.headers()) {
            headers.putIfAbsent(header.name().toLowerCase(Locale.ROOT), header.value());
        }
        return new Request(seen.method(), path(seen.path()), seen.query().orElse(""), headers, seen.body());
    }

    private static String path(String raw) {
        return raw.isEmpty() ? "/" : raw;
    }
}
