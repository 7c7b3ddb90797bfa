package dev.avionics.benchmarks.peers.openai;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmProvider;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Scenario;

/**
 * OpenAI's library with that of its two clients that costs less: the synchronous one for whole answers, the
 * asynchronous one for streams. One client and one request object are used again for all calls. Logging and response
 * validation are off, as they are by default.
 *
 * <p>One setting departs from the defaults, in the peer's favour: the connection pool keeps a connection for every call
 * in flight, where the default keeps five and would connect anew for most calls.
 */
public final class OpenAiJavaPeer implements ArmProvider {
    @Override
    public String name() {
        return "openai-java";
    }

    @Override
    public Arm open(ArmSettings settings) {
        return settings.scenario() == Scenario.WHOLE ? SyncArm.open(settings) : AsyncArm.open(settings);
    }
}
