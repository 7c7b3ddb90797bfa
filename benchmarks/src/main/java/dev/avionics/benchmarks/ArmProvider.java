package dev.avionics.benchmarks;

/** Makes an arm; found by {@link java.util.ServiceLoader} on the class path of the arm's process. */
public interface ArmProvider {
    /** Name of the arm on the command line and in reports. */
    String name();

    /** Opens the arm for one scenario. */
    Arm open(ArmSettings settings);
}
