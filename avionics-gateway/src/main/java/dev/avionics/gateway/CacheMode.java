package dev.avionics.gateway;

/** Whether an answer may come from the gateway's cache, and go into it. */
public enum CacheMode {
    /** As the settings say: answers of temperature 0 only, unless they allow more. */
    AUTO,
    /** Whatever the temperature is. */
    ON,
    /** Never: the answer is asked for anew and not kept. */
    OFF
}
