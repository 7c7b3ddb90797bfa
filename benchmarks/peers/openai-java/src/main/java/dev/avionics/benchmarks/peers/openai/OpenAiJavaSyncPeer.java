package dev.avionics.benchmarks.peers.openai;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;

/** OpenAI's library with its synchronous client alone and the settings of {@link OpenAiJavaPeer}. */
public final class OpenAiJavaSyncPeer implements ArmProvider {
    @Override
    public String name() {
        return "openai-java-sync";
    }

    @Override
    public Arm open(ArmSettings settings) {
        return SyncArm.open(settings);
    }
}
