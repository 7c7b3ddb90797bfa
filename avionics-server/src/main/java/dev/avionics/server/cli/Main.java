package dev.avionics.server.cli;

/** The program {@code avionics}. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process, with the exit codes of {@link ExitCode}.
     *
     * @param arguments the command, its options and its prompt
     */
    public static void main(String[] arguments) {
        Console console = Console.system();
        Calls calls = new Calls();
        // A signal ends the JVM by this way too: what is under way upstream is closed first.
        Runtime.getRuntime().addShutdownHook(new Thread(calls::shutDown, "avionics-shutdown"));
        int code = new Program(console, calls, System.getenv()).run(arguments);
        // A model in the process leaves a native thread that is no daemon: returning would not end the program.
        System.exit(code);
    }
}
