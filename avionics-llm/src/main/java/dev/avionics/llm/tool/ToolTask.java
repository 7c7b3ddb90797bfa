package dev.avionics.llm.tool;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one tool; when it is cancelled its thread is interrupted, and nothing follows. */
final class ToolTask extends FutureTask<Object> {
    private final Consumer<@Nullable Throwable> then;

    /**
     * A task.
     *
     * @param then what follows, on the same thread, where a cancel does not interrupt any more; is given what the tool broke
     *     with, or null
     */
    ToolTask(Callable<Object> tool, Consumer<@Nullable Throwable> then) {
        super(tool);
        this.then = then;
    }

    @Override
    protected void done() {
        if (isCancelled()) {
            return;
        }
        Throwable broken = null;
        try {
            get();
        } catch (ExecutionException e) {
            broken = e.getCause() == null ? e : e.getCause();
        } catch (InterruptedException e) {
            // It is done: get() has not waited. The tool left the flag set.
            Thread.currentThread().interrupt();
        }
        then.accept(broken);
    }
}
