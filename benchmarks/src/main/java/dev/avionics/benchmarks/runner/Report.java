package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Scenario;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures as Markdown: one table per scenario, then the goals. */
final class Report {
    private final Results results;

    Report(Results results) {
        this.results = results;
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        for (Scenario scenario : results.scenarios()) {
            table(out, scenario);
        }
        goals(out);
        return out.toString();
    }

    private void table(StringBuilder out, Scenario scenario) {
        Optional<String> peer = results.best(scenario, Goal.PEERS);
        out.append("### ").append(scenario.id()).append("\n\n");
        out.append("| arm | CPU \u00b5s per call | calls/s | \u00d7 better peer");
        peer.ifPresent(name -> out.append(" (").append(name).append(')'));
        out.append(" | \u00d7 floor-bare | \u00d7 floor-parse |\n|---|---|---|---|---|---|\n");
        for (String arm : results.arms(scenario)) {
            out.append("| ").append(arm);
            out.append(" | ").append(results.cpu(scenario, arm).text(1));
            out.append(" | ").append(results.callsPerSecond(scenario, arm).text(0));
            out.append(" | ").append(ratio(scenario, arm, peer));
            out.append(" | ").append(ratio(scenario, arm, results.best(scenario, List.of(Goal.BARE))));
            out.append(" | ").append(ratio(scenario, arm, results.best(scenario, List.of(Goal.PARSE))));
            out.append(" |\n");
        }
        out.append('\n');
    }

    private String ratio(Scenario scenario, String arm, Optional<String> base) {
        return base.map(name -> results.ratio(scenario, arm, name).text(2)).orElse("\u2013");
    }

    private void goals(StringBuilder out) {
        out.append("### goals\n\n| scenario | goal | limit today | ")
                .append(Goal.SUBJECT)
                .append(" | verdict |\n|---|---|---|---|---|\n");
        for (Goal goal : Goal.ALL) {
            if (results.scenarios().contains(goal.scenario())) {
                goal(out, goal);
            }
        }
    }

    private void goal(StringBuilder out, Goal goal) {
        Scenario scenario = goal.scenario();
        Optional<String> base = results.best(scenario, goal.against());
        boolean measured = base.isPresent() && results.arms(scenario).contains(Goal.SUBJECT);
        out.append("| ").append(scenario.id());
        out.append(" | \u2264 ").append(goal.limit()).append(" \u00d7 ").append(goal.name());
        out.append(" | ")
                .append(base.map(name -> String.format(
                                Locale.ROOT,
                                "%.1f \u00b5s",
                                goal.limit() * results.cpu(scenario, name).median()))
                        .orElse("\u2013"));
        if (measured) {
            Spread ratio = results.ratio(scenario, Goal.SUBJECT, base.orElseThrow());
            out.append(" | ").append(ratio.text(2));
            out.append(" | ").append(ratio.median() <= goal.limit() ? "met" : "missed");
        } else {
            out.append(" | \u2013 | not measured");
        }
        out.append(" |\n");
    }
}
