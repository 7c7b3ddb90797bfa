package dev.avionics.testkit.engine;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** Keeps what a stream delivers. */
final class Reader implements Flow.Subscriber<InferenceEvent> {
    final List<InferenceEvent> events = new ArrayList<>();
    final InferenceStream<InferenceEvent> stream;
    volatile Outcome outcome;
    int outcomes;
    volatile Throwable error;
    volatile boolean completed;
    int terminals;
    Runnable onNext = () -> {};
    private Flow.Subscription subscription;

    Reader(InferenceStream<InferenceEvent> stream) {
        this.stream = stream;
        stream.observe(o -> {
            outcome = o;
            outcomes++;
        });
    }

    void request(long n) {
        subscription.request(n);
    }

    void cancel() {
        subscription.cancel();
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
        subscription = s;
    }

    @Override
    public void onNext(InferenceEvent event) {
        events.add(event);
        onNext.run();
    }

    @Override
    public void onError(Throwable e) {
        terminals++;
        error = e;
    }

    @Override
    public void onComplete() {
        terminals++;
        completed = true;
    }

    InferenceException failure() {
        if (error instanceof InferenceException known) {
            return known;
        }
        throw new AssertionError("no failure: " + this, error);
    }

    String text() {
        StringBuilder all = new StringBuilder();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.TextDelta delta) {
                all.append(delta.text());
            }
        }
        return all.toString();
    }

    InferenceEvent.Started started() {
        return (InferenceEvent.Started) events.get(0);
    }

    InferenceEvent.Completed end() {
        return (InferenceEvent.Completed) events.get(events.size() - 1);
    }

    @Override
    public String toString() {
        return "Reader[" + events + ", " + outcome + ", " + error + "]";
    }
}
