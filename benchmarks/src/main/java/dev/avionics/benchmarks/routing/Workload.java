package dev.avionics.benchmarks.routing;

/** What agents ask. Fixed before anything was measured. */
enum Workload {
    /** Conversations that begin with one of 500 instructions, of 8 to 40 blocks, chosen by a Zipf law (s = 1). */
    SHARED("shared prefixes", 500, 0, 5, false),
    /** Single questions of 8 to 46 blocks, each unlike all others. */
    UNSHARED("no shared prefix", 0, 0, 1, false),
    /** Conversations, nine of ten of which begin with the same instructions of 32 blocks, the others with their own. */
    HOT("one hot prefix", 0, 0.9, 5, false),
    /** As {@link #SHARED}, and a tenth of the nodes dies at half time. */
    LOST("a tenth of the nodes lost", 500, 0, 5, true);

    final String words;
    final int instructions;
    final double hot;
    final int meanTurns;
    final boolean losesNodes;

    Workload(String words, int instructions, double hot, int meanTurns, boolean losesNodes) {
        this.words = words;
        this.instructions = instructions;
        this.hot = hot;
        this.meanTurns = meanTurns;
        this.losesNodes = losesNodes;
    }
}
