package dev.avionics.contract.state;

import dev.avionics.gateway.state.FallbackState;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;

/** A fallback keeps the contract with the shared state, and without it. */
class FallbackStateTest {
    private abstract static class Fallback extends SharedStateContract {
        private final VirtualTime time = VirtualTime.create();

        abstract FailingState.Fault fault();

        @Override
        SharedState create() {
            FailingState remote = new FailingState(LocalState.create(time, time.clock(), LIMITS));
            remote.fault(fault());
            return FallbackState.of(remote.state(), LocalState.create(time, time.clock(), LIMITS), time);
        }

        @Override
        Duration shortTime() {
            return Duration.ofSeconds(10);
        }

        @Override
        void pass(Duration by) {
            time.advance(by);
        }

        @Override
        Instant now() {
            return time.instant();
        }
    }

    @Nested
    class WithTheSharedState extends Fallback {
        @Override
        FailingState.Fault fault() {
            return FailingState.Fault.NONE;
        }
    }

    @Nested
    class WithoutTheSharedState extends Fallback {
        @Override
        FailingState.Fault fault() {
            return FailingState.Fault.GONE;
        }
    }
}
