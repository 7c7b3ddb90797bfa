package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;

/** The floor client that counts the bytes of an answer. */
public final class BareFloor implements ArmProvider {
    @Override
    public String name() {
        return "floor-bare";
    }

    @Override
    public Arm open(ArmSettings settings) {
        return FloorClient.open(settings, ByteCounter::new);
    }
}
