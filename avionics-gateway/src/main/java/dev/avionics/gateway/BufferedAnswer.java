package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One attempt that gives nothing before its answer is whole, or too long to be held back. A failure before that is the failure of an
 * attempt that gave nothing.
 */
final class BufferedAnswer implements Source, Source.Sink {
    /** Events that are asked for at a time, so that the backend is not waited for in between. */
    private static final int BATCH = 64;

    private final Source inner;
    private final int mostCharacters;
    private volatile @Nullable Sink out;
    private volatile boolean holding = true;
    private volatile boolean cancelled;
    private volatile @Nullable Usage whole;
    // Touched on the inner source's thread only.
    private long characters;

    // Guarded by this: what is held, what the reader is owed and what of it the inner source was asked for, whether
    // somebody
    // gives.
    private final Queue<InferenceEvent> events = new ArrayDeque<>();
    private @Nullable InferenceException failure;
    private boolean ended;
    private long asked;
    private long coming;
    private boolean giving;

    BufferedAnswer(InferenceStream<InferenceEvent> answer, int mostCharacters) {
        inner = InferenceStream.sourceOf(answer);
        this.mostCharacters = mostCharacters;
    }

    private Sink out() {
        Sink known = out;
        if (known == null) {
            throw new IllegalStateException("not started");
        }
        return known;
    }

    @Override
    public void start(Sink sink) {
        out = sink;
        synchronized (this) {
            coming = BATCH;
        }
        inner.start(this);
        inner.request(BATCH);
    }

    @Override
    public void request(long n) {
        synchronized (this) {
            asked = asked > 0 && asked + n < 0 ? Long.MAX_VALUE : asked + n;
        }
        give();
    }

    @Override
    public void cancel(CancelReason why) {
        cancelled = true;
        inner.cancel(why);
    }

    @Override
    public void resumed() {
        inner.resumed();
    }

    @Override
    public Usage usageSoFar() {
        Usage known = whole;
        return known == null ? inner.usageSoFar() : known;
    }

    @Override
    public void event(InferenceEvent event) {
        boolean more = false;
        characters += length(event);
        synchronized (this) {
            events.add(event);
            coming--;
            if (event instanceof InferenceEvent.Completed completed) {
                ended = true;
                whole = completed.usage();
                holding = false;
            } else if (holding && characters > mostCharacters) {
                holding = false;
            } else if (holding && coming <= BATCH / 2) {
                more = true;
                coming += BATCH / 2;
            }
        }
        if (more) {
            inner.request(BATCH / 2);
        }
        if (!holding) {
            give();
        }
    }

    private static int length(InferenceEvent event) {
        if (event instanceof InferenceEvent.RawFrame frame) {
            return frame.data().length();
        }
        if (event instanceof InferenceEvent.ToolCallDelta delta) {
            return delta.arguments().length();
        }
        return event.<Integer>fold(
                text -> text.text().length(),
                thinking -> thinking.text().length(),
                call -> call.call().argumentsJson().length(),
                end -> 0,
                other -> 0);
    }

    @Override
    public void fail(InferenceException why) {
        synchronized (this) {
            failure = why;
            ended = true;
            if (holding) {
                // Nobody has seen it.
                events.clear();
            }
            holding = false;
        }
        give();
    }

    /** Gives what is asked for and may be given: one thread at a time, the others leave it their work. */
    private void give() {
        synchronized (this) {
            if (giving || holding) {
                return;
            }
            giving = true;
        }
        boolean any = false;
        while (true) {
            InferenceEvent event = null;
            InferenceException why = null;
            long more = 0;
            synchronized (this) {
                if (cancelled) {
                    return;
                }
                // The end comes whether it is asked for or not.
                if (asked > 0 || events.peek() instanceof InferenceEvent.Completed) {
                    event = events.poll();
                }
                if (event != null) {
                    asked = asked == Long.MAX_VALUE ? asked : asked - 1;
                } else if (events.isEmpty() && failure != null) {
                    why = failure;
                } else {
                    giving = false;
                    if (!ended && events.isEmpty() && asked > 0 && coming <= 0) {
                        more = Math.min(asked, BATCH);
                        coming += more;
                    }
                }
            }
            if (event != null) {
                any = true;
                out().event(event);
            } else if (why != null) {
                out().fail(why);
                return;
            } else {
                if (any) {
                    out().flushPoint();
                }
                if (more > 0) {
                    inner.request(more);
                }
                return;
            }
        }
    }

    @Override
    public void flushPoint() {
        // Given together, flushed together.
    }

    @Override
    public boolean readerWaits() {
        // While it is held back the reader waits for all of it.
        Sink known = out;
        return holding || known == null || known.readerWaits();
    }
}
