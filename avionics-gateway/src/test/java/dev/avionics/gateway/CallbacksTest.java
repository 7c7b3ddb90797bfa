package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CallbacksTest {
    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        rig.close();
    }

    /** Waits for callbacks that were handed over before: they run one at a time, in order. */
    private static void settle(LLMGateway gateway) throws InterruptedException {
        gateway.close();
        assertThat(gateway.awaitCallbacks(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("row-150")
    void streamingCallback_isCalledForEachChunkInOrder() throws Exception {
        rig.openai.events(text("a"), text("b"), text("c"), ScriptedAdapter.completed(FinishReason.STOP, 3));
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        LLMGateway gateway = rig.gateway()
                .streamingCallback(chunk -> told.add(chunk.isFinal() ? "end" : chunk.text()))
                .build();
        Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        settle(gateway);
        assertThat(told).containsExactly("a", "b", "c", "end");
    }

    @Test
    @Tag("row-150")
    void streamingCallback_thatThrows_doesNotHurtTheStream() throws Exception {
        rig.openai.events(text("a"), text("b"), ScriptedAdapter.completed(FinishReason.STOP, 2));
        AtomicInteger calls = new AtomicInteger();
        LLMGateway gateway = rig.gateway()
                .streamingCallback(chunk -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("no");
                })
                .build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        settle(gateway);
        assertThat(reader.complete).isTrue();
        assertThat(reader.got).hasSize(3);
        assertThat(calls).hasValue(3);
    }

    @Test
    @Tag("row-150")
    void streamingCallback_thatBlocks_holdsUpNoStream() throws Exception {
        rig.openai.events(text("a"), ScriptedAdapter.completed(FinishReason.STOP, 1));
        CountDownLatch goOn = new CountDownLatch(1);
        LLMGateway gateway = rig.gateway()
                .streamingCallback(chunk -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .build();
        // Far more chunks than may wait for it.
        for (int i = 0; i < 4000; i++) {
            assertThat(Reader.of(gateway.completeStream(GatewayRequest.of("hi"))).complete)
                    .isTrue();
        }
        assertThat(gateway.droppedCallbacks()).isPositive();
        goOn.countDown();
        settle(gateway);
    }

    @Test
    @Tag("row-149")
    void resourceCallback_isToldTheTokensOfEachCall() throws Exception {
        rig.openai.events(text("a"), ScriptedAdapter.completed(FinishReason.STOP, 4));
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        LLMGateway gateway = rig.gateway()
                .resourceCallback((in, out) -> {
                    told.add(in + "/" + out);
                    return Optional.empty();
                })
                .build();
        gateway.complete(GatewayRequest.of("hi"));
        settle(gateway);
        assertThat(told).containsExactly("10/4");
    }

    @Test
    @Tag("row-149")
    void resourceCallback_thatSaysEnough_refusesTheNextCallIfItIsEnforced() {
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway()
                .resourceCallback((in, out) -> Optional.of("quota of the day"))
                .enforceResources(true)
                .build();
        gateway.complete(GatewayRequest.of("first"));
        InferenceException error =
                catchThrowableOfType(InferenceException.class, () -> gateway.complete(GatewayRequest.of("second")));
        assertThat(error.category()).isEqualTo(ErrorCategory.BUDGET_EXCEEDED);
        assertThat(error).hasMessageContaining("quota of the day");
        assertThat(rig.openai.seen()).hasSize(1);
    }

    @Test
    @Tag("row-149")
    void resourceCallback_thatSaysEnough_stopsNothingIfItIsNotEnforced() {
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway()
                .resourceCallback((in, out) -> Optional.of("quota"))
                .build();
        gateway.complete(GatewayRequest.of("first"));
        assertThat(gateway.complete(GatewayRequest.of("second")).text()).isEqualTo("ok");
    }

    @Test
    @Tag("row-149")
    void resourceCallback_thatChangesItsMind_isAskedAgain() {
        rig.openai.text("ok");
        AtomicReference<Optional<String>> says = new AtomicReference<>(Optional.of("quota"));
        LLMGateway gateway = rig.gateway()
                .resourceCallback((in, out) -> says.get())
                .enforceResources(true)
                .build();
        gateway.complete(GatewayRequest.of("first"));
        says.set(Optional.empty());
        assertThat(gateway.complete(GatewayRequest.of("second")).text()).isEqualTo("ok");
    }

    @Test
    @Tag("row-149")
    void resourceCallback_thatMayNotSpend_refusesBeforeAnythingIsSent() {
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway()
                .resourceCallback(new ResourceCallback() {
                    @Override
                    public Optional<String> onUsage(long in, long out) {
                        return Optional.empty();
                    }

                    @Override
                    public boolean canSpend(long tokensIn, Cost estimate) {
                        return tokensIn < 100;
                    }
                })
                .enforceResources(true)
                .build();
        assertThat(gateway.complete(GatewayRequest.of("short")).text()).isEqualTo("ok");
        InferenceException error = catchThrowableOfType(
                InferenceException.class, () -> gateway.complete(GatewayRequest.of("long ".repeat(200))));
        assertThat(error.category()).isEqualTo(ErrorCategory.BUDGET_EXCEEDED);
        assertThat(rig.openai.seen()).hasSize(1);
    }

    @Test
    @Tag("row-149")
    void resourceCallback_thatThrows_neitherFailsTheCallNorLeavesItsTarget() {
        rig.openai.text("ok");
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway()
                .fallback(GatewayRig.to("anthropic"))
                .resourceCallback((in, out) -> {
                    throw new IllegalStateException("broken");
                })
                .enforceResources(true)
                .build();
        assertThat(gateway.complete(GatewayRequest.of("first")).provider()).isEqualTo("openai");
        assertThat(gateway.complete(GatewayRequest.of("second")).provider()).isEqualTo("openai");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    @Tag("row-154")
    void callbacks_thatAreTakenOut_areNotCalledAnyMore() throws Exception {
        rig.openai.events(text("a"), ScriptedAdapter.completed(FinishReason.STOP, 1));
        AtomicInteger calls = new AtomicInteger();
        LLMGateway gateway = rig.gateway()
                .streamingCallback(chunk -> calls.incrementAndGet())
                .resourceCallback((in, out) -> {
                    calls.incrementAndGet();
                    return Optional.empty();
                })
                .build();
        gateway.setStreamingCallback(null);
        gateway.setResourceCallback(null);
        Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        gateway.complete(GatewayRequest.of("hi"));
        settle(gateway);
        assertThat(calls).hasValue(0);
    }
}
