package dev.avionics.benchmarks.peers.openai;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;

/** OpenAI's library with its asynchronous client alone and the settings of {@link OpenAiJavaPeer}. */
public final class OpenAiJavaAsyncPeer implements ArmProvider {
    @Override
    public String name() {
        return "openai-java-async";
    }

    @Override
    public Arm open(ArmSettings settings) {
        return AsyncArm.open(settings);
    }
}
