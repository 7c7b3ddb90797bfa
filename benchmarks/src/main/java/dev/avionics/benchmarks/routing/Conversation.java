package dev.avionics.benchmarks.routing;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One agent's conversation: its prompt grows by each answer and each new question. */
final class Conversation {
    private static final int MOST_BLOCKS = 400;

    final long id;
    private final SplittableRandom random;
    private int turnsLeft;
    private long[] prompt = new long[0];
    private long[] withAnswer = new long[0];

    private Conversation(long id, int turns, SplittableRandom random) {
        this.id = id;
        turnsLeft = turns;
        this.random = random;
    }

    /** A conversation of a workload; equal random gives equal conversations. */
    static Conversation of(long id, Workload workload, Zipf zipf, SplittableRandom random) {
        int turns = 1;
        while (turns < 20 && random.nextDouble() > 1.0 / workload.meanTurns) {
            turns++;
        }
        Conversation made = new Conversation(id, turns, random);
        long instructions = -1 - id;
        int blocks = 8 + random.nextInt(33);
        if (workload.instructions > 0) {
            instructions = zipf.next(random);
            blocks = 8 + (int) Long.remainderUnsigned(mixed(instructions, 7), 33);
        } else if (random.nextDouble() < workload.hot) {
            instructions = 0;
            blocks = 32;
        }
        made.prompt = extended(new long[0], blocks, mixed(instructions, 1));
        made.ask();
        return made;
    }

    private void ask() {
        prompt = extended(prompt, 1 + random.nextInt(6), random.nextLong());
        withAnswer = extended(prompt, 1 + random.nextInt(7), random.nextLong());
        turnsLeft--;
    }

    /** The blocks of the prompt that is asked now. */
    long[] prompt() {
        return prompt;
    }

    /** The blocks of the prompt and its answer. */
    long[] withAnswer() {
        return withAnswer;
    }

    /** How long the agent thinks before it asks again, in nanoseconds: 10 s on average. */
    long pause() {
        return exponential(random, 10e9);
    }

    /** Goes on to the next question; false if there is none. */
    boolean next() {
        if (turnsLeft == 0 || withAnswer.length > MOST_BLOCKS) {
            return false;
        }
        prompt = withAnswer;
        ask();
        return true;
    }

    static long exponential(SplittableRandom random, double mean) {
        return (long) (-mean * Math.log(1 - random.nextDouble()));
    }

    private static long[] extended(long[] blocks, int by, long content) {
        long[] longer = Arrays.copyOf(blocks, blocks.length + by);
        long chain = blocks.length == 0 ? 0 : blocks[blocks.length - 1];
        for (int i = blocks.length; i < longer.length; i++) {
            chain = mixed(chain, content + i);
            longer[i] = chain;
        }
        return longer;
    }

    static long mixed(long a, long b) {
        long hash = (a * 0x9E3779B97F4A7C15L) ^ Long.rotateLeft(b + 0x632BE59BD9B4E019L, 31);
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }
}
