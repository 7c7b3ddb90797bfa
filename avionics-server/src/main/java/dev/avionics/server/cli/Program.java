package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.AvionicsSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
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
        if (arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
            // Asked by scripts, and quicker without all that reads options.
            return version();
        }
        CommandLine commands = commandLine(arguments)
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

    private int version() {
        try {
            console.answerLine(Version.text());
        } catch (BrokenOutputException e) {
            return ExitCode.DONE;
        }
        return ExitCode.DONE;
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
        if (ErrorLine.exitCode(error) == ExitCode.INTERRUPTED) {
            // Whoever cancels knows it.
            return ExitCode.INTERRUPTED;
        }
        console.note(ErrorLine.text(error, keyHint));
        if (verbose) {
            console.plain(ErrorLine.trace(error));
        }
        return ErrorLine.exitCode(error);
    }

    /** All commands; or, because reading their options takes time, only the one that is meant. */
    private CommandLine commandLine(String[] arguments) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("chat", () -> new ChatCommand(this));
        commands.put("complete", () -> new CompleteCommand(this));
        commands.put("embed", () -> new EmbedCommand(this));
        commands.put("models", () -> new ModelsCommand(this));
        commands.put("providers", () -> new ProvidersCommand(this));
        commands.put("config", () -> new ConfigCommand(this));
        commands.put("check", () -> new CheckCommand(this));
        commands.put("nodes", () -> new NodesCommand(this));
        commands.put("diagnose", () -> new DiagnoseCommand(this));
        commands.put("detect", () -> new DetectCommand(this));
        commands.put("batch", () -> new BatchCommand(this));
        commands.put("training-run", TrainingRun::new);
        if (arguments.length > 0 && commands.containsKey(arguments[0])) {
            commands.keySet().retainAll(List.of(arguments[0]));
        }
        CommandLine all = new CommandLine(this);
        commands.forEach((name, command) -> all.addSubcommand(name, command.get()));
        return all.registerConverter(Duration.class, new DurationConverter())
                // A prompt may begin with an @.
                .setExpandAtFiles(false);
    }
}
