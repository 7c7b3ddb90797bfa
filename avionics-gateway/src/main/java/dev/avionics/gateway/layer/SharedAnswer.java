package dev.avionics.gateway.layer;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer that several read, each at its own place: a chain of events, of which each reader holds the one that it had last. What
 * all have passed is let go of by itself. As much is asked for as the fastest reader wants; nobody waits for another.
 *
 * <p>The lock is never held while a source or a reader is called.
 */
final class SharedAnswer implements Source.Sink {
    private static final SharedReader[] NOBODY = {};

    private final SingleFlightLayer layer;
    private final SingleFlightLayer.Same same;
    private final Supplier<InferenceStream<InferenceEvent>> opener;

    // Written under the lock, read without.
    private volatile SharedReader[] readers = NOBODY;
    // Written by whoever gives events, one at a time.
    private volatile Link last;

    // Guarded by this. The start of the chain, null once nobody may join any more; the source once it was started; up
    // to which
    // event it is asked.
    private @Nullable Link first;
    private @Nullable Source source;
    private long asked;
    private boolean over;
    private @Nullable CancelReason abandoned;

    /** An event, or the failure in its place, with what came before. */
    static final class Link {
        final @Nullable InferenceEvent event;
        final @Nullable InferenceException failure;
        /** Up to this one, this one included. */
        final long bytes;

        volatile @Nullable Link next;

        Link(@Nullable InferenceEvent event, @Nullable InferenceException failure, long bytes) {
            this.event = event;
            this.failure = failure;
            this.bytes = bytes;
        }
    }

    SharedAnswer(
            SingleFlightLayer layer, SingleFlightLayer.Same same, Supplier<InferenceStream<InferenceEvent>> opener) {
        this.layer = layer;
        this.same = same;
        this.opener = opener;
        last = new Link(null, null, 0);
        first = last;
    }

    /** Lets one more read, from the start; false if it is too late for that. */
    synchronized boolean join(SharedReader reader) {
        Link start = first;
        if (start == null) {
            return false;
        }
        reader.standAt(this, start);
        SharedReader[] more = Arrays.copyOf(readers, readers.length + 1);
        more[readers.length] = reader;
        readers = more;
        return true;
    }

    /** One reads no more. With the last one the call is given up, unless it is over. */
    void leave(SharedReader reader, CancelReason why) {
        Source to;
        synchronized (this) {
            SharedReader[] rest =
                    Arrays.stream(readers).filter(other -> other != reader).toArray(SharedReader[]::new);
            if (rest.length == readers.length) {
                return;
            }
            readers = rest;
            if (rest.length > 0 || over) {
                return;
            }
            over = true;
            first = null;
            abandoned = why;
            to = source;
        }
        layer.answers().remove(same, this);
        if (to != null) {
            to.cancel(why);
        }
    }

    /** Makes the call; once, by the reader that leads. */
    void begin() {
        Source made;
        try {
            InferenceStream<InferenceEvent> stream = opener.get();
            made = InferenceStream.sourceOf(stream);
            made.start(this);
        } catch (RuntimeException e) {
            fail(broken(e));
            return;
        }
        long pending;
        CancelReason gone;
        synchronized (this) {
            source = made;
            pending = asked;
            gone = abandoned;
        }
        if (gone != null) {
            made.cancel(gone);
        } else if (pending > 0) {
            made.request(pending);
        }
    }

    private static InferenceException broken(RuntimeException e) {
        return e instanceof InferenceException known
                ? known
                : InferenceException.builder(ErrorCategory.REJECTED, "the call could not be started: " + e)
                        .origin(ErrorOrigin.US)
                        .cause(e)
                        .build();
    }

    /** A reader wants the events up to one, counted from the start. */
    void ask(long upTo) {
        Source to;
        long more;
        synchronized (this) {
            if (upTo <= asked) {
                return;
            }
            more = upTo == Long.MAX_VALUE ? upTo : upTo - asked;
            asked = upTo;
            to = source;
        }
        if (to != null) {
            to.request(more);
        }
    }

    void resumed() {
        Source to = source();
        if (to != null) {
            to.resumed();
        }
    }

    Usage usageSoFar() {
        Source to = source();
        return to == null ? Usage.absent() : to.usageSoFar();
    }

    private synchronized @Nullable Source source() {
        return source;
    }

    /** Whether so much came after this one that a reader which stands there is too slow; a single one slows nobody. */
    boolean isFarAhead(Link of) {
        return readers.length > 1 && last.bytes - of.bytes > SingleFlightLayer.MOST_BYTES;
    }

    @Override
    public void event(InferenceEvent event) {
        boolean end = event instanceof InferenceEvent.Completed;
        long bytes = last.bytes + EventSize.of(event);
        if (end) {
            end(new Link(event, null, bytes));
            return;
        }
        add(new Link(event, null, bytes));
        if (bytes > SingleFlightLayer.MOST_BYTES) {
            forgetStart();
        }
        for (SharedReader reader : readers) {
            reader.give(false);
        }
    }

    @Override
    public void fail(InferenceException why) {
        end(new Link(null, why, last.bytes));
    }

    private void end(Link link) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            first = null;
        }
        // Before anybody is told, so that who asks again then makes a call of its own.
        layer.answers().remove(same, this);
        add(link);
        for (SharedReader reader : readers) {
            reader.give(true);
        }
    }

    private void add(Link link) {
        last.next = link;
        last = link;
    }

    private synchronized void forgetStart() {
        first = null;
    }

    @Override
    public void flushPoint() {
        for (SharedReader reader : readers) {
            reader.give(true);
        }
    }

    @Override
    public boolean readerWaits() {
        for (SharedReader reader : readers) {
            if (reader.waits()) {
                return true;
            }
        }
        return false;
    }
}
