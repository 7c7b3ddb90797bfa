package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Scenario;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ServiceLoader;

/**
 * Main class of an arm's process. Arguments: name of the arm, scenario, port of the backend, calls in flight, warm-up
 * and window in milliseconds. Prints one line with the sample and exits with 0, or prints the failure and exits with 1.
 */
public final class ArmProcess {
    private static final System.Logger LOG = System.getLogger(ArmProcess.class.getName());

    private ArmProcess() {}

    /** Measures one arm. */
    public static void main(String[] args) throws InterruptedException {
        Scenario scenario = Scenario.of(args[1]);
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        ArmSettings settings = new ArmSettings(host, Integer.parseInt(args[2]), scenario, Integer.parseInt(args[3]));
        Duration warmUp = Duration.ofMillis(Long.parseLong(args[4]));
        Duration window = Duration.ofMillis(Long.parseLong(args[5]));
        int exit = 1;
        try {
            Arm arm = provider(args[0]).open(settings);
            Sample sample = new ClosedLoop(arm, Answers.content(scenario), settings.inFlight()).run(warmUp, window);
            System.out.println(sample.line());
            exit = 0;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "measurement failed", e);
        }
        // A client may leave threads behind that are not daemons; the measurement is over.
        System.exit(exit);
    }

    private static ArmProvider provider(String name) {
        for (ArmProvider provider : ServiceLoader.load(ArmProvider.class)) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new IllegalArgumentException("arm: " + name + " (expected: one on the class path)");
    }
}
