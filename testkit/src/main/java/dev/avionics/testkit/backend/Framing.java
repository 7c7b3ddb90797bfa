package dev.avionics.testkit.backend;

/** How the end of a reply's body is told. */
public enum Framing {
    /** By a {@code Content-Length} header. */
    CONTENT_LENGTH,
    /** By chunked transfer coding, one chunk per part. */
    CHUNKED,
    /** By the end of the connection. */
    CLOSE_DELIMITED,
    /** Not at all: the script sets headers and bytes itself. */
    AS_WRITTEN
}
