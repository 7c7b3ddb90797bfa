package dev.avionics.llm.tool;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.DeliveryExecutors;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.llm.Inference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs conversations with tools to their end: asks the model, runs the tools that it calls, tells it the results, until it calls
 * none. Thread-safe; one is enough for many runs.
 *
 * <p>The tools of one answer run at once, on the executor for tools, never on a transport thread; the model is told their
 * results in the order of its calls. A tool that throws, is unknown, or is called with arguments that do not fit its schema does
 * not end the run: the model is told what is wrong.
 *
 * <p>Listeners are told one event after the other, on the threads where answers are delivered and tools run, of the first round
 * on the thread that starts; what they throw is logged. Nothing is told after the run has ended.
 */
public final class ToolLoop implements AutoCloseable {
    private final Inference inference;
    private final @Nullable String model;
    private final Toolbox toolbox;
    private final int maxRounds;
    private final @Nullable Duration timeout;
    private final Executor executor;
    private final @Nullable ExecutorService ownExecutor;
    private final Scheduler scheduler;
    private final @Nullable SystemScheduler ownScheduler;
    private final Ticker ticker;
    private final UnaryOperator<CallContext> call;

    private ToolLoop(Builder builder) {
        inference = builder.inference;
        model = builder.model;
        toolbox = new Toolbox(builder.tools, builder.maxResultCharacters);
        maxRounds = builder.maxRounds;
        timeout = builder.timeout;
        ticker = builder.ticker;
        call = builder.call;
        if (builder.executor == null) {
            ownExecutor = DeliveryExecutors.create();
            executor = ownExecutor;
        } else {
            ownExecutor = null;
            executor = builder.executor;
        }
        if (builder.scheduler == null) {
            ownScheduler = new SystemScheduler();
            scheduler = ownScheduler;
        } else {
            ownScheduler = null;
            scheduler = builder.scheduler;
        }
    }

    /** A builder of a loop over a provider or a gateway, which stays its owner's. */
    public static Builder builder(Inference inference) {
        return new Builder(inference);
    }

    /** The tools, as the model is told of them. */
    public List<ToolSpec> tools() {
        return toolbox.specs();
    }

    /** As {@link #start(InferenceRequest, Consumer)}, without a listener. */
    public CompletableFuture<ToolRun> start(InferenceRequest request) {
        return start(request, event -> {});
    }

    /**
     * Starts a run. The first request is encoded on this thread.
     *
     * @param request the conversation and its options. A tool that must be called holds for the first answer only: the
     *     model would never end
     * @param listener is told what happens
     * @return completes where answers are delivered or tools run, or, when the time is over, on the JVM's common pool. Fails with
     *     {@link ToolLoopException}. Cancelling it, or completing it otherwise, cancels the running answer and interrupts the
     *     running tools
     * @throws IllegalArgumentException if the request names tools that are not the loop's
     */
    public CompletableFuture<ToolRun> start(InferenceRequest request, Consumer<? super ToolEvent> listener) {
        for (ToolSpec tool : request.tools()) {
            if (!toolbox.holds(tool.name())) {
                throw new IllegalArgumentException("request: the tool " + tool.name() + " (expected: the loop's only)");
            }
        }
        return new Running(this, request, requireNonNull(listener, "listener")).start();
    }

    /** As {@link #run(InferenceRequest, Consumer)}, without a listener. */
    public ToolRun run(InferenceRequest request) {
        return run(request, event -> {});
    }

    /**
     * As {@link #start}, and waits for the end.
     *
     * @throws ToolLoopException if it does not come to its end
     * @throws InferenceException of category CANCELLED if this thread is interrupted, whose flag stays set
     * @throws IllegalStateException on a transport thread
     */
    public ToolRun run(InferenceRequest request, Consumer<? super ToolEvent> listener) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException("run blocks, and this is a transport thread: use start");
        }
        CompletableFuture<ToolRun> running = start(request, listener);
        try {
            return running.get();
        } catch (InterruptedException e) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            throw InferenceException.builder(ErrorCategory.CANCELLED, "interrupted while the run went on")
                    .cause(e)
                    .build();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InferenceException known) {
                throw known;
            }
            throw new IllegalStateException("the run broke", e);
        }
    }

    /**
     * Lets go of threads of its own; to be called when no run is under way. One that is ends with REJECTED when it has tools to run, and
     * its time is not watched any more.
     */
    @Override
    public void close() {
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
        if (ownScheduler != null) {
            ownScheduler.close();
        }
    }

    Inference inference() {
        return inference;
    }

    @Nullable
    String model() {
        return model;
    }

    Toolbox toolbox() {
        return toolbox;
    }

    int maxRounds() {
        return maxRounds;
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    Executor executor() {
        return executor;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Ticker ticker() {
        return ticker;
    }

    CallContext newCall() {
        return call.apply(inference.newCall());
    }

    /** Builds a {@link ToolLoop}; not thread-safe. */
    public static final class Builder {
        private final Inference inference;
        private final List<Tool> tools = new ArrayList<>();
        private @Nullable String model;
        private int maxRounds = 10;
        private int maxResultCharacters = 100_000;
        private @Nullable Duration timeout;
        private @Nullable Executor executor;
        private @Nullable Scheduler scheduler;
        private Ticker ticker = Ticker.system();
        private UnaryOperator<CallContext> call = UnaryOperator.identity();

        private Builder(Inference inference) {
            this.inference = requireNonNull(inference, "inference");
        }

        /** Adds a tool. */
        public Builder tool(Tool tool) {
            tools.add(requireNonNull(tool, "tool"));
            return this;
        }

        /** Adds tools. */
        public Builder tools(List<Tool> more) {
            more.forEach(this::tool);
            return this;
        }

        /** Adds the methods of an object that carry {@link ToolMethod}. */
        public Builder toolsOf(Object object) {
            tools.addAll(Tool.methodsOf(object));
            return this;
        }

        /** The model's name, or null for the default one. */
        public Builder model(@Nullable String value) {
            model = value;
            return this;
        }

        /** How many answers a run may take, at least 1; default 10. Tools of the last one are not run. */
        public Builder maxRounds(int value) {
            maxRounds = positive("maxRounds", value);
            return this;
        }

        /**
         * How many characters of text the model is told of one result, at least 1; default 100 000. What is longer is cut, and the
         * model is told so. Images and documents are not counted.
         */
        public Builder maxResultCharacters(int value) {
            maxResultCharacters = positive("maxResultCharacters", value);
            return this;
        }

        private static int positive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
            }
            return value;
        }

        /** How long a run may take with all its answers and tools; default no limit but those of each answer. */
        public Builder timeout(Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException("timeout: " + value + " (expected: > 0)");
            }
            timeout = value;
            return this;
        }

        /**
         * Runs the tools; stays its owner's. Default virtual threads where the JVM has them, else at most 64 threads of its own.
         * One thread makes tools run one after the other. A tool that runs another loop on the same executor and waits for it
         * needs one with room for both.
         */
        public Builder executor(Executor value) {
            executor = requireNonNull(value, "value");
            return this;
        }

        /** Ends runs at their time; stays its owner's. Default one of its own. */
        public Builder scheduler(Scheduler value) {
            scheduler = requireNonNull(value, "value");
            return this;
        }

        /** Measures the time of runs; default the JVM's. */
        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "value");
            return this;
        }

        /** Changes the call of each answer: its clocks, attributes, observers. */
        public Builder call(UnaryOperator<CallContext> value) {
            call = requireNonNull(value, "value");
            return this;
        }

        public ToolLoop build() {
            return new ToolLoop(this);
        }
    }
}
