package dev.avionics.gateway.limit;

/** What happens to calls of a model whose price nobody knows, where a budget would count. */
public enum Unpriced {
    /** They go through and count nothing; a warning tells it once for each model. */
    ALLOW,
    /** They fail before anything is sent. */
    REFUSE
}
