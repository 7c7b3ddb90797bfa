package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.AvionicsSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code avionics}. */
@CommandLine.Command(
        name = "avionics",
        description = "Talks to large language models.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ChatCommand.class,
            CompleteCommand.class,
            EmbedCommand.class,
            ModelsCommand.class,
            ProvidersCommand.class,
            CheckCommand.class,
            BatchCommand.class,
            TrainingRun.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:wrong usage or configuration",
            "3:authentication",
            "4:the request was refused",
            "5:the backend or the network failed",
            "130:Ctrl-C"
        },
        footerHeading = "%n",
        footer = {
            "'avionics COMMAND --help' tells more of a command.",
            "Answers go to standard output, everything else to standard error."
        })
final class Program implements Runnable {
    private final Console console;
    private final Calls calls;
    private final Map<String, String> environment;
    private final Supplier<AvionicsSettings> settings;

    @Spec
    @Nullable
    CommandSpec spec;

    private boolean verbose;
    private String keyHint = "check the key";

    Program(Console console, Calls calls, Map<String, String> environment) {
        this(console, calls, environment, AvionicsSettings::load);
    }

    Program(Console console, Calls calls, Map<String, String> environment, Supplier<AvionicsSettings> settings) {
        this.console = requireNonNull(console, "console");
        this.calls = requireNonNull(calls, "calls");
        this.environment = Map.copyOf(environment);
        this.settings = requireNonNull(settings, "settings");
    }

    /** Runs the command that the arguments name and returns its exit code. */
    int run(String... arguments) {
        CommandLine commands = commandLine()
                .setParameterExceptionHandler(this::wrongUsage)
                .setExecutionExceptionHandler((error, command, parsed) -> failed(error));
        StringWriter help = new StringWriter();
        commands.setOut(new PrintWriter(help));
        int code = commands.execute(arguments);
        try {
            commands.getOut().flush();
            if (help.getBuffer().length() > 0) {
                console.answer(help.toString());
            }
        } catch (BrokenOutputException e) {
            return code;
        }
        return code;
    }

    @Override
    public void run() {
        throw new ParameterException(
                requireNonNull(spec, "spec").commandLine(), "a command is missing; 'avionics --help' lists them");
    }

    Console console() {
        return console;
    }

    Calls calls() {
        return calls;
    }

    void verbose(boolean on) {
        verbose = on;
    }

    /** What is said when a key is not accepted. */
    void keyHint(String hint) {
        keyHint = hint;
    }

    /** Opens what a command needs to talk to backends. */
    Session open(BackendOptions options) {
        LogLines.install(console, verbose);
        return new Session(console, calls, environment, settings.get(), options);
    }

    private int wrongUsage(ParameterException error, String[] arguments) {
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        StringBuilder line = new StringBuilder(ErrorLine.oneLine(error));
        if (error instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                line.append("; did you mean ").append(String.join(" or ", near)).append('?');
            }
        }
        if (line.indexOf("--help") < 0) {
            line.append(" (see ").append(command).append(" --help)");
        }
        console.note(line.toString());
        return ExitCode.USAGE;
    }

    private int failed(Exception thrown) {
        Throwable error = ErrorLine.unwrapped(thrown);
        if (BrokenOutputException.isBehind(error)) {
            // The reader has had enough, such as "head": nobody is left to tell, and nothing went wrong.
            return ExitCode.DONE;
        }
        console.note(ErrorLine.text(error, keyHint));
        if (verbose) {
            console.plain(ErrorLine.trace(error));
        }
        return ErrorLine.exitCode(error);
    }

    private CommandLine commandLine() {
        return new CommandLine(this)
                .registerConverter(Duration.class, new DurationConverter())
                // A prompt may begin with an @.
                .setExpandAtFiles(false);
    }
}
