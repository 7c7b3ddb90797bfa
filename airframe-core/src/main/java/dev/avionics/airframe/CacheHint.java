package dev.avionics.airframe;

/** Asks the backend to keep the prompt up to and including a part in its prompt cache. */
public enum CacheHint {
    /** For about five minutes. */
    SHORT,
    /** For about an hour. */
    LONG
}
