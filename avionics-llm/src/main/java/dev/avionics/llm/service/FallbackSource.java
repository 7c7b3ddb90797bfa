package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks one model after the other until one answers. Once an answer has begun there is no other model. */
final class FallbackSource implements Source {
    /** What speaks against the model, and not against the request, the key or the address. */
    private static final Set<ErrorCategory> OF_THE_MODEL = EnumSet.of(
            ErrorCategory.MODEL_NOT_FOUND,
            ErrorCategory.CONTEXT_LENGTH,
            ErrorCategory.OVERLOADED,
            ErrorCategory.SERVER_ERROR);

    private final List<String> models;
    private final Function<String, InferenceStream<InferenceEvent>> ask;
    private @Nullable Sink sink;

    // Guarded by this.
    private final List<InferenceException> failures = new ArrayList<>();
    private @Nullable Source current;
    private @Nullable CancelReason cancelled;
    private long asked;
    private int turn;

    /**
     * A source of the first answer.
     *
     * @param models their names in order, at least one
     * @param ask asks one of them
     */
    FallbackSource(List<String> models, Function<String, InferenceStream<InferenceEvent>> ask) {
        this.models = List.copyOf(models);
        this.ask = ask;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        begin(0);
    }

    private void begin(int index) {
        synchronized (this) {
            if (cancelled != null) {
                return;
            }
        }
        Watch watch = new Watch(index);
        Source next;
        try {
            next = InferenceStream.sourceOf(ask.apply(models.get(index)));
        } catch (RuntimeException e) {
            // Thrown on, it would go to the stream of the model before.
            watch.fail(
                    e instanceof InferenceException known
                            ? known
                            : InferenceException.builder(ErrorCategory.REJECTED, "the call could not be made: " + e)
                                    .cause(e)
                                    .build());
            return;
        }
        next.start(watch);
        long pending = 0;
        CancelReason why;
        synchronized (this) {
            why = cancelled;
            // It may have failed within its start: then the next one is at it already.
            if (turn == index) {
                current = next;
                pending = asked;
            }
        }
        if (why != null) {
            next.cancel(why);
        } else if (pending > 0) {
            next.request(pending);
        }
    }

    @Override
    public void request(long n) {
        Source to;
        synchronized (this) {
            asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
            to = current;
        }
        if (to != null) {
            to.request(n);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        Source to;
        synchronized (this) {
            cancelled = why;
            to = current;
        }
        if (to != null) {
            to.cancel(why);
        }
    }

    private synchronized @Nullable Source at() {
        return current;
    }

    @Override
    public void resumed() {
        Source to = at();
        if (to != null) {
            to.resumed();
        }
    }

    @Override
    public Usage usageSoFar() {
        Source to = at();
        return to == null ? Usage.absent() : to.usageSoFar();
    }

    private Sink sink() {
        return requireNonNull(sink, "sink");
    }

    /** What one model says. */
    private final class Watch implements Sink {
        private final int index;
        private boolean begun;

        Watch(int index) {
            this.index = index;
        }

        @Override
        public void event(InferenceEvent event) {
            begun = true;
            sink().event(event);
        }

        @Override
        public void flushPoint() {
            if (begun) {
                sink().flushPoint();
            }
        }

        @Override
        public void fail(InferenceException why) {
            boolean more = !begun && OF_THE_MODEL.contains(why.category()) && index + 1 < models.size();
            synchronized (FallbackSource.this) {
                failures.add(why);
                if (more) {
                    current = null;
                    turn = index + 1;
                }
            }
            if (more) {
                begin(index + 1);
            } else {
                sink().fail(all(why));
            }
        }

        @Override
        public boolean readerWaits() {
            return sink().readerWaits();
        }
    }

    private synchronized InferenceException all(InferenceException last) {
        if (failures.size() == 1) {
            return last;
        }
        List<String> each = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            each.add(models.get(i) + ": " + failures.get(i).getMessage());
        }
        InferenceException whole = last.toBuilder()
                .message((failures.size() == models.size() ? "All models failed: " : "Models failed: ")
                        + each.stream().collect(Collectors.joining("; ")))
                .build();
        failures.forEach(whole::addSuppressed);
        return whole;
    }
}
