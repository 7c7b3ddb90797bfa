package dev.avionics.benchmarks.routing;

/** A rule by which calls are given to nodes. Nodes that it was told to be dead are not chosen. */
interface Rule {
    /** The node of a call. */
    int choose(Call call);

    /** The call is with the node. */
    default void sent(Call call, int node) {}

    default void firstToken(Call call, int node) {}

    default void ended(Call call, int node) {}

    /** The node refused the call, or died with it. */
    default void failed(Call call, int node) {}
}
