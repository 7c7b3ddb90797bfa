package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Scenario;

/** The floor client that reads text, finish reason and usage with a streaming JSON parser. */
public final class ParsingFloor implements ArmProvider {
    @Override
    public String name() {
        return "floor-parse";
    }

    @Override
    public Arm open(ArmSettings settings) {
        return FloorClient.open(settings, settings.scenario() == Scenario.WHOLE ? WholeReader::new : EventReader::new);
    }
}
