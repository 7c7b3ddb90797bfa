package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that talk to a backend share. */
abstract class Command implements Callable<Integer> {
    private final Program program;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Tell how the command is used.")
    boolean help;

    @Mixin
    BackendOptions backend = new BackendOptions();

    Command(Program program) {
        this.program = requireNonNull(program, "program");
    }

    Program program() {
        return program;
    }

    Console console() {
        return program.console();
    }

    @Override
    public final Integer call() throws Exception {
        program.verbose(backend.verbose);
        try (Session session = program.open(backend)) {
            return run(session);
        }
    }

    /** Does the work. */
    abstract int run(Session session) throws Exception;
}
