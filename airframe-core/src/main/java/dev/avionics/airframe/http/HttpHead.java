package dev.avionics.airframe.http;

import java.util.Map;
import java.util.Optional;

/** The head of an answer: its status and its headers. Immutable. */
public interface HttpHead {
    /** The status, 200 to 599. */
    int status();

    /** The first value of a header; names are case-blind. */
    Optional<String> header(String name);

    /** All headers with lower-case names; of several with one name the first. */
    Map<String, String> headers();

    /** Whether the status is 200 to 299. */
    default boolean isSuccess() {
        return status() / 100 == 2;
    }

    /** The content type without parameters, lower case; empty if the answer names none. */
    default String contentType() {
        String value = header("content-type").orElse("");
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
    }

    /** A head made of a status and headers with lower-case names. */
    static HttpHead of(int status, Map<String, String> headers) {
        return new SimpleHead(status, Map.copyOf(headers));
    }
}
