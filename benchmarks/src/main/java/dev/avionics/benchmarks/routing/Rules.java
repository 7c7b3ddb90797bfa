package dev.avionics.benchmarks.routing;

import java.util.List;
import java.util.SplittableRandom;

/** The rules that the router is compared with. Each knows at once which nodes are dead, from the first call that they refuse. */
final class Rules {
    private Rules() {}

    private abstract static class Knowing implements Rule {
        final boolean[] dead;

        Knowing(int nodes) {
            dead = new boolean[nodes];
        }

        int alive(int from) {
            int node = from;
            while (dead[node]) {
                node = (node + 1) % dead.length;
            }
            return node;
        }

        @Override
        public void failed(Call call, int node) {
            dead[node] = true;
        }
    }

    /** One after the other. */
    static Rule roundRobin(int nodes) {
        return new Knowing(nodes) {
            private int last = -1;

            @Override
            public int choose(Call call) {
                last = alive((last + 1) % dead.length);
                return last;
            }
        };
    }

    /** The one with the fewest calls of all, one of them at random. */
    static Rule leastLoad(List<SimulatedNode> nodes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Knowing(nodes.size()) {
            @Override
            public int choose(Call call) {
                int best = -1;
                int fewest = Integer.MAX_VALUE;
                int from = random.nextInt(dead.length);
                for (int i = 0; i < dead.length && fewest > 0; i++) {
                    int node = (from + i) % dead.length;
                    int calls = nodes.get(node).calls();
                    if (!dead[node] && calls < fewest) {
                        best = node;
                        fewest = calls;
                    }
                }
                return best;
            }
        };
    }

    /** Each conversation has its node. */
    static Rule sessionHashing(int nodes) {
        return new Knowing(nodes) {
            @Override
            public int choose(Call call) {
                long hash = Conversation.mixed(call.conversation.id, 99);
                for (int i = 0; ; i++) {
                    int node = (int) Long.remainderUnsigned(hash, dead.length);
                    if (!dead[node]) {
                        return node;
                    }
                    hash = Conversation.mixed(hash, i);
                }
            }
        };
    }
}
