package dev.avionics.llm;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.stream.InferenceStream;
import org.jspecify.annotations.Nullable;

/** Something that answers conversations: a provider, or a whole gateway. Thread-safe. */
public interface Inference {
    /**
     * An answer to a conversation. Nothing is sent before the stream is consumed; errors are told by the stream.
     *
     * @param model the model's name, or null for the default one
     * @param context the call, fresh from {@link #newCall()}
     */
    InferenceStream<InferenceEvent> infer(@Nullable String model, InferenceRequest request, CallContext context);

    /**
     * The whole answer; blocks.
     *
     * @throws dev.avionics.airframe.error.InferenceException if there is none; of category CANCELLED if the thread is interrupted
     * @throws IllegalStateException on a transport thread
     */
    default InferenceResult answer(@Nullable String model, InferenceRequest request) {
        return Waiting.forResult(infer(model, request, newCall()));
    }

    /**
     * What a model can do, so that callers ask for what it has; null for the default one. Unknown unless an implementation knows
     * better. One that may ask several models tells only what holds for all of them.
     */
    default Capabilities capabilities(@Nullable String model) {
        return Capabilities.unknown();
    }

    /** A fresh call with the delivery that belongs to this. */
    CallContext newCall();
}
