package dev.avionics.llm.tool;

import static dev.avionics.llm.tool.Replies.call;
import static dev.avionics.llm.tool.Replies.calls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.Inference;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How runs are given up, and how they break. */
@Timeout(60)
class ToolCancelTest {
    private static final InferenceRequest QUESTION = InferenceRequest.of("Go");

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Runs until it is interrupted. */
    private final Tool endless = Tool.of(ToolSpec.of("endless", ""), none -> {
        running.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        return "never";
    });

    private static MockProvider callsEndless() {
        return MockProvider.builder()
                .reply(calls(call("1", "endless", "{}")))
                .reply("never asked for")
                .build();
    }

    @Test
    void cancel_whileAToolRuns_interruptsIt() throws Exception {
        MockProvider provider = callsEndless();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(endless).build()) {
            CompletableFuture<ToolRun> run = loop.start(QUESTION);
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

            run.cancel(false);

            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(provider.callCount()).isEqualTo(1);
        }
    }

    @Test
    void interrupt_ofTheThreadThatWaits_interruptsTheTool() throws Exception {
        MockProvider provider = callsEndless();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(endless).build()) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    loop.run(QUESTION);
                    flag.completeExceptionally(new AssertionError("it ended"));
                } catch (InferenceException e) {
                    flag.complete(e.category() == ErrorCategory.CANCELLED
                            && Thread.currentThread().isInterrupted());
                }
            });
            reader.start();
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

            reader.interrupt();

            assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cancel_whileAnAnswerComes_cancelsIt() throws Exception {
        MockProvider provider = MockProvider.builder()
                .reply(MockReply.text("one two three").paced(Duration.ofDays(1)))
                .build();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Inference watched = new Inference() {
            @Override
            public InferenceStream<InferenceEvent> infer(
                    @Nullable String model, InferenceRequest request, CallContext context) {
                return provider.infer(model, request, context).observe(outcome::complete);
            }

            @Override
            public CallContext newCall() {
                return provider.newCall();
            }
        };
        CountDownLatch text = new CountDownLatch(1);
        try (provider;
                ToolLoop loop = ToolLoop.builder(watched).build()) {
            CompletableFuture<ToolRun> run = loop.start(QUESTION, event -> {
                if (!event.text().isEmpty()) {
                    text.countDown();
                }
            });
            assertThat(text.await(30, TimeUnit.SECONDS)).isTrue();

            run.cancel(false);

            assertThat(outcome.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Outcome.Cancelled.class,
                            cancelled -> assertThat(cancelled.reason()).isEqualTo(CancelReason.CALLER));
        }
    }

    @Test
    void cancel_byTheListener_endsTheRun() throws Exception {
        MockProvider provider = callsEndless();
        CompletableFuture<CompletableFuture<ToolRun>> handle = new CompletableFuture<>();
        AtomicBoolean ran = new AtomicBoolean();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider)
                        .tool(Tool.of(ToolSpec.of("endless", ""), none -> {
                            ran.set(true);
                            return Thread.currentThread().isInterrupted();
                        }))
                        .build()) {
            CompletableFuture<ToolRun> run = loop.start(QUESTION, event -> {
                if (event instanceof ToolEvent.ToolCalled) {
                    handle.join().cancel(false);
                }
            });
            handle.complete(run);

            assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(java.util.concurrent.CancellationException.class);
            assertThat(provider.callCount()).isEqualTo(1);
        }
    }

    @Test
    void executorThatRefuses_endsTheRun() {
        MockProvider provider = callsEndless();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider)
                        .tool(endless)
                        .executor(task -> {
                            throw new RejectedExecutionException("full");
                        })
                        .build()) {
            ToolLoopException e = catchThrowableOfType(ToolLoopException.class, () -> loop.run(QUESTION));

            assertThat(e.category()).isEqualTo(ErrorCategory.REJECTED);
            assertThat(e).hasMessageContaining("takes no more");
        }
    }

    @Test
    void closedLoop_endsTheRunWithRejected() {
        MockProvider provider = callsEndless();
        ToolLoop loop = ToolLoop.builder(provider).tool(endless).build();
        loop.close();
        try (provider) {
            assertThat(catchThrowableOfType(ToolLoopException.class, () -> loop.run(QUESTION))
                            .category())
                    .isEqualTo(ErrorCategory.REJECTED);
        }
    }

    @Test
    void errorInATool_endsTheRunAndTheOtherTools() throws Exception {
        MockProvider provider = MockProvider.builder()
                .reply(calls(call("1", "endless", "{}"), call("2", "broken", "{}")))
                .build();
        Tool broken = Tool.of(ToolSpec.of("broken", ""), none -> {
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            throw new NoClassDefFoundError("Gone");
        });
        try (provider;
                ToolLoop loop =
                        ToolLoop.builder(provider).tool(endless).tool(broken).build()) {
            assertThatThrownBy(() -> loop.run(QUESTION))
                    .isInstanceOf(ToolLoopException.class)
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void inferenceThatThrows_endsTheRun() {
        Inference broken = new Inference() {
            @Override
            public InferenceStream<InferenceEvent> infer(
                    @Nullable String model, InferenceRequest request, CallContext context) {
                throw new IllegalStateException("broken");
            }

            @Override
            public CallContext newCall() {
                return CallContext.create(dev.avionics.airframe.call.Delivery.TRANSPORT);
            }
        };
        try (ToolLoop loop = ToolLoop.builder(broken).build()) {
            assertThatThrownBy(() -> loop.start(QUESTION).join())
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("broken");
        }
    }

    private static final class Loop extends Thread implements TransportThread {
        Loop(Runnable task) {
            super(task);
        }
    }

    @Test
    void executorOfTheTransport_isRefused() {
        MockProvider provider = callsEndless();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider)
                        .tool(endless)
                        .executor(task -> new Loop(task).start())
                        .build()) {
            assertThatThrownBy(() -> loop.run(QUESTION))
                    .isInstanceOf(ToolLoopException.class)
                    .hasMessageContaining("this is a transport thread");
            assertThat(running.getCount()).isEqualTo(1);
        }
    }

    @Test
    void run_onATransportThread_isRefused() throws Exception {
        CompletableFuture<ToolRun> run = new CompletableFuture<>();
        try (MockProvider provider = MockProvider.create();
                ToolLoop loop = ToolLoop.builder(provider).build()) {
            new Loop(() -> {
                        try {
                            run.complete(loop.run(QUESTION));
                        } catch (RuntimeException e) {
                            run.completeExceptionally(e);
                        }
                    })
                    .start();

            assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }
}
