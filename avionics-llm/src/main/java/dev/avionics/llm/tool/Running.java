package dev.avionics.llm.tool;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run. Answers and tools take turns, so that at any time one thread decides what is next. */
final class Running {
    private static final Logger LOG = LoggerFactory.getLogger(ToolLoop.class);

    private final ToolLoop loop;
    private final InferenceRequest request;
    private final Consumer<? super ToolEvent> listener;
    private final ReentrantLock telling = new ReentrantLock();
    private final CompletableFuture<ToolRun> future = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();

    // Whole rounds only.
    private volatile List<Message> messages;
    private volatile int round;
    private @Nullable Deadline deadline;
    private volatile Scheduler.@Nullable Handle timer;

    // Guarded by the run: the tokens so far, and how to stop what goes on.
    private Usage usage = Usage.absent();
    private Consumer<CancelReason> stop = reason -> {};
    private @Nullable CancelReason stopped;

    Running(ToolLoop loop, InferenceRequest request, Consumer<? super ToolEvent> listener) {
        this.loop = loop;
        this.request = request;
        this.listener = listener;
        messages = request.messages();
    }

    CompletableFuture<ToolRun> start() {
        // Whoever completes the future from outside has no use for the rest.
        future.whenComplete((run, error) -> end(CancelReason.CALLER));
        Duration timeout = loop.timeout();
        if (timeout != null) {
            deadline = Deadline.after(loop.ticker(), timeout);
            Scheduler.Handle handle = loop.scheduler().schedule(() -> expire(timeout), timeout);
            timer = handle;
            if (over.get()) {
                handle.cancel();
            }
        }
        ask();
        return future;
    }

    private void ask() {
        try {
            if (over.get()) {
                return;
            }
            int mine = round + 1;
            round = mine;
            tell(new ToolEvent.RoundBegun(mine));
            CallContext call = loop.newCall();
            Deadline until = deadline;
            if (until != null) {
                call = call.withDeadline(until);
            }
            if (call.delivery().executor() == null) {
                call = call.deliveredOn(Delivery.on(loop.executor()));
            }
            InferenceStream<InferenceEvent> answer = loop.inference()
                    .infer(loop.model(), next(), call)
                    .observe(outcome -> spend(outcome.usage()))
                    .peek(event -> tell(new ToolEvent.Answering(mine, event)));
            if (stopBy(answer::cancel)) {
                answer.collect().whenComplete(this::answered);
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private synchronized void spend(Usage more) {
        usage = usage.plus(more);
    }

    private synchronized Usage usage() {
        return usage;
    }

    private InferenceRequest next() {
        InferenceRequest.Builder next = request.toBuilder().messages(messages).tools(loop.tools());
        ToolChoice choice = request.toolChoice();
        boolean forced =
                choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL);
        if (forced && round > 1) {
            next.toolChoice(null);
        }
        return next.build();
    }

    private void answered(@Nullable InferenceResult result, @Nullable Throwable error) {
        try {
            if (result == null) {
                fail(error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            } else if (result.toolCalls().isEmpty()) {
                List<Message> all = with(result.message());
                if (end(null)) {
                    future.complete(new ToolRun(result, all, round, usage()));
                }
            } else if (round == loop.maxRounds()) {
                fail(InferenceException.builder(
                                ErrorCategory.REJECTED,
                                "the model still calls tools in round " + round + " (maxRounds: " + loop.maxRounds()
                                        + ")")
                        .origin(ErrorOrigin.US)
                        .build());
            } else {
                runTools(result.message(), result.toolCalls());
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private List<Message> with(Message... more) {
        List<Message> all = new ArrayList<>(messages);
        all.addAll(Arrays.asList(more));
        return List.copyOf(all);
    }

    private void runTools(Message asked, List<Part.ToolCall> calls) {
        Part.ToolResult[] results = new Part.ToolResult[calls.size()];
        AtomicInteger left = new AtomicInteger(results.length);
        List<FutureTask<?>> tasks = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            int index = i;
            tasks.add(new ToolTask(() -> results[index] = runTool(calls.get(index)), broken -> {
                if (broken != null) {
                    fail(broken);
                } else if (left.decrementAndGet() == 0) {
                    messages = with(asked, new Message(Role.TOOL, List.of(results)));
                    ask();
                }
            }));
        }
        if (!stopBy(reason -> tasks.forEach(task -> task.cancel(true)))) {
            return;
        }
        for (FutureTask<?> task : tasks) {
            try {
                loop.executor().execute(task);
            } catch (RejectedExecutionException e) {
                fail(InferenceException.builder(ErrorCategory.REJECTED, "the executor for tools takes no more")
                        .origin(ErrorOrigin.US)
                        .cause(e)
                        .build());
                return;
            }
        }
    }

    private Part.ToolResult runTool(Part.ToolCall call) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException(
                    "tools may block, and this is a transport thread: give the loop another executor");
        }
        int mine = round;
        tell(new ToolEvent.ToolCalled(mine, call));
        Part.ToolResult result = loop.toolbox().run(call);
        tell(new ToolEvent.ToolDone(mine, call, result));
        return result;
    }

    private void tell(ToolEvent event) {
        telling.lock();
        try {
            if (!over.get()) {
                listener.accept(event);
            }
        } catch (RuntimeException e) {
            LOG.warn("tool_listener_error: a listener of a run threw", e);
        } finally {
            telling.unlock();
        }
    }

    /** Says how what goes on is stopped; false if the run has ended. */
    private boolean stopBy(Consumer<CancelReason> action) {
        CancelReason before;
        synchronized (this) {
            stop = action;
            before = stopped;
        }
        if (before != null) {
            action.accept(before);
        }
        return before == null && !over.get();
    }

    /** Ends the run, once, and stops what goes on; false if it has ended before. */
    private boolean end(@Nullable CancelReason reason) {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        Scheduler.Handle handle = timer;
        if (handle != null) {
            handle.cancel();
        }
        if (reason != null) {
            Consumer<CancelReason> action;
            synchronized (this) {
                stopped = reason;
                action = stop;
            }
            action.accept(reason);
        }
        return true;
    }

    private void expire(Duration timeout) {
        List<Message> whole = messages;
        if (end(CancelReason.DEADLINE)) {
            InferenceException late = InferenceException.builder(
                            ErrorCategory.TIMEOUT, "the run took longer than " + timeout + ", in round " + round)
                    .origin(ErrorOrigin.US)
                    .clock("total")
                    .build();
            // The timer's thread is for all: what hangs on the future must not hold it up.
            ForkJoinPool.commonPool().execute(() -> future.completeExceptionally(failure(late, whole)));
        }
    }

    private void fail(@Nullable Throwable why) {
        List<Message> whole = messages;
        // One tool may have broken while others go on.
        if (end(CancelReason.SUPERSEDED)) {
            InferenceException known = why instanceof InferenceException error
                    ? error
                    : InferenceException.builder(ErrorCategory.REJECTED, "the run broke on our side: " + why)
                            .origin(ErrorOrigin.US)
                            .cause(why)
                            .build();
            future.completeExceptionally(failure(known, whole));
        }
    }

    private ToolLoopException failure(InferenceException why, List<Message> whole) {
        return new ToolLoopException(why.toBuilder().usage(usage()).cause(why), whole, round);
    }
}
