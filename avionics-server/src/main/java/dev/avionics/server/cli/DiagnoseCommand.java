package dev.avionics.server.cli;

import dev.avionics.llm.check.Diagnosis;
import dev.avionics.llm.check.DiagnosticReport;
import dev.avionics.llm.settings.ProviderSettings;
import picocli.CommandLine.Mixin;

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
    @Mixin
    AddressOption place = new AddressOption();

    DiagnoseCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        place.addTo(backend);
        ProviderSettings wished = session.wished();
        DiagnosticReport report =
                new Diagnosis(session.airframe(), wished.endpoint()).run().join();
        console().answer((backend.json ? report.toJson() : report.text()) + "\n");
        if (report.isUsable()) {
            return ExitCode.DONE;
        }
        if (report.probes().stream().noneMatch(probe -> probe.status() == 401)) {
            return ExitCode.BACKEND;
        }
        console().note(session.keyHint(wished));
        return ExitCode.AUTHENTICATION;
    }
}
