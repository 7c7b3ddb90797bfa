package dev.avionics.airframe.llamacpp.model;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.PoolingType;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One opened model and the threads of its slots. Opened with the first call and kept for the life of the process: closing a
 * model does not give its memory back, and closing it under a reader strands the reader.
 */
public final class NativeModel {
    private static final Map<ModelOptions, NativeModel> OPEN = new ConcurrentHashMap<>();

    private final ModelOptions options;
    private final ThreadPoolExecutor slots;
    private @Nullable LlamaModel model;

    private NativeModel(ModelOptions options) {
        this.options = options;
        BlockingQueue<Runnable> waiting =
                options.queue() == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(options.queue());
        AtomicInteger count = new AtomicInteger();
        slots = new ThreadPoolExecutor(options.slots(), options.slots(), 30, TimeUnit.SECONDS, waiting, task -> {
            Thread thread = new Thread(task, "avionics-llamacpp-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        slots.allowCoreThreadTimeOut(true);
    }

    /** The one model for these options; opened when it is used. */
    public static NativeModel of(ModelOptions options) {
        return OPEN.computeIfAbsent(options, NativeModel::new);
    }

    /** The threads of the slots; refuses tasks when the queue is full. */
    public ThreadPoolExecutor slots() {
        return slots;
    }

    /** How it is opened. */
    public ModelOptions options() {
        return options;
    }

    /** The opened model. Blocks while it is opened; only on a slot's thread. */
    public synchronized LlamaModel open() {
        LlamaModel opened = model;
        if (opened == null) {
            NativeLibrary.load();
            try {
                opened = new LlamaModel(parameters());
            } catch (RuntimeException e) {
                throw InferenceException.builder(
                                ErrorCategory.INVALID_REQUEST,
                                "llama.cpp cannot open " + options.file() + ": " + e.getMessage()
                                        + " (is the file whole, and its architecture known to llama.cpp?)")
                        .origin(ErrorOrigin.CALLER)
                        .sent(InferenceException.Sent.NOTHING)
                        .cause(e)
                        .build();
            }
            model = opened;
        }
        return opened;
    }

    private ModelParameters parameters() {
        // With context shift llama.cpp would cut a long prompt without a word.
        ModelParameters parameters = new ModelParameters()
                .setModel(options.file().toString())
                .setCtxSize(Math.multiplyExact(options.context(), options.slots()))
                .setParallel(options.slots())
                .disableContextShift()
                .disableLog();
        Integer threads = options.threads();
        if (threads != null) {
            parameters.setThreads(threads);
        }
        if (options.gpuLayers() > 0) {
            parameters.setGpuLayers(options.gpuLayers());
        }
        if (options.slots() > 1) {
            parameters.enableContBatching();
        }
        if (options.embedding()) {
            // MEAN ends the process with some models.
            parameters.enableEmbedding().setPoolingType(PoolingType.LAST);
        }
        return parameters;
    }
}
