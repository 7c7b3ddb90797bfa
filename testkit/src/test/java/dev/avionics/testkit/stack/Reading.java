package dev.avionics.testkit.stack;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What one consumer got of one answer, from its first event to its end. */
final class Reading {
    /** The three ways to consume a stream. */
    enum Way {
        SUBSCRIBE,
        COLLECT,
        OPEN
    }

    private final StringBuilder text = new StringBuilder();
    private int started;
    private int completed;
    private Throwable error;

    private Reading() {}

    /** Consumes the stream to its end. */
    static Reading of(InferenceStream<InferenceEvent> stream, Way way) {
        Reading reading = new Reading();
        switch (way) {
            case SUBSCRIBE -> reading.subscribe(stream);
            case COLLECT -> reading.collect(stream);
            case OPEN -> reading.open(stream);
        }
        return reading;
    }

    private void collect(InferenceStream<InferenceEvent> stream) {
        try {
            InferenceResult result = stream.collect().get(Chat.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            text.append(result.text());
            started++;
            completed++;
        } catch (ExecutionException | CompletionException e) {
            error = e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private void open(InferenceStream<InferenceEvent> stream) {
        try (EventCursor<InferenceEvent> cursor = stream.open()) {
            while (cursor.hasNext()) {
                take(cursor.next());
            }
        } catch (InferenceException e) {
            error = e;
        }
    }

    private void subscribe(InferenceStream<InferenceEvent> stream) {
        List<InferenceEvent> events = new CopyOnWriteArrayList<>();
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        CountDownLatch over = new CountDownLatch(1);
        stream.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(InferenceEvent event) {
                events.add(event);
            }

            @Override
            public void onError(Throwable e) {
                errors.add(e);
                over.countDown();
            }

            @Override
            public void onComplete() {
                over.countDown();
            }
        });
        try {
            if (!over.await(Chat.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("no end, so far: " + events);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        events.forEach(this::take);
        error = errors.isEmpty() ? null : errors.get(0);
    }

    private void take(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta delta) {
            text.append(delta.text());
        } else if (event instanceof InferenceEvent.Started) {
            started++;
        } else if (event instanceof InferenceEvent.Completed) {
            completed++;
        }
    }

    /** All text that was delivered. */
    String text() {
        return text.toString();
    }

    /** How many answers have begun. */
    int started() {
        return started;
    }

    /** How many answers were whole. */
    int completed() {
        return completed;
    }

    boolean failed() {
        return error != null;
    }

    InferenceException failure() {
        if (error instanceof InferenceException known) {
            return known;
        }
        throw new AssertionError("no failure of the call: " + this, error);
    }

    @Override
    public String toString() {
        return "Reading[" + text + ", " + started + " started, " + completed + " completed, " + error + "]";
    }
}
