package dev.avionics.benchmarks.routing;

import java.util.List;

/** One question on its way through the fleet. */
final class Call {
    final Conversation conversation;
    private final Simulation simulation;
    private final long askedAt;
    private int node;

    Call(Conversation conversation, Simulation simulation, long askedAt) {
        this.conversation = conversation;
        this.simulation = simulation;
        this.askedAt = askedAt;
    }

    void send() {
        Rule rule = simulation.rule();
        List<SimulatedNode> nodes = simulation.nodes();
        while (true) {
            node = simulation.timed(() -> rule.choose(this));
            simulation.timedSend(() -> rule.sent(this, node));
            if (nodes.get(node).alive) {
                nodes.get(node).take(this);
                return;
            }
            rule.failed(this, node);
        }
    }

    /** Its node died: another one has to answer. */
    void resend() {
        simulation.rule().failed(this, node);
        send();
    }

    void firstToken(int cached, long startedAt) {
        simulation.rule().firstToken(this, node);
        simulation.figures().add(startedAt - askedAt, simulation.now() - askedAt, conversation.prompt().length, cached);
    }

    void ended() {
        simulation.rule().ended(this, node);
        simulation.answered(conversation);
    }
}
