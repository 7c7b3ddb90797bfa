package dev.avionics.benchmarks.pipeline;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.concurrent.Flow;

/** Takes everything and counts the text. */
final class TextCounter implements Flow.Subscriber<InferenceEvent> {
    private int length;
    private boolean complete;

    private TextCounter() {}

    /** Reads an answer that comes on this thread. */
    static TextCounter of(InferenceStream<InferenceEvent> answer) {
        TextCounter counter = new TextCounter();
        answer.subscribe(counter);
        return counter;
    }

    int length() {
        if (!complete) {
            throw new IllegalStateException("the answer did not end on the caller's thread");
        }
        return length;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta text) {
            length += text.text().length();
        }
    }

    @Override
    public void onError(Throwable error) {
        throw new IllegalStateException(error);
    }

    @Override
    public void onComplete() {
        complete = true;
    }
}
