package dev.avionics.server.cli;

import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeProfiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** The command {@code nodes}. */
@picocli.CommandLine.Command(
        name = "nodes",
        description = {
            "Lists the nodes of avionics.yaml with their agents, and asks each how it is; spends no tokens.",
            "",
            "Exits with 5 if none of them is healthy.",
            ""
        })
final class NodesCommand extends Command {
    private record Line(InferenceNode node, HealthState health) {}

    NodesCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        List<InferenceNode> nodes = NodeProfiles.of(session.settings()).list();
        if (nodes.isEmpty()) {
            console()
                    .note("there are no nodes: list them under 'nodes' in "
                            + session.settings().configFile());
            return ExitCode.USAGE;
        }
        List<CompletableFuture<Line>> asked = new ArrayList<>();
        for (InferenceNode node : nodes) {
            asked.add(session.airframe()
                    .health(
                            new Target(node.endpoint(), node.model()),
                            session.airframe().newCall().withTimeouts(backend.timeouts()))
                    .thenApply(health -> new Line(node, health)));
        }
        List<Line> lines = asked.stream().map(CompletableFuture::join).toList();
        console().answer(backend.json ? json(lines) + "\n" : table(lines));
        return lines.stream().anyMatch(line -> line.health.isHealthy()) ? ExitCode.DONE : ExitCode.BACKEND;
    }

    private static String table(List<Line> lines) {
        int name = 4;
        int address = 7;
        int agents = 6;
        for (Line line : lines) {
            name = Math.max(name, line.node.name().length());
            address = Math.max(address, line.node.endpoint().address().length());
            agents = Math.max(agents, agents(line).length());
        }
        String form = "%-" + name + "s  %-" + address + "s  %-" + agents + "s  %-9s  %s";
        StringBuilder table = new StringBuilder(row(form, "NODE", "ADDRESS", "AGENTS", "STATE", ""));
        for (Line line : lines) {
            table.append(row(
                    form,
                    line.node.name(),
                    line.node.endpoint().address(),
                    agents(line),
                    line.health.status().toString(),
                    line.health.isHealthy() ? "" : line.health.detail()));
        }
        return table.toString();
    }

    private static String agents(Line line) {
        return String.join(",", line.node.agents());
    }

    private static String row(String form, String... cells) {
        return String.format(Locale.ROOT, form, (Object[]) cells).stripTrailing() + "\n";
    }

    private static String json(List<Line> lines) {
        JsonWriter json = new JsonWriter().beginArray();
        for (Line line : lines) {
            json.beginObject()
                    .field("node", line.node.name())
                    .field("address", line.node.endpoint().address())
                    .field("model", line.node.model())
                    .name("agents")
                    .value(List.copyOf(line.node.agents()))
                    .field("maxParallel", line.node.maxParallel())
                    .field("state", line.health.status().toString())
                    .field("message", line.health.detail())
                    .endObject();
        }
        return json.endArray().toString();
    }
}
