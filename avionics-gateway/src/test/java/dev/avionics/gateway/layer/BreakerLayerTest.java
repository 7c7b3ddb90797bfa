package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.LLMGateway;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerLayerTest {
    private final GatewayRig rig = new GatewayRig();
    private final LLMGateway gateway = rig.gateway()
            .retryPolicy(RetryPolicy.NEVER)
            .fallback(GatewayRig.to("ollama"))
            .build();

    @AfterEach
    void close() {
        rig.close();
    }

    private InferenceException failing(LLMGateway by) {
        return catchThrowableOfType(InferenceException.class, () -> by.complete(GatewayRequest.of("hi")));
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(failing(gateway)).isNotNull();
        }
    }

    @Test
    void target_thatFailsTenTimes_isLeftAloneAndItsCallsBeginElsewhere() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("meanwhile");
        fail(10);
        int before = rig.openai.seen().size();
        assertThat(gateway.complete(GatewayRequest.of("hi")).provider()).isEqualTo("ollama");
        assertThat(rig.openai.seen()).hasSize(before);
    }

    @Test
    void target_afterFifteenSeconds_isTriedOnceAndTakenBackIfItAnswers() {
        for (int i = 0; i < 10; i++) {
            rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        }
        rig.openai.text("back");
        rig.ollama.text("meanwhile");
        fail(10);
        rig.time.advance(Duration.ofSeconds(14));
        assertThat(gateway.complete(GatewayRequest.of("hi")).provider()).isEqualTo("ollama");
        rig.time.advance(Duration.ofMillis(1001));
        assertThat(gateway.complete(GatewayRequest.of("hi")).text()).isEqualTo("back");
        assertThat(gateway.complete(GatewayRequest.of("hi")).text()).isEqualTo("back");
    }

    @Test
    void target_thatFailsItsTrial_isLeftAloneTwiceAsLong() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("meanwhile");
        fail(10);
        rig.time.advance(Duration.ofMillis(15_001));
        assertThat(failing(gateway)).isNotNull();
        int after = rig.openai.seen().size();
        rig.time.advance(Duration.ofSeconds(29));
        assertThat(gateway.complete(GatewayRequest.of("hi")).provider()).isEqualTo("ollama");
        assertThat(rig.openai.seen()).hasSize(after);
        rig.time.advance(Duration.ofMillis(1001));
        assertThat(failing(gateway)).isNotNull();
        assertThat(rig.openai.seen()).hasSize(after + 1);
    }

    @Test
    void call_whoseOnlyTargetIsLeftAlone_isRefusedAtOnceWithoutAnAttempt() {
        LLMGateway alone = rig.gateway().retryPolicy(RetryPolicy.NEVER).build();
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        for (int i = 0; i < 10; i++) {
            failing(alone);
        }
        InferenceException refused = failing(alone);
        assertThat(refused.code()).contains("breaker_open");
        assertThat(rig.openai.seen()).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"INVALID_REQUEST", "RATE_LIMITED", "AUTHENTICATION", "CONTENT_FILTER", "CANCELLED"})
    void failure_thatIsNotTheTargets_opensNothing(ErrorCategory category) {
        LLMGateway alone = rig.gateway().retryPolicy(RetryPolicy.NEVER).build();
        rig.openai.fails(failure(category));
        for (int i = 0; i < 30; i++) {
            assertThat(failing(alone).category()).isEqualTo(category);
        }
        assertThat(rig.openai.seen()).hasSize(30);
    }
}
