package dev.avionics.server.cli;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.llm.check.Diagnosis;
import dev.avionics.llm.check.DiagnosticReport;
import java.util.List;

/** The command {@code diagnose}. */
@picocli.CommandLine.Command(
        name = "diagnose",
        description = {
            "Asks every path that a backend may have, and tells how each answers and what to do; spends no tokens.",
            "",
            "Exits with 0 if the backend can be used, 3 if it wants another key, 5 if it cannot be used.",
            ""
        })
final class DiagnoseCommand extends Command {
    DiagnoseCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        EndpointSpec endpoint = session.wished().endpoint();
        DiagnosticReport report =
                new Diagnosis(session.airframe(), endpoint).run().join();
        console().answer((backend.json ? report.toJson() : report.text()) + "\n");
        return code(report.probes());
    }

    /** A backend whose list of models may be read is one that can be used. */
    private static int code(List<DiagnosticReport.Probe> probes) {
        boolean lists = probes.stream()
                .filter(probe ->
                        probe.path().equals("/api/tags") || probe.path().equals("/v1/models"))
                .anyMatch(probe -> probe.status() / 100 == 2 && probe.hint().isEmpty());
        if (lists) {
            return ExitCode.DONE;
        }
        boolean key = probes.stream().anyMatch(probe -> probe.status() == 401);
        return key ? ExitCode.AUTHENTICATION : ExitCode.BACKEND;
    }
}
