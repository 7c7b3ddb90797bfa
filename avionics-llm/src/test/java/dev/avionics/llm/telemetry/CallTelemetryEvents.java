package dev.avionics.llm.telemetry;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.airframe.stream.Source;

/** Lets events pass through a call's telemetry, as those of one attempt do. */
final class CallTelemetryEvents {
    private CallTelemetryEvents() {}

    /** Runs before each event; a {@code Completed} among them ends the call. */
    static void through(CallTelemetry told, Target target, Runnable before, InferenceEvent... events) {
        told.attemptStarted(1, target);
        InferenceStream<InferenceEvent> watched =
                told.watch(InferenceStream.from(CallContext.create(Delivery.TRANSPORT), new Source() {
                    @Override
                    public void start(Sink sink) {
                        for (InferenceEvent event : events) {
                            before.run();
                            sink.event(event);
                        }
                    }

                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel(CancelReason why) {}
                }));
        InferenceStream.sourceOf(watched).start(new Source.Sink() {
            @Override
            public void event(InferenceEvent event) {
                if (event instanceof InferenceEvent.Completed completed) {
                    told.ended(new Outcome.Done(completed));
                }
            }

            @Override
            public void flushPoint() {}

            @Override
            public void fail(dev.avionics.airframe.error.InferenceException why) {
                throw why;
            }
        });
    }
}
