package dev.avionics.benchmarks.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.IntSupplier;

/** One run of a workload by one rule. Conversations are the same whatever the rule. */
final class Simulation {
    private final Workload workload;
    private final int calls;
    private final EventLoop time = new EventLoop();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Rule rule;
    private final Figures figures;
    private final SplittableRandom random;
    private final Zipf zipf;
    private final double startsPerSecond;
    private long conversations;
    private int asked;
    private int answered;

    private Simulation(
            Workload workload,
            int nodeCount,
            int calls,
            double callsPerSecond,
            long seed,
            BiFunction<List<SimulatedNode>, EventLoop, Rule> rules) {
        this.workload = workload;
        this.calls = calls;
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new SimulatedNode(time));
        }
        rule = rules.apply(nodes, time);
        figures = new Figures(calls);
        random = new SplittableRandom(seed);
        zipf = new Zipf(workload.instructions);
        startsPerSecond = callsPerSecond / meanTurns(workload);
    }

    /** Turns of a conversation on average, with the cut after 20. */
    private static double meanTurns(Workload workload) {
        double goesOn = 1 - 1.0 / workload.meanTurns;
        return (1 - Math.pow(goesOn, 20)) / (1 - goesOn);
    }

    /** Runs until so many calls were answered. */
    static Figures run(
            Workload workload,
            int nodeCount,
            int calls,
            double callsPerSecond,
            long seed,
            BiFunction<List<SimulatedNode>, EventLoop, Rule> rules) {
        Simulation simulation = new Simulation(workload, nodeCount, calls, callsPerSecond, seed, rules);
        simulation.start();
        simulation.time.run();
        simulation.figures.close(simulation.nodes);
        return simulation.figures;
    }

    private void start() {
        time.after(Conversation.exponential(random, 1e9 / startsPerSecond), () -> {
            Conversation conversation =
                    Conversation.of(conversations++, workload, zipf, new SplittableRandom(random.nextLong()));
            ask(conversation);
            start();
        });
    }

    private void ask(Conversation conversation) {
        asked++;
        if (workload.losesNodes && asked == calls / 2) {
            loseNodes();
        }
        new Call(conversation, this, time.nanoTime()).send();
    }

    private void loseNodes() {
        for (int i = 0; i < nodes.size(); i += 10) {
            nodes.get(i).die().forEach(Call::resend);
        }
    }

    void answered(Conversation conversation) {
        if (++answered == calls) {
            time.stop();
        } else if (conversation.next()) {
            time.after(conversation.pause(), () -> ask(conversation));
        }
    }

    Rule rule() {
        return rule;
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    Figures figures() {
        return figures;
    }

    long now() {
        return time.nanoTime();
    }

    /** Decides, and takes the time for it. */
    int timed(IntSupplier decision) {
        long began = System.nanoTime();
        int node = decision.getAsInt();
        figures.decided(System.nanoTime() - began);
        return node;
    }

    /** Takes the time for what has to be noted of a call that is sent. */
    void timedSend(Runnable noted) {
        long began = System.nanoTime();
        noted.run();
        figures.noted(System.nanoTime() - began);
    }
}
