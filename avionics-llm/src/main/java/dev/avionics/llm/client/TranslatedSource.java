package dev.avionics.llm.client;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;

/** A stream as it is, but for its failure: that is an {@link LLMException}. */
final class TranslatedSource implements Source {
    private final Source inner;

    TranslatedSource(InferenceStream<InferenceEvent> stream) {
        inner = InferenceStream.sourceOf(stream);
    }

    @Override
    public void start(Sink sink) {
        inner.start(new Sink() {
            @Override
            public void event(InferenceEvent event) {
                sink.event(event);
            }

            @Override
            public void flushPoint() {
                sink.flushPoint();
            }

            @Override
            public void fail(InferenceException why) {
                sink.fail(LLMException.of(why));
            }

            @Override
            public boolean readerWaits() {
                return sink.readerWaits();
            }
        });
    }

    @Override
    public void request(long n) {
        inner.request(n);
    }

    @Override
    public void cancel(CancelReason why) {
        inner.cancel(why);
    }

    @Override
    public void resumed() {
        inner.resumed();
    }

    @Override
    public Usage usageSoFar() {
        return inner.usageSoFar();
    }
}
