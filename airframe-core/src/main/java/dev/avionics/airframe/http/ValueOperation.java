package dev.avionics.airframe.http;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** An operation that gives one value. Completing its future, by a cancel or otherwise, ends it. */
final class ValueOperation<R> implements Operation.Listener<R> {
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final WireProtocol protocol;

    private ValueOperation(WireProtocol protocol) {
        this.protocol = protocol;
    }

    /** Begins; whatever goes wrong is told by the future. */
    static <R> CompletableFuture<R> run(
            Engine engine,
            WireProtocol protocol,
            Target target,
            CallContext context,
            Function<WireScope, Exchange<R>> plan) {
        ValueOperation<R> value = new ValueOperation<>(protocol);
        Operation<R> operation = new Operation<>(engine, protocol, target, context, value);
        // Whoever completes the future, nobody waits for the answer any more; after the end this does nothing.
        value.future.whenComplete((result, error) -> operation.cancel());
        operation.begin(() -> plan.apply(operation.scope()).first());
        return value.future;
    }

    @Override
    public Operation.Body decode(Step.Decode<R> step, HttpHead head) {
        throw InferenceException.builder(
                        ErrorCategory.PARSE, "the protocol " + protocol.kind() + " decodes where it must give a value")
                .origin(ErrorOrigin.US)
                .build();
    }

    @Override
    public void done(R value) {
        future.complete(value);
    }

    @Override
    public void failed(InferenceException why) {
        future.completeExceptionally(why);
    }

    @Override
    public boolean readerWaits() {
        return true;
    }
}
