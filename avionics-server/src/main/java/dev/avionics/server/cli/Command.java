package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What all commands that talk to a backend share. */
abstract class Command implements Callable<Integer> {
    @ParentCommand
    @Nullable
    Program program;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Tell how the command is used.")
    boolean help;

    @Mixin
    BackendOptions backend = new BackendOptions();

    Program program() {
        return requireNonNull(program, "program");
    }

    Console console() {
        return program().console();
    }

    @Override
    public final Integer call() throws Exception {
        program().verbose(backend.verbose);
        try (Session session = program().open(backend)) {
            return run(session);
        }
    }

    /** Does the work. */
    abstract int run(Session session) throws Exception;
}
