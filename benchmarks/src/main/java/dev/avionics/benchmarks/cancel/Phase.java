package dev.avionics.benchmarks.cancel;

/** Where a call can be when its caller leaves. */
enum Phase {
    LOOK_UP("look-up of the host", false),
    CONNECT("connect", false),
    POOL_WAIT("wait for a pooled connection", false),
    BETWEEN_STEPS("between two steps", false),
    HALF_WRITTEN("half-written request", true),
    BEFORE_FIRST_BYTE("before the first byte", true),
    MID_STREAM("in mid-stream", true),
    IN_ON_NEXT("from inside onNext", true),
    BACK_OFF("in back-off", false),
    ANYWHERE("any moment of a call in two steps", true);

    private final String words;
    private final boolean connected;

    Phase(String words, boolean connected) {
        this.words = words;
        this.connected = connected;
    }

    /** What it is, for people. */
    String words() {
        return words;
    }

    /** Whether the call holds a connection whose end the upstream can see; else nothing may arrive there. */
    boolean connected() {
        return connected;
    }
}
