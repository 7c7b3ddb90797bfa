package dev.avionics.airframe.error;

/** Who is to blame for an error. */
public enum ErrorOrigin {
    /** The caller's request or cancel. */
    CALLER,
    /** A limit or a fault on our side. */
    US,
    /** The backend said so. */
    BACKEND,
    /** Something between us and the backend. */
    NETWORK
}
