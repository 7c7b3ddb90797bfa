package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FallbackTest {
    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @Tag("row-143")
    void call_whosePrimaryFailsOnce_isAnsweredByTheSecondProvider() {
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR));
        rig.anthropic.text("from the second");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        GatewayResponse response = gateway.complete(GatewayRequest.of("hi"));
        assertThat(response.text()).isEqualTo("from the second");
        assertThat(response.provider()).isEqualTo("anthropic");
        assertThat(response.metadata()).containsEntry("attempts", 2);
        assertThat(gateway.stats().fallbacks()).isEqualTo(1);
    }

    @Test
    @Tag("row-136")
    void fallbackTarget_withoutAModel_getsItsOwnDefaultAndNotThePrimarysModel() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.text("ok");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        gateway.complete(GatewayRequest.of("hi").withTarget("openai", "gpt-4.1"));
        assertThat(rig.openai.seen().get(0).target().model()).isEqualTo("gpt-4.1");
        assertThat(rig.anthropic.seen().get(0).target().model()).isEqualTo("claude-sonnet-4-6");
    }

    @Test
    @Tag("row-143")
    void request_thatIsRefusedAsWrong_stopsTheChain() {
        rig.openai.fails(failure(ErrorCategory.INVALID_REQUEST));
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        InferenceException error =
                catchThrowableOfType(InferenceException.class, () -> gateway.complete(GatewayRequest.of("hi")));
        assertThat(error.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    @Tag("row-143")
    void request_thatIsRefusedAsWrong_goesOnIfThePolicySaysSo() {
        rig.openai.fails(failure(ErrorCategory.INVALID_REQUEST));
        rig.anthropic.text("yes");
        LLMGateway gateway =
                rig.gateway().fallback(to("anthropic").withAfterRefusal(true)).build();
        assertThat(gateway.complete(GatewayRequest.of("hi")).text()).isEqualTo("yes");
    }

    @Test
    @Tag("row-143")
    void call_whoseTargetsAllFail_tellsTheFailureOfEach() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.fails(failure(ErrorCategory.QUOTA_EXHAUSTED));
        rig.ollama.fails(failure(ErrorCategory.MODEL_NOT_FOUND));
        LLMGateway gateway =
                rig.gateway().fallback(to("anthropic", "ollama/mistral")).build();
        AllProvidersFailedException error = catchThrowableOfType(
                AllProvidersFailedException.class, () -> gateway.complete(GatewayRequest.of("hi")));
        assertThat(error.causes())
                .extracting(InferenceException::category)
                .containsExactly(
                        ErrorCategory.OVERLOADED, ErrorCategory.QUOTA_EXHAUSTED, ErrorCategory.MODEL_NOT_FOUND);
        assertThat(error.attempts()).isEqualTo(3);
        assertThat(gateway.stats().failures()).isEqualTo(1);
    }

    @Test
    void target_thatCannotServeTheRequest_isPassedOver() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.capabilities(Capabilities.unknown().no(Feature.TOOLS));
        rig.ollama.text("with tools");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic", "ollama")).build();
        GatewayRequest request = GatewayRequest.builder("hi")
                .tools(List.of(ToolSpec.of("look", "looks", "{\"type\":\"object\"}")))
                .build();
        assertThat(gateway.complete(request).provider()).isEqualTo("ollama");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void request_thatIsTooLong_goesOnlyToALargerWindow() {
        rig.openai.fails(failure(ErrorCategory.CONTEXT_LENGTH));
        rig.anthropic.text("never");
        rig.ollama.text("fits");
        FallbackPolicy policy = to("anthropic/small", "ollama/large")
                .withWindows((provider, model) ->
                        OptionalLong.of(model.equals("large") ? 1_000_000 : model.equals("small") ? 4_000 : 128_000));
        LLMGateway gateway = rig.gateway().fallback(policy).build();
        assertThat(gateway.complete(GatewayRequest.of("hi")).provider()).isEqualTo("ollama");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void answer_thatAFilterStopped_goesElsewhereByExplicitPolicyOnly() {
        rig.openai.fails(failure(ErrorCategory.CONTENT_FILTER));
        rig.anthropic.text("answered");
        LLMGateway without = rig.gateway().fallback(to("anthropic")).build();
        InferenceException error =
                catchThrowableOfType(InferenceException.class, () -> without.complete(GatewayRequest.of("hi")));
        assertThat(error.category()).isEqualTo(ErrorCategory.CONTENT_FILTER);
        assertThat(rig.anthropic.seen()).isEmpty();
        LLMGateway with = rig.gateway()
                .fallback(
                        FallbackPolicy.NONE.with(ErrorCategory.CONTENT_FILTER, List.of(GatewayTarget.of("anthropic"))))
                .build();
        assertThat(with.complete(GatewayRequest.of("hi")).text()).isEqualTo("answered");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"CANCELLED", "BUDGET_EXCEEDED", "REJECTED"})
    void failure_ofOurOwn_neverGoesElsewhere(ErrorCategory category) {
        rig.openai.fails(failure(category));
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        InferenceException error =
                catchThrowableOfType(InferenceException.class, () -> gateway.complete(GatewayRequest.of("hi")));
        assertThat(error.category()).isEqualTo(category);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void attempts_overAllTargets_shareOneAllowance() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.fails(failure(ErrorCategory.OVERLOADED));
        LLMGateway gateway = rig.gateway()
                .fallback(to("anthropic", "ollama"))
                .retryPolicy(RetryPolicy.DEFAULT.withMaxRetries(3))
                .build();
        CompletableFuture<GatewayResponse> response = gateway.completeAsync(GatewayRequest.of("hi"));
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(response).isCompletedExceptionally();
        assertThat(rig.openai.seen().size()
                        + rig.anthropic.seen().size()
                        + rig.ollama.seen().size())
                .isEqualTo(4);
    }

    @Test
    void uncertainFailures_ofTargetsThatCostMoney_areTriedOnceMoreInAll() {
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR));
        rig.anthropic.fails(failure(ErrorCategory.SERVER_ERROR));
        rig.ollama.text("never");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic", "ollama")).build();
        CompletableFuture<GatewayResponse> response = gateway.completeAsync(GatewayRequest.of("hi"));
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(response).isCompletedExceptionally();
        assertThat(rig.anthropic.seen()).hasSize(1);
        assertThat(rig.ollama.seen()).isEmpty();
    }

    @Test
    @Tag("row-146")
    void stream_whosePrimaryRefuses_isStreamedByTheSecond() {
        rig.openai.fails(failure(ErrorCategory.RATE_LIMITED));
        rig.anthropic.events(text("a"), text("b"), ScriptedAdapter.completed(FinishReason.STOP, 2));
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        assertThat(reader.got).extracting(StreamingChunk::text).containsExactly("a", "b", "");
        assertThat(reader.got).extracting(StreamingChunk::provider).containsOnly("anthropic");
        assertThat(reader.complete).isTrue();
    }

    @Test
    @Tag("row-146")
    void stream_thatDiesAfterThreeChunks_failsWithoutASwitch() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"), text("b"), text("c"));
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        assertThat(reader.got).hasSize(3);
        assertThat(reader.error).isInstanceOf(InferenceException.class);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void stream_withoutContentInTime_goesToTheNextTargetAndTheFirstIsCancelled() {
        rig.openai.events();
        rig.anthropic.text("faster");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        Reader<InferenceEvent> reader = Reader.of(gateway.infer(GatewayRequest.of("hi"), rig.airframe.newCall()));
        rig.time.advance(Duration.ofSeconds(14));
        assertThat(reader.got).isEmpty();
        assertThat(rig.anthropic.seen()).isEmpty();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(reader.complete).isTrue();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void lastTarget_withoutContent_isNotLeft() {
        rig.openai.events();
        LLMGateway gateway = rig.gateway().build();
        Reader<InferenceEvent> reader = Reader.of(gateway.infer(GatewayRequest.of("hi"), rig.airframe.newCall()));
        rig.time.advance(Duration.ofMinutes(5));
        assertThat(reader.error).isNull();
        reader.subscription.cancel();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
    }

    @Test
    void deadline_coversTheAttemptsOfAllTargets() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.events();
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        Reader<InferenceEvent> reader = Reader.of(
                gateway.infer(GatewayRequest.of("hi"), rig.airframe.newCall().withTotal(Duration.ofSeconds(5))));
        assertThat(rig.anthropic.seen().get(0).context().deadline().remaining()).isEqualTo(Duration.ofSeconds(5));
        assertThat(reader.error).isNull();
        reader.subscription.cancel();
    }
}
