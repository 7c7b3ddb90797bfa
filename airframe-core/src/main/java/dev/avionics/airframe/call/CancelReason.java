package dev.avionics.airframe.call;

/** Why a call was given up. */
public enum CancelReason {
    /** The caller, or its reader, left. */
    CALLER,
    /** The call's deadline passed. */
    DEADLINE,
    /** Another attempt took its place. */
    SUPERSEDED,
    /** The program is shutting down. */
    SHUTDOWN
}
